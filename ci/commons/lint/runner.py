"""Putting rules to subjects. One faulty rule or task never hides what the others find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from commons.errors import CannotRun, Where
from commons.lint.deadline import MAX_SECONDS, TookTooLong, deadline
from commons.lint.findings import Checked, Finding, Kind, Report, join, plain
from commons.lint.pool_subjects import ModelsSubject, RepositorySubject, SuiteSubject
from commons.lint.registry import Fault, Rule, all_rules
from commons.lint.subject import TaskSubject
from commons.pool.models import MODELS_FILE
from commons.pool.repository import SUITES_FOLDER, Repository

#: A rule that finds more in one subject says how many more, and no reader has to scroll past them.
MAX_FINDINGS = 25


def lint_task(folder: Path, *, root: Path | None = None, rules: Sequence[Rule] | None = None) -> Report:
    """Check one task folder; places in the report are relative to ``root``, else to the folder two above."""
    folder = folder.absolute()
    return _lint_tasks([folder], root or folder.parent.parent, rules)


def lint_repository(repository: Repository, *, rules: Sequence[Rule] | None = None) -> Report:
    """Check every task, ``models.yaml`` and every suite."""
    return join([
        _lint_tasks(repository.task_folders(), repository.root, rules),
        _lint_models(repository, rules),
        _lint_suites(repository, _suite_files(repository), rules),
    ])


def lint_paths(repository: Repository, paths: Iterable[Path], *, rules: Sequence[Rule] | None = None) -> Report:
    """Check what ``paths`` name: task folders or files in them, ``models.yaml``, suites, or whole folders of these.

    Raises:
        CannotRun: a path does not exist, or is nothing that lint knows.
    """
    tasks: set[Path] = set()
    suites: set[Path] = set()
    models = False
    for path in paths:
        parts = _parts(repository, path)
        inside = repository.root.joinpath(*parts)
        if parts == ():
            return lint_repository(repository, rules=rules)
        if parts == (MODELS_FILE,):
            models = True
        elif inside == repository.tasks_folder:
            tasks.update(repository.task_folders())
            suites.update(_suite_files(repository))
        elif repository.tasks_folder not in inside.parents:
            raise _unknown(path)
        elif parts[1] == SUITES_FOLDER:
            suites.update(_suite_files(repository) if len(parts) == 2 else [inside])
        elif (folder := repository.tasks_folder / parts[1]).is_dir() and parts[1][0] not in "_.":
            tasks.add(folder)
        else:
            raise _unknown(path)
    return join([
        _lint_tasks(sorted(tasks), repository.root, rules),
        *([_lint_models(repository, rules)] if models else []),
        _lint_suites(repository, sorted(suites), rules),
    ])


def _parts(repository: Repository, path: Path) -> tuple[str, ...]:
    """Where ``path``, as seen from the working directory or else from the pool, lies in the repository.

    Its last step is not followed where it is a link: lint has a word to say about those.
    """
    seen = [base / path for base in (Path.cwd(), repository.root)]
    absolute = next((one for one in seen if one.exists() or one.is_symlink()), None)
    if absolute is None:
        mend = "Give a task folder, a file in one, models.yaml or a suite; or none, for all of them."
        raise CannotRun(f"`{path}` does not exist.", mend=mend)
    for candidate in (_without_dots(absolute), absolute.resolve()):
        for root in (repository.root, repository.root.resolve()):
            if candidate == root or root in candidate.parents:
                return candidate.relative_to(root).parts
    raise CannotRun(f"`{path}` lies outside the pool {repository.root}.", mend="Name another pool with --root.")


def _without_dots(path: Path) -> Path:
    """``path`` with its parents resolved and its last step left as it is."""
    return path.resolve() if path.name in {"", "..", "."} else path.parent.resolve() / path.name


def _unknown(path: Path) -> CannotRun:
    mend = "Give a task folder, a file in one, models.yaml or a suite; or none, for all of them."
    return CannotRun(f"`{path}` is nothing that lint knows.", mend=mend)


def _suite_files(repository: Repository) -> list[Path]:
    return sorted((repository.tasks_folder / SUITES_FOLDER).glob("*.yaml"))


def _lint_tasks(folders: Sequence[Path], root: Path, rules: Sequence[Rule] | None) -> Report:
    findings: list[Finding] = []
    checked: list[Checked] = []
    by_parent: dict[Path, list[Path]] = {}
    for folder in folders:
        by_parent.setdefault(folder.parent, []).append(folder)
    for parent, chosen in by_parent.items():
        findings += _apply(RepositorySubject(parent, tuple(chosen)), "repository", parent, root, rules)
    for folder in folders:
        subject = TaskSubject(folder)
        size = ""
        try:
            with deadline(MAX_SECONDS):
                # A link leads to files that are not part of the pool; R001 says so.
                if not folder.is_symlink():
                    findings += _apply(subject, "task", folder, root, rules)
                size = _items(subject)
        except (TookTooLong, MemoryError, RecursionError) as error:
            findings.append(_finding("R000", None, _stopped(error, folder), root))
        checked.append(Checked("task", _relative(Where(folder), root).path, size))
    return Report(tuple(findings), tuple(checked)).sorted()


def _stopped(error: BaseException, folder: Path) -> Fault:
    """What to say where a task asks for more time or memory than there is."""
    if isinstance(error, TookTooLong):
        sentence = f"Checking this task took longer than {MAX_SECONDS:g} s and was stopped."
    else:
        sentence = f"Checking this task needs more than this machine has ({type(error).__name__})."
    return Fault(sentence, Where(folder), "Make its templates and data smaller or simpler.")


def _items(subject: TaskSubject) -> str:
    if subject.config is not None and not subject.local_data:
        return "items on the Hub"
    return f"{len(subject.items)} item{'' if len(subject.items) == 1 else 's'}"


def _lint_models(repository: Repository, rules: Sequence[Rule] | None) -> Report:
    path = repository.models_file
    subject = ModelsSubject(path)
    findings = _apply(subject, "models", path, repository.root, rules)
    count = len(subject.models)
    size = f"{count} model{'' if count == 1 else 's'}"
    return Report(tuple(findings), (Checked("models", _relative(Where(path), repository.root).path, size),))


def _lint_suites(repository: Repository, paths: Sequence[Path], rules: Sequence[Rule] | None) -> Report:
    names = frozenset(folder.name for folder in repository.task_folders())
    findings: list[Finding] = []
    checked: list[Checked] = []
    for path in paths:
        subject = SuiteSubject(path, names)
        findings += _apply(subject, "suite", path, repository.root, rules)
        count = len(subject.suite.task) if subject.suite else 0
        size = f"{count} task{'' if count == 1 else 's'}"
        checked.append(Checked("suite", _relative(Where(path), repository.root).path, size))
    return Report(tuple(findings), tuple(checked))


def _apply(subject: Any, kind: Kind, path: Path, root: Path, rules: Sequence[Rule] | None) -> list[Finding]:
    """What the rules for this kind of subject find in it."""
    findings: list[Finding] = []
    for rule in all_rules() if rules is None else rules:
        if rule.subject == kind:
            findings += _apply_one(rule, subject, path, root)
    return findings


def _apply_one(rule: Rule, subject: Any, path: Path, root: Path) -> list[Finding]:
    findings: list[Finding] = []
    more = 0
    try:
        for fault in rule.check(subject):
            if len(findings) < MAX_FINDINGS:
                findings.append(_finding(rule.code, rule, fault, root))
            else:
                more += 1
    except (MemoryError, RecursionError) as error:
        findings.append(_finding("R000", None, _stopped(error, path), root))
    except Exception as error:  # noqa: BLE001  (a rule's own fault must neither stop the others nor stay unseen)
        sentence = f"The rule {rule.code} failed on this task ({type(error).__name__}: {error}): report this."
        mend = "Report it with this sentence; the fault is not in your files."
        findings.append(_finding("R000", None, Fault(sentence, Where(path), mend), root))
    if more:
        mend = "Mend the ones shown and run lint again."
        fault = Fault(f"There are {more:,} more findings of this kind.", Where(path), mend)
        findings.append(_finding(rule.code, rule, fault, root))
    return findings


def _finding(code: str, rule: Rule | None, fault: Fault, root: Path) -> Finding:
    level = rule.level if rule else "lint"
    return Finding(
        code, level, plain(fault.sentence), _relative(fault.where, root), plain(fault.mend), fault.sure, fault.fix
    )


def _relative(where: Where, root: Path) -> Where:
    """``where`` as seen from ``root``, without following links: a link is reported at its own place."""
    if root in where.path.parents:
        return Where(where.path.relative_to(root), where.line, where.column)
    return where.relative_to(root)
