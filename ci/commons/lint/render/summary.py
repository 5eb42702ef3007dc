"""The sentences of a report that every format for people shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from commons.lint.findings import Checked, Finding, Report, plain

#: Explained findings are listed by task, code and reason; of more of these only the number is said.
MAX_REASONS = 20


def summary(report: Report) -> str:
    """Say how much was found in how much, for example ``3 lints, 1 hint in 1 task``."""
    if not report.findings:
        return f"Nothing to mend in {extent(report.checked)}."
    return f"{by_level(report.findings)} in {extent(report.checked)}"


def by_level(findings: Iterable[Finding]) -> str:
    """How many of each level, for example ``3 lints, 1 hint``."""
    found = Counter(one.level for one in findings)
    counts = (counted(found["lint"], "lint"), counted(found["hint"], "hint"))
    return ", ".join(one for one in counts if one)


def extent(checked: tuple[Checked, ...]) -> str:
    """What was looked at, in words."""
    kinds = [one.kind for one in checked]
    parts = [counted(kinds.count("task"), "task"), *(one.name for one in checked if one.kind == "models")]
    parts.append(counted(kinds.count("suite"), "suite"))
    named = [part for part in parts if part] or ["no task"]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def in_order(report: Report) -> list[str]:
    """For each thing in which nothing was found, a line such as ``tasks/x: in order (72 items).``."""
    at_fault = {path for one in report.findings for path in (one.where.path, *one.where.path.parents)}
    return [f"{one.name}: in order ({one.size})." for one in report.checked if one.path not in at_fault]


def level_of(finding: Finding) -> str:
    """The level, and for a hint how sure it is: ``lint``, ``hint`` or ``hint, likely``."""
    return finding.level if finding.sure == "certain" else f"{finding.level}, {finding.sure}"


def explained(report: Report) -> list[str]:
    """How many findings cards explain away, then a line for each task, code and reason; nothing where there are none.

    For example ``tasks/x: D011 (2): The key is as the source has it.``
    """
    if not report.suppressed:
        return []
    several = len(report.suppressed) != 1
    lines = [f"{counted(len(report.suppressed), 'finding')} {'are' if several else 'is'} explained in the card."]
    folders = {one.path: one.name for one in report.checked}
    found = Counter((_folder(one, folders), one.code, plain(one.suppressed or "")) for one in report.suppressed)
    lines += [f"{name}: {code} ({number}): {reason}" for (name, code, reason), number in sorted(found.items())]
    more = len(lines) - 1 - MAX_REASONS
    return lines if more <= 0 else [*lines[: MAX_REASONS + 1], f"and {counted(more, 'reason')} more."]


def _folder(finding: Finding, folders: Mapping[Path, str]) -> str:
    return next((folders[path] for path in finding.where.path.parents if path in folders), finding.file)


def fixable(report: Report) -> str:
    """How many findings a program can mend, and with which command; empty where there are none."""
    number = sum(one.fix is not None for one in report.findings)
    return f"{number:,} of these can be mended by: commons lint --fix" if number else ""


def counted(number: int, noun: str) -> str:
    """A number with its noun, ``1 task`` or ``1,000 tasks``; empty for 0."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
