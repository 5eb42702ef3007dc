"""Lint: the rules put to tasks, to the pool around them, to the models and to the suites, and one report of it all."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from commons.errors import BadFile, Where
from commons.lint.examine import Examined, Order, apply, examine, finding_of, relative, stopped
from commons.lint.facts import TaskFacts
from commons.lint.facts_store import FactsStore, state_of
from commons.lint.findings import Checked, Finding, Report, join
from commons.lint.fixes import together
from commons.lint.history import Earlier, earlier
from commons.lint.isolation import Stopped, each
from commons.lint.pool_subjects import ModelsSubject, RepositorySubject, SuiteSubject
from commons.lint.registry import Fault, Rule, all_rules
from commons.lint.suppression import Explained, may_suppress, suppress
from commons.lint.targets import Targets, everything, targets_of
from commons.pool.models import MODELS_FILE
from commons.pool.repository import Repository
from commons.pool.walk import files_below

#: A rule that finds more in one subject says how many more, and no reader has to scroll past them.
MAX_FINDINGS = 25
#: How long a folder may take, and how much longer for each million bytes in it.
BASE_SECONDS = 4.0
SECONDS_PER_MEGABYTE = 4.0
#: More than so many give no more time, and nor do files that no rule reads as a whole: padding is cheap.
MOST_MEGABYTES = 10
_READ_IN_FULL = frozenset({".yaml", ".yml", ".jsonl", ".json", ".py", ".md"})

Rules = Sequence[Rule] | None
#: Called with the number of folders done and their total, as they are done.
Progress = Callable[[int, int], None]


def lint_task(folder: Path, *, root: Path | None = None, rules: Rules = None) -> Report:
    """Check one task folder by itself; places in the report are relative to ``root``, else to the folder two above."""
    folder = folder.absolute()
    return _lint_tasks([folder], root or folder.parent.parent, rules, Earlier(), {}, None)


def lint_repository(
    repository: Repository, *, rules: Rules = None, base: str | None = None, progress: Progress | None = None
) -> Report:
    """Check every task, ``models.yaml`` and every suite; see :func:`lint_paths`."""
    return _lint(repository, everything(repository), rules, base, progress)


def lint_paths(
    repository: Repository, paths: Iterable[Path], *, rules: Rules = None, base: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check what ``paths`` name: task folders or files in them, ``models.yaml``, suites, or whole folders of these.

    ``base`` is the revision that changed tasks are held against; None takes the main line, where there is one.

    Raises:
        CannotRun: a path does not exist, or is nothing that lint knows; ``base`` is no revision.
    """
    return _lint(repository, targets_of(repository, paths), rules, base, progress)


def _lint(
    repository: Repository, targets: Targets, rules: Rules, base: str | None, progress: Progress | None
) -> Report:
    others = [folder for folder in repository.task_folders() if folder not in set(targets.tasks)]
    with FactsStore(repository.root) as store, earlier(repository, targets.tasks, base) as before:
        known = _known_facts(others, store) if targets.tasks and others else {}
        tasks = _lint_tasks(targets.tasks, repository.root, rules, before, known, progress, store)
    return join([
        tasks,
        *([_lint_models(repository, rules)] if targets.models else []),
        _lint_suites(repository, targets.suites, rules),
    ])


def _lint_tasks(
    folders: Sequence[Path], root: Path, rules: Rules, before: Earlier, known: Mapping[str, TaskFacts],
    progress: Progress | None, store: FactsStore | None = None,
) -> Report:
    all_rules()  # loaded once, before processes are forked
    orders = [Order(folder, root, before.copies.get(folder), before.unread.get(folder)) for folder in folders]
    states = {folder: state_of(folder) for folder in folders} if store is not None else {}
    findings: list[Finding] = []
    checked: list[Checked] = []
    explained: dict[Path, tuple[Explained, ...]] = {}
    facts = dict(known)
    work = functools.partial(examine, rules=rules)
    for place, outcome in each(orders, work, lambda order: _seconds(order.folder)):
        folder = folders[place]
        here = relative(Where(folder), root).path
        if isinstance(outcome, Stopped):
            findings.append(finding_of(None, stopped(outcome.reason, folder), root))
            checked.append(Checked("task", here))
        else:
            findings += outcome.findings
            checked.append(Checked("task", here, outcome.size))
            explained[here] = outcome.explained
            if outcome.facts is not None:
                facts[folder.name] = outcome.facts
                if store is not None:
                    store.put(folder, states[folder], outcome.facts)
        if progress:
            progress(len(checked), len(orders))
    for parent, chosen in groupby(sorted(folders), key=lambda one: one.parent):
        subject = RepositorySubject(parent, tuple(chosen), facts)
        findings += apply(subject, "repository", parent, root, rules)
    return _explained_away(Report(tuple(findings), tuple(checked)), explained, rules)


