"""Findings that a card explains away: by code, with a reason, for named items or for the whole task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from commons.errors import Where
from commons.lint.findings import Finding

#: The form of the files and what could run code: nobody can explain these away for themselves.
_NEVER_FAMILIES = frozenset({"S", "R", "N"})
_NEVER = frozenset({
    "C001", "C002", "C003", "C012", "C013", "D001", "D002", "D003", "D018", "M010", "P001",
    "T001", "T002", "T003", "T004", "T006",
})  # fmt: skip
#: Hints about code; they block nothing.
_STILL = frozenset({"S002", "S008"})


@dataclass(frozen=True)
class Explained:
    """One entry of a card's ``suppress``, with its place; no ``items`` means the whole task."""

    code: str
    reason: str
    items: tuple[str, ...]
    where: Where


def may_suppress(code: str) -> bool:
    """Whether a card may explain findings of this code away.

    Not those about the form of files, which nothing can work with, and not those that keep a reader's machine or
    secrets safe.
    """
    return code in _STILL or (code[:1] not in _NEVER_FAMILIES and code not in _NEVER)


def suppress(
    findings: Iterable[Finding], explained: Sequence[Explained]
) -> tuple[list[Finding], list[Finding], list[tuple[Explained, tuple[str, ...]]]]:
    """What stands, what is explained away, and the entries (with those of their items) that explain nothing."""
    standing: list[Finding] = []
    away: list[Finding] = []
    used: set[tuple[int, str]] = set()
    for finding in findings:
        for place, entry in enumerate(explained):
            if not _covers(entry, finding):
                continue
            used.add((place, finding.item or "" if entry.items else ""))
            away.append(replace(finding, suppressed=entry.reason))
            break
        else:
            standing.append(finding)
    idle = []
    for place, entry in enumerate(explained):
        unused = tuple(item for item in entry.items or ("",) if (place, item) not in used)
        if unused:
            idle.append((entry, unused))
    return standing, away, idle


def _covers(entry: Explained, finding: Finding) -> bool:
    if entry.code != finding.code or not may_suppress(finding.code):
        return False
    return not entry.items or finding.item in entry.items
