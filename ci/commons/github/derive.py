"""Derive: everything that the comment stands on, from git's objects, from our own lint and from the trial's report.

The working tree is never touched and nothing of the pull request is run: its files are read as data.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from commons.errors import BadFile, CommonsError
from commons.github.derive_ledger import model_changes, results_change
from commons.github.derive_lint import lint_here
from commons.github.derive_tasks import Sides, task_changes
from commons.github.derive_tree import (
    Change,
    area_of,
    behind,
    changes,
    folder_of,
    lay_out,
    merge_base,
    sizes,
    small_contents,
)
from commons.github.report import REPORT_FILE, TrialReport, read_report
from commons.github.situation import (
    Area,
    Arrival,
    ChangedFile,
    Freshness,
    Kind,
    LintHere,
    PullRequest,
    Situation,
    TaskChange,
    Trial,
)
from commons.pool.git import commit_of, stored_below
from commons.pool.hashing import folder_digest
from commons.pool.models import MODELS_FILE
from commons.pool.repository import SUITES_FOLDER, TASKS_FOLDER

#: Files up to this size are looked at for what no text holds.
_LOOKED_AT_BYTES = 1_000_000
_TREES = (TASKS_FOLDER, MODELS_FILE, "results")

Lint = Callable[[Path, Path, Sequence[str], str], LintHere]


@dataclass(frozen=True)
class Given:
    """What derive is given beside the repository.

    ``report`` is the folder of the trial's artifact, None where no job left one; ``pending`` is whether one still runs.
    ``rendered`` are task hashes that the caller's own sandbox gave for the head's folders.
    """

    pull: PullRequest
    base: str
    report: Path | None = None
    pending: bool = False
    rendered: Mapping[str, str] = field(default_factory=dict)


def derive(root: Path, given: Given, lint: Lint = lint_here) -> Situation:
    """The situation of a pull request whose head and base are commits of the repository at ``root``.

    What cannot be read makes a situation that says so; it never stops the comment.
    """
    try:
        return _derive(root, given, lint)
    except CommonsError as error:
        return Situation(given.pull, problem=error.sentence)
    except (OSError, ValueError, ArithmeticError, RecursionError) as error:
        sentence = f"The changes hold something that cannot be read ({type(error).__name__})."
        return Situation(given.pull, problem=sentence)


def _derive(root: Path, given: Given, lint: Lint) -> Situation:
    head, base = commit_of(root, given.pull.head_sha), commit_of(root, given.base)
    start = merge_base(root, base, head)
    changed = changes(root, start, head)
    since = changes(root, start, base)
    sides = Sides(root, *(stored_below(root, one, _TREES) for one in (start, head, base)))
    results, amended = results_change(sides, changed)
    tasks = task_changes(sides, changed, given.pull.author, amended)
    files = _files(root, changed)
    with tempfile.TemporaryDirectory(prefix="commons-head-") as name:
        scratch = Path(name)
        (scratch / TASKS_FOLDER).mkdir()
        touched = frozenset(one.name for one in tasks)
        shown = {path: one for path, one in sides.head.items() if not path.startswith("results/")}
        lay_out(root, shown, scratch, touched)
        tasks = [_with_digest(one, scratch) for one in tasks]
        found = lint(root, scratch, _to_lint(tasks, changed), start)
    situation = Situation(
        pull=given.pull, files=files, tasks=tuple(tasks), models=tuple(model_changes(sides)), results=results,
        freshness=_freshness(behind(root, start, base), changed, since), lint=found,
    )
    return replace(situation, trial=_trial(situation, given))


def _files(root: Path, changed: Sequence[Change]) -> tuple[ChangedFile, ...]:
    known = sizes(root, (one.digest for one in changed if one.kind is not Kind.DELETED and not one.special))
    small = {digest: size for digest, size in known.items() if size <= _LOOKED_AT_BYTES}
    binary = {digest for digest, content in small_contents(root, small) if b"\0" in content[:8_000]}
    return tuple(ChangedFile(one.path, one.kind, area_of(one.path), known.get(one.digest, 0), one.digest in binary,
                             one.special) for one in changed)


def _with_digest(task: TaskChange, scratch: Path) -> TaskChange:
    folder = scratch / TASKS_FOLDER / task.name
    if task.kind is Kind.DELETED or not folder.is_dir():
        return task
    try:
        return replace(task, digest=folder_digest(folder))
    except (BadFile, UnicodeError):
        # A folder that is too deep, or a name that is no text: lint speaks of both, and no trial agrees with it.
        return task


def _to_lint(tasks: Sequence[TaskChange], changed: Sequence[Change]) -> list[str]:
    """The paths that lint looks at: changed tasks, suites and the models."""
    paths = [f"{TASKS_FOLDER}/{one.name}" for one in tasks if one.kind is not Kind.DELETED]
    areas = {area_of(one.path) for one in changed}
    # A task that goes may be one that a suite names.
    if Area.SUITES in areas or any(one.kind in {Kind.DELETED, Kind.RENAMED} for one in tasks):
        paths.append(f"{TASKS_FOLDER}/{SUITES_FOLDER}")
    return [*paths, MODELS_FILE] if Area.MODELS in areas else paths


def _freshness(commits: int, changed: Sequence[Change], since: Sequence[Change]) -> Freshness:
    mine = {one.path for one in changed}
    tasks = {folder_of(one.path) for one in changed} & {folder_of(one.path) for one in since}
    program = any(area_of(one.path) in {Area.PROGRAM, Area.WORKFLOW} for one in since)
    return Freshness(commits, tuple(one.path for one in since if one.path in mine), program,
                     tuple(sorted(tasks - {""})))


def _trial(situation: Situation, given: Given) -> Trial:
    """The trial's report, held against what was found here."""
    if not situation.tried:
        return Trial(Arrival.NOT_NEEDED)
    path = given.report / REPORT_FILE if given.report is not None else None
    if path is None or not (path.is_symlink() or path.exists()):
        return Trial(Arrival.PENDING if given.pending else Arrival.MISSING)
    try:
        report = read_report(path)
    except BadFile as error:
        return Trial(Arrival.UNREADABLE, problem=error.sentence)
    agreed = frozenset(name for name, digest in given.rendered.items()
                       if (one := report.of(name)) and one.after and one.after.task_hash == digest)
    return Trial(Arrival.PRESENT, report, report.problem, tuple(doubts(situation, report, given.rendered)), agreed)


