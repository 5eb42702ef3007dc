"""Verify: recompute every published number from its rows, and hold each row against the items it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import BadFile, BrokenResult, Problem, Where
from commons.evaluate.metrics import MetricRule, metrics_of
from commons.pool import cellfile
from commons.pool.cell import CANONICAL, Cell, Row
from commons.pool.hashing import CellKey
from commons.pool.rendered import RenderedItem, RenderedItems
from commons.pool.yamlfile import read_text

_MEND = "Restore the file from git, or run the cell again: results are never edited by hand."


@dataclass
class Verification:
    """What was verified, and everything that does not hold."""

    cells: int = 0
    metrics: int = 0
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify_cells(paths: list[Path], rendered: dict[str, RenderedItems | None]) -> Verification:
    """Verify the cell files ``paths``; ``rendered`` holds each task's rendered items, None where it has none."""
    result = Verification()
    hashes: dict[str, set[str]] = {}
    for path in paths:
        try:
            text = read_text(path, cellfile.MAX_CELL_BYTES)
            cell = cellfile.from_text(text, path)
        except BadFile as error:
            result.problems.extend(error.problems)
            continue
        result.cells += 1
        result.metrics += len(cell.metrics)
        result.rows += len(cell.rows)
        result.problems.extend(_identity_problems(cell, path))
        result.problems.extend(content_problems(cell, text, path, rendered.get(cell.identity.task)))
        if cell.identity.variant == CANONICAL:
            hashes.setdefault(cell.identity.task, set()).add(cell.identity.task_hash)
    for task, items in rendered.items():
        if items is not None and task in hashes and items.header.task_hash not in hashes[task]:
            sentence = f"The rendered items of `{task}` belong to none of its canonical cells."
            where = Where(Path("results") / "rendered" / f"{task}.jsonl", 1)
            result.problems.append(Problem("rendered", sentence, where, "Run the task again."))
    return result


def content_problems(
    cell: Cell, text: str, path: Path, rendered: RenderedItems | None, rules: Mapping[str, MetricRule] | None = None
) -> list[Problem]:
    """What does not hold in a cell's text, wherever it stands; ``rendered`` are its task's rendered items.

    ``rules`` are the task's own rules for its metrics; where nobody knows them, those that the cell names are taken.
    """
    problems = cellfile.check_text(text, path)
    problems += _key_problems(cell, path)
    problems += _metric_problems(cell, path, rules)
    problems += _row_problems(cell, path, text, rendered)
    return problems


def _key_problems(cell: Cell, path: Path) -> list[Problem]:
    identity = cell.identity
    key = CellKey(identity.task_hash, identity.model_hash, identity.protocol_hash).key
    if identity.cell_key == key:
        return []
    sentence = f"The cell key {identity.cell_key[:12]} does not follow from the three hashes ({key[:12]})."
    return [Problem("key", sentence, Where(path, 3), _MEND)]


def _identity_problems(cell: Cell, path: Path) -> list[Problem]:
    identity = cell.identity
    suffix = "" if identity.variant == CANONICAL else f"@{identity.variant}"
    if (path.parent.name, path.stem) != (identity.task, identity.model + suffix):
        sentence = f"The file says it is {identity.task} on {identity.model}{suffix}, and does not stand there."
        return [Problem("place", sentence, Where(path, 3), "Move it back.")]
    return []


def _metric_problems(cell: Cell, path: Path, rules: Mapping[str, MetricRule] | None) -> list[Problem]:
    where = Where(path, 1)
    if cell.partial:
        if cell.metrics:
            return [Problem("partial", "A partial cell has metrics.", where, _MEND)]
        return []
    missing = [name for name in cell.metric_names if name not in cell.metrics]
    if missing or len(cell.metrics) != len(cell.metric_names):
        sentence = f"The metrics are not those of the columns ({', '.join(missing) or 'one too many'})."
        return [Problem("metrics", sentence, where, _MEND)]
    if rules is None:
        rules = {name: MetricRule(one.aggregation, one.higher_is_better) for name, one in cell.metrics.items()}
    try:
        recomputed = metrics_of(cell.rows, cell.metric_names, rules)
    except (BrokenResult, KeyError) as error:
        return [Problem("metrics", f"The metrics cannot be recomputed: {error}.", where, _MEND)]
    problems = []
    for name, stored in cell.metrics.items():
        fresh = recomputed[name]
        for part in (*_PARTS, *_LATER_PARTS):
            given, follows = getattr(stored, part), getattr(fresh, part)
            if not _same(given, follows) and not (given is None and part in _LATER_PARTS):
                sentence = f"The {part} of `{name}` is {given}; the rows give {follows}."
                problems.append(Problem("metric", sentence, where, _MEND))
    return problems


