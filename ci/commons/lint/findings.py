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

MAX_TEXT = 600
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTION_MARKS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Finding:
    """One fault in one place: the rule's code and level, what is wrong, where, and how to mend it."""

    code: str
    level: Level
    sentence: str
    where: Where
    mend: str

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
    """Everything one run of lint found, and everything it looked at."""

    findings: tuple[Finding, ...]
    checked: tuple[Checked, ...]

    @property
    def blocking(self) -> bool:
        """Whether any finding blocks."""
        return any(finding.level == "lint" for finding in self.findings)

    def count(self, level: Level) -> int:
        """How many findings have this level."""
        return sum(finding.level == level for finding in self.findings)

    def sorted(self) -> Report:
        """The same report by place, then code: the order does not depend on the order of the rules."""
        findings = sorted(self.findings, key=lambda one: (one.where, one.code, one.sentence))
        return Report(tuple(findings), tuple(sorted(self.checked, key=lambda one: (one.path, one.kind))))

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
    findings = tuple(finding for report in several for finding in report.findings)
    return Report(findings, tuple(checked for report in several for checked in report.checked)).sorted()


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