def doubts(situation: Situation, report: TrialReport, rendered: Mapping[str, str]) -> list[str]:
    """Why the report does not speak for this head, or was made by a job that the pull request could change."""
    found = []
    if situation.outside:
        found.append("the pull request touches files outside its task folders, and can so have changed the job that "
                     "judged it")
    if report.head_sha != situation.pull.head_sha:
        found.append("the report speaks of another commit")
    names = [one.task for one in report.tasks]
    if len(set(names)) < len(names) or set(names) - {one.name for one in situation.tried}:
        found.append("the report speaks of tasks that were not changed, or of one twice")
    for task in situation.tried:
        one = report.of(task.name)
        if one is None:
            found.append(f"the report says nothing of `{task.name}`")
        elif not task.digest or one.folder != task.digest:
            found.append(f"what was tried of `{task.name}` is not what this commit holds")
        elif one.check is not None and not one.check.sandboxed:
            found.append(f"`{task.name}` was tried without the sandbox")
        elif one.after is not None and rendered.get(task.name, one.after.task_hash) != one.after.task_hash:
            found.append(f"`{task.name}` renders otherwise here than the report says")
        elif one.after is not None and report.plan is not None and report.plan.hashes.get(
                task.name, one.after.task_hash) != one.after.task_hash:
            found.append(f"the plan was made for other keys of `{task.name}` than the report gives")
    return found