def _known_facts(folders: Sequence[Path], store: FactsStore) -> dict[str, TaskFacts]:
    """What is known of the tasks that are not checked themselves: from the store where their files are the same."""
    stored = store.get(folders)
    known = {folder.name: facts for folder, facts in stored.items()}
    missing = [folder for folder in folders if folder not in stored]
    states = {folder: state_of(folder) for folder in missing}
    orders = [Order(folder, folder.parent.parent) for folder in missing]
    for place, outcome in each(orders, functools.partial(examine, rules=()), lambda order: _seconds(order.folder)):
        if isinstance(outcome, Examined) and outcome.facts is not None:
            known[missing[place].name] = outcome.facts
            store.put(missing[place], states[missing[place]], outcome.facts)
    return known


def _seconds(folder: Path) -> float:
    if folder.is_symlink():
        return BASE_SECONDS
    size = 0
    # What cannot be looked through gets no more time for it.
    with contextlib.suppress(BadFile, OSError):
        for path in files_below(folder):
            if path.suffix.lower() in _READ_IN_FULL and not path.is_symlink():
                size += path.stat().st_size
    return BASE_SECONDS + SECONDS_PER_MEGABYTE * min(size // 1_000_000, MOST_MEGABYTES)


def _explained_away(report: Report, explained: Mapping[Path, Sequence[Explained]], rules: Rules) -> Report:
    """The report without what cards explain away, with a finding for each entry that explains nothing, and capped."""
    by_folder: dict[Path | None, list[Finding]] = {folder: [] for folder in explained}
    for finding in report.findings:
        folder = next((parent for parent in finding.where.path.parents if parent in explained), None)
        by_folder.setdefault(folder, []).append(finding)
    standing = by_folder.pop(None, [])
    away: list[Finding] = []
    for folder, entries in explained.items():
        kept, gone, idle = suppress(by_folder[folder], entries)
        standing += kept
        away += gone
        if rules is None:
            standing += [_idle(entry, unused) for entry, unused in idle]
    return Report(tuple(_capped(standing)), report.checked, tuple(away)).sorted()


@functools.cache
def _rule(code: str) -> Rule:
    return next(rule for rule in all_rules() if rule.code == code)


def _idle(entry: Explained, unused: tuple[str, ...]) -> Finding:
    if not may_suppress(entry.code):
        sentence = f"Findings of {entry.code} cannot be explained away."
        mend = "Mend what it finds, and remove this entry."
    elif unused == ("",):
        sentence = f"The card explains a finding {entry.code} that does not exist."
        mend = "Remove this entry: it would hide the next real finding of this kind."
    else:
        sentence = f"The card explains {entry.code} for items without such a finding: {', '.join(unused[:5])}."
        mend = "Take these items off the entry: they would hide the next real finding."
    # The place is relative already, so any root will do.
    return finding_of(_rule("C013"), Fault(sentence, entry.where, mend), Path())


def _capped(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, at most so many of a rule in one folder, and a finding that counts the others."""
    ordered = sorted(findings, key=lambda one: (one.code, one.where.path.parts[:2], one.where))
    for (code, parts), group in groupby(ordered, key=lambda one: (one.code, one.where.path.parts[:2])):
        several = list(group)
        yield from several[:MAX_FINDINGS]
        if (more := len(several) - MAX_FINDINGS) > 0:
            sentence = f"There are {more:,} more findings of this kind."
            mend, rest = "Mend the ones shown and run lint again.", together(one.fix for one in several[MAX_FINDINGS:])
            yield Finding(code, several[0].level, sentence, Where(Path(*parts)), mend, fix=rest)


def _lint_models(repository: Repository, rules: Rules) -> Report:
    path = repository.models_file
    subject = ModelsSubject(path)
    findings = apply(subject, "models", path, repository.root, rules)
    count = len(subject.models)
    size = f"{count} model{'' if count == 1 else 's'}"
    return Report(tuple(_capped(findings)), (Checked("models", Path(MODELS_FILE), size),))


def _lint_suites(repository: Repository, paths: Sequence[Path], rules: Rules) -> Report:
    names = frozenset(folder.name for folder in repository.task_folders())
    findings: list[Finding] = []
    checked: list[Checked] = []
    for path in paths:
        subject = SuiteSubject(path, names)
        findings += apply(subject, "suite", path, repository.root, rules)
        count = len(subject.suite.task) if subject.suite else 0
        size = f"{count} task{'' if count == 1 else 's'}"
        checked.append(Checked("suite", relative(Where(path), repository.root).path, size))
    return Report(tuple(_capped(findings)), tuple(checked))