#: What of a metric follows from the rows and the rules.
_PARTS = ("value", "stderr", "interval", "n", "method", "confidence", "aggregation", "higher_is_better")

#: What follows as well, and is missing in cells that were written before it was kept.
_LATER_PARTS = ("n_effective", "design_effect")


def _same(given: object, follows: object) -> bool:
    if isinstance(given, tuple) and isinstance(follows, tuple):
        return all(_same(one, other) for one, other in zip(given, follows, strict=True))
    if isinstance(given, float) and isinstance(follows, float):
        # Libraries of another version or processor may differ in the last bits of a quantile.
        return abs(given - follows) <= 1e-8 * max(1.0, abs(follows))
    return given == follows


def _row_problems(cell: Cell, path: Path, text: str, rendered: RenderedItems | None) -> list[Problem]:
    first = next((n for n, line in enumerate(text.split("\n"), 1) if line.startswith(' "rows":')), 1) + 1
    mine = rendered if rendered and rendered.header.task_hash == cell.identity.task_hash else None
    items = mine.by_id() if mine else {}
    seen: set[tuple[str, int]] = set()
    problems: list[Problem] = []
    if lost := sorted(set(items) - {row.item for row in cell.rows}):
        sentence = f"{len(lost)} of the rendered items have no row, for example `{lost[0]}`."
        problems.append(Problem("row", sentence, Where(path, first), _MEND))
    checks_grade = mine is not None and not mine.header.own_grader
    for number, row in enumerate(cell.rows, start=first):
        where = Where(path, number)
        problems.extend(
            Problem("row", f"The row of item `{row.item}` {sentence}.", where, _MEND)
            for sentence in _row_sentences(cell, row, items, seen, checks_grade=checks_grade)
        )
        seen.add((row.item, row.repeat))
    return problems


def _row_sentences(
    cell: Cell, row: Row, items: dict[str, RenderedItem], seen: set[tuple[str, int]], *, checks_grade: bool
) -> list[str]:
    found = []
    if (row.item, row.repeat) in seen:
        found.append("stands twice")
    if row.outcome.has_score != all(score is not None for score in row.scores):
        found.append("has scores that do not fit its outcome")
    if items and row.item not in items:
        found.append("is not among the rendered items")
    best = max(row.loglikelihoods) if row.loglikelihoods and row.chosen is not None else None
    if best is not None and (row.chosen is None or not 0 <= row.chosen < len(row.loglikelihoods or ())
                             or (row.loglikelihoods or ())[row.chosen] != best):
        found.append("names a chosen option that has not the highest log-likelihood")
    item = items.get(row.item)
    if item is not None and item.choices and row.outcome.has_score and row.chosen is None and checks_grade:
        found.append("names no chosen option, although the item has choices")
    if item is not None and checks_grade:
        found.extend(
            f"has a score for `{name}` that does not follow from its log-likelihoods and the gold"
            for name, score in zip(cell.metric_names, row.scores, strict=True)
            if (expected := _accuracy(name, row, item)) is not None and score is not None and score != expected
        )
    return found


def _no_length(_: str) -> int:
    return 1


def _bytes(choice: str) -> int:
    return len(choice.encode())


#: What each of the harness's accuracies divides a choice's log-likelihood by.
_LENGTHS: dict[str, Callable[[str], int]] = {"acc,none": _no_length, "acc_norm,none": len, "acc_bytes,none": _bytes}


def _accuracy(name: str, row: Row, item: RenderedItem) -> float | None:
    """What the harness's accuracies give for a row; None where the rounded log-likelihoods cannot tell.

    ``acc`` takes the highest log-likelihood, ``acc_norm`` the highest after division by the choice's characters,
    ``acc_bytes`` by its bytes (lm_eval/api/task.py). Where the best two are equal to the digits that rows keep, the
    values before rounding decided.
    """
    known = row.loglikelihoods
    if name not in _LENGTHS or row.chosen is None or not item.choices or not isinstance(item.gold, int):
        return None
    if known is None or len(known) != len(item.choices):
        return None
    length = _LENGTHS[name]
    values = [value / max(1, length(choice)) for value, choice in zip(known, item.choices, strict=True)]
    ranked = sorted(range(len(values)), key=lambda index: values[index], reverse=True)
    if len(ranked) > 1 and abs(values[ranked[0]] - values[ranked[1]]) <= 2e-4 * abs(values[ranked[0]]):
        return None
    return float(ranked[0] == item.gold)
