"""The proposers, as data: each registers itself once, beside its code. Its docstring is its documentation."""

from __future__ import annotations

import datetime
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from commons.errors import CannotRun, CommonsError
from commons.github.lifecycle.proposal import Proposal, kind_of
from commons.github.lifecycle.standing import Standing
from commons.pool.repository import Repository
from commons.pool.task import Task

HEADINGS = ("What it looks for", "What it proposes", "Without a bot")

_NAME = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True)
class Facts:
    """What proposers are given. ``last_seen`` are owners' newest commits here, by handle.

    ``asked`` are the handles that GitHub was asked about, in lower case: of all others nothing is known. ``standing``
    is what we have open.
    """

    pool: Repository
    today: datetime.date
    tasks: tuple[Task, ...]
    maintainers: tuple[str, ...] = ()
    last_seen: Mapping[str, datetime.date] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    standing: tuple[Standing, ...] = ()

    def day_of(self, slug: str) -> datetime.date:
        """The day on which a proposal was opened, or today: a date in its files stays the same while it waits."""
        return min((one.opened for one in self.standing if one.slug == slug), default=self.today)


Propose = Callable[[Facts], Iterator[Proposal]]


class BadProposerError(Exception):
    """A proposer cannot be registered; a mistake of its programmer."""


@dataclass(frozen=True)
class Proposer:
    """A registered proposer. ``page`` is its documentation in Markdown, with its numbers in place."""

    name: str
    title: str
    page: str
    propose: Propose = field(repr=False)


@dataclass
class Registry:
    """A set of proposers with unique names."""

    _proposers: dict[str, Proposer] = field(default_factory=dict)

    @property
    def proposers(self) -> tuple[Proposer, ...]:
        """The proposers by name."""
        return tuple(self._proposers[name] for name in sorted(self._proposers))

    def proposer(self, name: str, **numbers: int) -> Callable[[Propose], Propose]:
        """Register the decorated generator; ``numbers`` are the policy's, for ``{names}`` in its docstring.

        Raises:
            BadProposerError: a malformed or repeated name, or a docstring without one of :data:`HEADINGS`.
        """

        def register(propose: Propose) -> Propose:
            if not _NAME.fullmatch(name) or name in self._proposers:
                raise BadProposerError(f"The name {name!r} is taken, or is not words joined with hyphens.")
            title, _, page = (inspect.getdoc(propose) or "").format(**numbers).partition("\n")
            sections = re.split(r"^## +(.+?) *$", page, flags=re.MULTILINE)
            held = {heading for heading, text in zip(sections[1::2], sections[2::2], strict=True) if text.strip()}
            missing = [heading for heading in HEADINGS if heading not in held]
            if missing or not title.strip():
                raise BadProposerError(f"{name}: the docstring lacks {missing[0] if missing else 'a title'}.")
            self._proposers[name] = Proposer(name, title.strip(), page.strip(), propose)
            return propose

        return register


REGISTRY = Registry()
proposer = REGISTRY.proposer


def all_proposers() -> tuple[Proposer, ...]:
    """Every proposer of ``commons.github.lifecycle.proposers``, by name."""
    import commons.github.lifecycle.proposers as package

    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return REGISTRY.proposers


def chosen(names: tuple[str, ...]) -> tuple[Proposer, ...]:
    """The proposers of these names, or all.

    Raises:
        CannotRun: there is no such proposer.
    """
    known = {one.name: one for one in all_proposers()}
    for name in names:
        if name not in known:
            raise CannotRun(f"There is no proposer {name!r}.", mend=f"The proposers: {', '.join(known)}.")
    return tuple(one for name, one in known.items() if not names or name in names)


@dataclass(frozen=True)
class Proposed:
    """All proposals, and which proposers said what is wrong instead."""

    proposals: tuple[Proposal, ...]
    failed: Mapping[str, str]


def propose_all(proposers: tuple[Proposer, ...], facts: Facts) -> Proposed:
    """Ask every proposer; one that fails stops no other."""
    found: dict[str, Proposal] = {}
    failed: dict[str, str] = {}
    for one in proposers:
        try:
            mine = list(one.propose(facts))
        except (CommonsError, ValueError, ArithmeticError, LookupError, OSError) as error:
            failed[one.name] = str(error) or type(error).__name__
            continue
        for proposal in mine:
            if kind_of(proposal.slug) != one.name or proposal.slug in found:
                failed[one.name] = f"It proposes `{proposal.slug}`, which is another's, or twice."
            else:
                found[proposal.slug] = proposal
    return Proposed(tuple(sorted(found.values(), key=lambda one: (one.since, one.slug))), failed)
