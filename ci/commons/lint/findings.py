"""What lint says: findings, each with a place and a mend, gathered in one report."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from commons.errors import Where

#: A lint blocks a merge; a hint advises.
Level = Literal["lint", "hint"]
Kind = Literal["task", "repository", "models", "suite"]
#: How sure a hint is that something is wrong; a lint is always certain.
Sure = Literal["certain", "likely", "possible"]

MAX_TEXT = 600
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTION_MARKS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Fix:
    """A mechanical mend of one line: ``old`` stands exactly once in it and becomes ``new``.

    Only what cannot be a matter of opinion is mended so; ``commons lint --fix`` shows each as a diff first. ``also``
    are the other lines that the same mend changes.
    """

    where: Where
    old: str
    new: str
    also: tuple[Fix, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One fault in one place: the rule's code and level, what is wrong, where, and how to mend it.

    ``item`` is the id of the item it speaks of, if it speaks of one; ``sure`` says how sure a hint is; ``fix`` is the
    mend where a program can do it; ``suppressed`` is the reason that the card gives for leaving it, and None where it
    stands.
    """

    code: str
    level: Level
    sentence: str
    where: Where
    mend: str
    sure: Sure = "certain"
    fix: Fix | None = None
    item: str | None = None
    suppressed: str | None = None

    @property
    def file(self) -> str:
        """The file's path, with forward slashes on every system, safe to print."""
        return plain(self.where.path.as_posix())


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at; ``size`` says how much it holds, for example ``72 items``."""

    kind: Kind
    path: Path
    size: str = ""

    @property
    def name(self) -> str:
        """The path, with forward slashes on every system, safe to print."""
        return plain(self.path.as_posix())


@dataclass(frozen=True)
class Report:
    """Everything one run of lint found, and everything it looked at.

    ``suppressed`` are the findings that a card explains away: shown beside the others, and counted by nobody.
    """

    findings: tuple[Finding, ...]
    checked: tuple[Checked, ...]
    suppressed: tuple[Finding, ...] = ()

    @property
    def blocking(self) -> bool:
        """Whether any finding blocks."""
        return any(finding.level == "lint" for finding in self.findings)

    def count(self, level: Level) -> int:
        """How many findings have this level."""
        return sum(finding.level == level for finding in self.findings)

    def sorted(self) -> Report:
        """The same report by place, then code: the order does not depend on the order of the rules."""
        checked = sorted(self.checked, key=lambda one: (one.path, one.kind))
        return Report(_in_order(self.findings), tuple(checked), _in_order(self.suppressed))

    def within(self, checked: Checked) -> tuple[Finding, ...]:
        """The findings in one checked thing."""
        return tuple(
            finding
            for finding in self.findings
            if finding.where.path == checked.path or checked.path in finding.where.path.parents
        )


def join(reports: Iterable[Report]) -> Report:
    """One sorted report of several."""
    several = list(reports)
    return Report(
        tuple(finding for report in several for finding in report.findings),
        tuple(checked for report in several for checked in report.checked),
        tuple(finding for report in several for finding in report.suppressed),
    ).sorted()


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.where, one.code, one.sentence)))


def plain(text: str) -> str:
    r"""``text`` on one line, with every character shown that could hide, reorder or forge a line of output.

    Findings quote contributed files, and are printed on terminals and in workflow logs that obey control characters.

    >>> plain("a key with\na line break")
    'a key with\\na line break'
    """
    short = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."
    return "".join(_shown(character) for character in short)


def _shown(character: str) -> str:
    if unicodedata.category(character) in _UNSEEN or character in _DIRECTION_MARKS:
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character
