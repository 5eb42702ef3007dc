"""Lint, run again where it is believed: on the head's files as data, laid out in a folder that is no checkout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commons.errors import CommonsError
from commons.github.situation import FoundHere, LintHere
from commons.lint.findings import Finding, Report
from commons.lint.runner import lint_paths
from commons.pool.git import git
from commons.pool.repository import Repository


def lint_report(root: Path, scratch: Path, paths: Sequence[str], start: str) -> Report | None:
    """Lint ``paths`` of the pool laid out in ``scratch``; None where none of them is there.

    Earlier versions come from ``root``'s commit ``start``.

    Raises:
        CommonsError: lint could not run.
        OSError: nor could it be laid out.
    """
    present = [scratch / path for path in paths if (scratch / path).exists()]
    if not present:
        return None
    store = git(root, "rev-parse", "--absolute-git-dir").decode("utf-8", "replace").strip()
    # A pointer to the real store lets rules compare with what was, and no file of the head is in its index.
    (scratch / ".git").write_text(f"gitdir: {store}\n", encoding="utf-8")
    return lint_paths(Repository(scratch), present, base=start)


def lint_here(root: Path, scratch: Path, paths: Sequence[str], start: str) -> LintHere:
    """Lint for the comment: what could not run is a fact like others."""
    try:
        report = lint_report(root, scratch, paths, start)
    except (CommonsError, OSError) as error:
        return LintHere(problem=error.sentence if isinstance(error, CommonsError) else str(error.strerror), ran=False)
    if report is None:
        return LintHere(ran=False)
    return LintHere(tuple(_found(one) for one in sorted(report.findings, key=_order)),
                    explained=len(report.suppressed))


def _order(one: Finding) -> tuple[bool, str, int, str]:
    return one.level != "lint", one.file, one.where.line, one.code


def _found(one: Finding) -> FoundHere:
    place = f"{one.file}:{one.where.line}" if one.where.line else one.file
    return FoundHere(one.code, one.level == "lint", place, one.sentence, one.mend)
