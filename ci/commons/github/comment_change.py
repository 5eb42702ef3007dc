"""What a pull request changes, and whether that changes what a number means or only words.

What was compared here is said as it is. What only the trial could find out, because the task had to be rendered for
it, is marked as its report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.github.judgement import Judgement, unverified
from commons.github.report import Outline, TaskReport
from commons.github.situation import Area, ChangedFile, Kind, ModelChange, RowChanges, Situation, TaskChange
from commons.github.words import amount, code, cut, listed, named

#: From this size on a file is named: a reader of the pull request does not see what is in it.
LARGE_BYTES = 1_000_000
_NAMES = 5
_PARTS = {"card": "its card", "config": "its settings", "data": "its data", "readme": "its README",
          "hooks": "its Python code", "other": "other files"}


def changed(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """Tasks, models, results, everything else, and what is large."""
    lines = [
        *cut((_task(one, situation) for one in situation.tasks), limit, "task"),
        *cut(map(_model, situation.models), limit, "model"),
        *_results(situation), *_elsewhere(situation), *_large(situation.files),
    ]
    if not lines:
        return []
    size = sum(one.size for one in situation.files)
    total = f"{amount(len(situation.files), 'file')}, {kilobytes(size)} as they now are."
    return ["### What changed", "", total, "", *lines]


def kilobytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000)):,} kB" if size else "0 kB"


def _task(task: TaskChange, situation: Situation) -> str:
    report = situation.trial.report.of(task.name) if situation.trial.report else None
    name = code(task.name)
    if task.kind is Kind.ADDED:
        items = report.check.items if report and report.check else 0
        size = f" of {amount(items, 'item')}{_reported(task, situation)}" if items else ""
        code_note = " It brings Python code, which a person has to read." if "hooks" in task.parts else ""
        return f"- {name} is a **new task**{size}: all its cells are new.{code_note}"
    if task.kind is Kind.DELETED:
        told = "an amendment says why" if _withdrawn(task, situation) else (
            "nothing was ever measured on it" if task.accounted else "**no amendment says why**")
        return f"- {name} is **taken away**; {told}."
    if task.kind is Kind.RENAMED:
        rest = f" Also: {_differences(task)}." if _differences(task) else ""
        return (f"- {code(task.was)} is **renamed** to {name}: under the new name all its cells are new, and those "
                f"under the old one have no task.{rest}")
    if task.only_words:
        keys = f" ({named(task.card_keys, _NAMES)} in the card)" if task.card_keys else ""
        return (f"- {name}: **only words**, in {listed([_PARTS[part] for part in task.parts])}{keys}. "
                "No key changes, and every result stands.")
    parts = listed([_PARTS[part] for part in task.parts])
    return f"- {name} changes in {parts}: {_differences(task) or 'see the files'}. {_keys(task, report, situation)}"


def _differences(task: TaskChange) -> str:
    """What differs as data, found here."""
    found = list(_rows(task.rows)) if task.rows else []
    if task.config_keys:
        found.append(f"{named(task.config_keys, _NAMES)} in the settings")
    if task.card_keys:
        found.append(f"{named(task.card_keys, _NAMES)} in the card")
    return "; ".join(found)


def _rows(rows: RowChanges) -> Iterator[str]:
    for word, names, count in zip(("changed", "added", "removed"), (rows.changed, rows.added, rows.removed),
                                  (rows.counts[1], rows.counts[0], rows.counts[2]), strict=True):
        if count:
            yield f"{amount(count, 'row')} {word} ({named(names, _NAMES, count)})"


def _keys(task: TaskChange, report: TaskReport | None, situation: Situation) -> str:
    """Whether the keys of its cells change."""
    before, after = (report.before, report.after) if report else (None, None)
    if before is None or after is None:
        return "Whether its keys change is not known: the trial gave no rendering of both versions."
    told = _reported(task, situation)
    if before.task_hash == after.task_hash:
        again = {"publish", "comparability_version"} & set(task.card_keys)
        note = " Its results are written again from stored answers." if again else ""
        return f"**No key changes**{told}: what is sent and graded is as before.{note}"
    return f"**Its keys change**{told}, so its cells are stale: {_what(before, after)}."


def _what(before: Outline, after: Outline) -> str:
    found = []
    parts = [name for name in sorted({*before.parts, *after.parts}) if before.parts.get(name) != after.parts.get(name)]
    if parts:
        found.append(f"{named(parts, _NAMES)} of the task")
    items = [name for name in after.items if name in before.items and before.items[name] != after.items[name]]
    added = [name for name in after.items if name not in before.items]
    removed = [name for name in before.items if name not in after.items]
    for words, names in (("the prompt or the gold of", items), ("new:", added), ("gone:", removed)):
        if names:
            found.append(f"{words} {named(names, _NAMES)}")
    return "; ".join(found) or "in a part that has no name"


def _reported(task: TaskChange, situation: Situation) -> str:
    if task.name in situation.trial.recomputed:
        return " (rendered again here)"
    return " (as the trial reports, unverified)" if unverified(situation) else " (as the trial reports)"


def _withdrawn(task: TaskChange, situation: Situation) -> bool:
    return task.name in situation.results.amendments


def _model(model: ModelChange) -> str:
    name = code(model.id)
    if model.kind is Kind.ADDED:
        return f"- {name} is a **new model**: every task that can be put to it gets a cell."
    if model.kind is Kind.DELETED:
        return f"- {name} is **taken off the list**: its cells stay in the ledger, and no page lists it as a model."
    if model.meaning:
        return f"- {name} changes in what decides its answers: **its keys change**, so all its cells are stale."
    return f"- {name}: **only words**. No key changes, and every result stands."


def _results(situation: Situation) -> Iterator[str]:
    change = situation.results
    if change.amendments:
        yield f"- Amendments are added for {named(sorted(set(change.amendments)), _NAMES)}."
    if change.deleted:
        yield f"- {amount(change.deleted, 'file')} of results {'is' if change.deleted == 1 else 'are'} deleted."
    if change.edited:
        yield f"- {amount(len(change.edited), 'file')} of results written by hand: {named(change.edited, _NAMES)}."


def _elsewhere(situation: Situation) -> Iterator[str]:
    for area in (Area.WORKFLOW, Area.PROGRAM, Area.SUITES, Area.DOCS, Area.OTHER):
        paths = [one.path for one in situation.files if one.area is area]
        if paths:
            verb = "is touched" if area is Area.PROGRAM else "are touched"
            yield f"- {area.value[0].upper()}{area.value[1:]} {verb}: {named(paths, _NAMES)}."


def _large(files: Sequence[ChangedFile]) -> Iterator[str]:
    large = [one for one in files if one.size >= LARGE_BYTES]
    if large:
        sizes = listed([f"{code(one.path)} ({kilobytes(one.size)})" for one in large[:_NAMES]])
        more = f" and {len(large) - _NAMES:,} more" if len(large) > _NAMES else ""
        yield f"- Large: {sizes}{more}."
    binary = [one.path for one in files if one.binary]
    if binary:
        yield f"- No text, so nobody can read what changed in it: {named(binary, _NAMES)}."
