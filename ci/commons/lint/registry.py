"""The rules, as data: each registers itself once, beside its code, so that adding a rule is adding one function.

A rule is a generator over one subject that yields a :class:`Fault` for each fault it finds. The registry adds the code
and the level, and refuses a rule whose page (its docstring) does not tell a reader what they need.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from commons.errors import CannotRun, Problem, Where
from commons.lint.findings import Fix, Kind, Level, Sure

HEADINGS = ("What it finds", "Why it matters", "How to mend it", "Example")
KINDS: tuple[Kind, ...] = ("task", "repository", "models", "suite")
LEVELS: tuple[Level, ...] = ("lint", "hint")

_CODE = re.compile(r"[TCDPMSRN][0-9]{3}")


@dataclass(frozen=True)
class Fault:
    """What a rule yields: what is wrong, where, how to mend it; for a hint how sure it is; a mend by program.

    ``item`` names the item that is meant where its line does not say so.
    """

    sentence: str
    where: Where
    mend: str
    sure: Sure = "certain"
    fix: Fix | None = None
    item: str | None = None

    @classmethod
    def of(cls, problem: Problem) -> Fault:
        """A problem that reading the file found."""
        return cls(problem.sentence, problem.where, problem.mend)


Subject = TypeVar("Subject")
Check = Callable[[Subject], Iterator[Fault]]


class BadRuleError(Exception):
    """A rule cannot be registered; a mistake of its programmer, and never of a contributor."""


@dataclass(frozen=True)
class Rule:
    """A registered rule. ``page`` is its documentation in Markdown, without the title."""

    code: str
    level: Level
    subject: Kind
    title: str
    page: str
    check: Check[Any] = field(repr=False)


@dataclass
class Registry:
    """A set of rules with unique codes."""

    _rules: dict[str, Rule] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules by code."""
        return tuple(self._rules[code] for code in sorted(self._rules))

    def rule(self, *, code: str, level: Level, subject: Kind) -> Callable[[Check[Subject]], Check[Subject]]:
        """Register the decorated generator as the rule ``code``.

        Raises:
            BadRuleError: a malformed or repeated code, or a docstring without one of :data:`HEADINGS`.
        """

        def register(check: Check[Subject]) -> Check[Subject]:
            title, _, page = (inspect.getdoc(check) or "").partition("\n")
            self._refuse_bad(code, level, subject, title, page)
            self._rules[code] = Rule(code, level, subject, title.strip(), page.strip(), check)
            return check

        return register

    def _refuse_bad(self, code: str, level: str, subject: str, title: str, page: str) -> None:
        if not _CODE.fullmatch(code):
            raise BadRuleError(f"The code {code!r} is not one of the letters TCDPMSRN and three digits.")
        if code in self._rules:
            raise BadRuleError(f"The code {code} is taken already by the rule {self._rules[code].title!r}.")
        if level not in LEVELS:
            raise BadRuleError(f"{code}: the level {level!r} is not one of {', '.join(LEVELS)}.")
        if subject not in KINDS:
            raise BadRuleError(f"{code}: the subject {subject!r} is not one of {', '.join(KINDS)}.")
        if not title.strip():
            raise BadRuleError(f"{code}: the docstring does not begin with a title.")
        missing = [heading for heading in HEADINGS if not section(page, heading)]
        if missing:
            raise BadRuleError(f"{code}: the docstring lacks the section `## {missing[0]}`, or has nothing under it.")


def section(page: str, heading: str) -> str:
    """The text under a heading, up to the next."""
    parts = re.split(r"^## +(.+?) *$", page, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return sections.get(heading, "").strip()


REGISTRY = Registry()
rule = REGISTRY.rule


def all_rules() -> tuple[Rule, ...]:
    """Every rule of ``commons.lint.rules``, by code."""
    import commons.lint.rules as package

    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return REGISTRY.rules


def explain(code: str) -> str:
    """The page of a rule, in Markdown.

    Raises:
        CannotRun: there is no such rule.
    """
    known = {one.code: one for one in all_rules()}
    found = known.get(code.upper())
    if found is None:
        close = difflib.get_close_matches(code.upper(), known, n=1, cutoff=0.5)
        guess = f" Did you mean {close[0]}?" if close else ""
        raise CannotRun(f"There is no rule {code!r}.{guess}", mend="See them all with: commons lint --rules")
    return page_of(found)


def page_of(found: Rule) -> str:
    """A rule's docstring as a page: title, level, sections."""
    effect = "lint: it must be mended before a merge" if found.level == "lint" else "hint: it does not block a merge"
    return f"# {found.code}: {found.title}\n\nThis is a {effect}.\n\n{found.page}\n"
