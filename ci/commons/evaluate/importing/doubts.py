"""What is surely wrong with an import, and what is only odd: held against the pool that it goes into.

The first is refused, the second said and written all the same: whoever imports knows more than we do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.importing.outside import Imported, Told, raise_first
from commons.pool.card import PROPORTION
from commons.pool.cell import CANONICAL
from commons.pool.repository import Repository
from commons.pool.standing import headline_name

#: Metrics of the harness that are a share of 1 on every item.
SHARES = {"acc", "acc_norm", "acc_bytes", "acc_mutual_info", "accuracy", "exact_match", "em"}

#: Scores of other metrics up to this are perhaps percentages, where one of them is above :data:`_FEW_POINTS`.
_PERCENT, _FEW_POINTS = 100.0, 10.0

#: How alike a name must be to pass for a slip: models of one family have names that differ by a number.
_NEAR_TASK, _NEAR_MODEL = 0.85, 0.93


@dataclass(frozen=True)
class Known:
    """What the pool knows of a name: ``shares`` are the columns whose scores lie in 0 to 1, ``items`` the task's own.

    ``headline`` is the task's headline column and whether higher is better, None where the task is none of the pool.
    ``items`` is empty where the task has no result of ours, and nobody can say what its items are called.
    """

    shares: frozenset[str]
    headline: tuple[str, bool] | None
    items: frozenset[str]
    tasks: tuple[str, ...]
    models: tuple[str, ...]


def known_of(pool: Repository, task: str) -> Known:
    """Look the task up.

    Raises:
        BadFile: ``models.yaml``, the rendered items or the cell that tells the items cannot be read.
    """
    cards = [one.card for one in pool.tasks({task})[0]]
    headlines = [(headline_name(card), card.headline.direction == "higher") for card in cards]
    imported = {path.parent.name for path in pool.ledger.cell_paths()}
    return Known(
        shares=frozenset(headline_name(card) for card in cards if card.headline.unit == PROPORTION),
        headline=headlines[0] if headlines else None, items=_items(pool, task),
        tasks=tuple(sorted({folder.name for folder in pool.task_folders()} | imported)),
        models=tuple(model.id for model in pool.models()),
    )


def _items(pool: Repository, task: str) -> frozenset[str]:
    rendered = pool.ledger.rendered(task)
    if rendered is not None:
        return frozenset(item.item for item in rendered.items)
    for path in pool.ledger.cell_paths():
        if path.parent.name == task and "@" not in path.stem:
            cell = pool.ledger.cell(task, path.stem, CANONICAL)
            return frozenset(row.item for row in cell.rows) if cell is not None else frozenset()
    return frozenset()


def refuse_wrong(imported: Imported, known: Known, path: Path, told: Told) -> None:
    """Refuse shares outside of 0 to 1, another direction than the task's, and items of which none is one of its own.

    Raises:
        BadFile: the first rows that are wrong, or the file as a whole.
    """
    problems = []
    for where, row in imported.rows:
        for column, score in row.scores.items():
            if _is_share(column, known) and not 0 <= score <= 1:
                name = column.removesuffix(",none")
                problems.append(Problem(
                    "import", f"The item `{row.item}` scores {score:.10g}, and `{name}` lies between 0 and 1.", where,
                    "Divide percentages by 100; what is another kind of score gets another name with --metric."))
    raise_first(problems)
    if not imported.rows:
        return
    first = imported.rows[0][1]
    if known.headline is not None and known.headline[0] in first.scores and known.headline[1] != told.higher_is_better:
        better = "higher" if known.headline[1] else "lower"
        raise BadFile([Problem("import", f"In the task `{told.task}` of this pool a {better} score is better.",
                               Where(path), "Give --lower-is-better exactly where the task's card says so.")])
    if known.items and not any(row.item in known.items for _, row in imported.rows):
        raise BadFile([Problem(
            "import", f"None of the {len(imported.rows)} items is one of the task `{told.task}` of this pool: the file "
            f"has `{first.item}`, the task has `{min(known.items)}`.", Where(path),
            "Name the column of the task's own ids with --item, or import it as a task of another name.")])


def doubts(imported: Imported, known: Known, told: Told) -> Iterator[str]:
    """What is odd, in words."""
    if told.task not in known.tasks:
        yield from _near(told.task, known.tasks, "task", _NEAR_TASK)
    if told.model not in known.models:
        yield from _near(told.model, known.models, "model", _NEAR_MODEL)
    strange = [row.item for _, row in imported.rows if row.item not in known.items] if known.items else []
    if strange:
        yield f"{len(strange)} of {len(imported.rows)} items are none of the task's in this pool, as `{strange[0]}`."
    if len(imported.rows) == 1:
        yield "The file holds a single item. A table of outcomes has a row for each item, and no means of many."
    for column in dict.fromkeys(column for _, row in imported.rows for column in row.scores):
        given = [row.scores[column] for _, row in imported.rows if column in row.scores]
        if not _is_share(column, known) and min(given) >= 0 and _FEW_POINTS < max(given) <= _PERCENT:
            yield (f"`{column.removesuffix(',none')}` goes up to {max(given):.10g}: if these are percentages, divide "
                   "them by 100.")


def _is_share(column: str, known: Known) -> bool:
    return column in known.shares or column.partition(",")[0] in SHARES


def _near(name: str, known: tuple[str, ...], what: str, cutoff: float) -> Iterator[str]:
    if near := difflib.get_close_matches(name, known, n=1, cutoff=cutoff):
        yield f"There is no {what} `{name}` in this pool, and a new one begins. Did you mean `{near[0]}`?"
