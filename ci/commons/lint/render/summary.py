"""The closing sentence of a report, which every format for people shares."""

from __future__ import annotations

from commons.lint.findings import Checked, Report


def summary(report: Report) -> str:
    """Say how much was found in how much, for example ``3 lints, 1 hint in 1 task``."""
    if not report.findings:
        return f"Nothing to mend in {extent(report.checked)}."
    counts = (_count(report.count("lint"), "lint"), _count(report.count("hint"), "hint"))
    return f"{', '.join(one for one in counts if one)} in {extent(report.checked)}"


def extent(checked: tuple[Checked, ...]) -> str:
    """What was looked at, in words."""
    kinds = [one.kind for one in checked]
    parts = [_count(kinds.count("task"), "task"), *(one.name for one in checked if one.kind == "models")]
    parts.append(_count(kinds.count("suite"), "suite"))
    named = [part for part in parts if part] or ["no task"]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def in_order(report: Report) -> list[str]:
    """For each thing in which nothing was found, a line such as ``tasks/x: in order (72 items).``."""
    return [f"{one.name}: in order ({one.size})." for one in report.checked if not report.within(one)]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
