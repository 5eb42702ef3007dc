"""``data/rows/<task>``: every item of every cell of a task, cut to what the publish level allows."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from commons.pool.cell import Cell, Row, Statistic
from commons.pool.standing import headline_name
from commons.publish.data.columns import ANSWERS, ROW_TABLE, SCORE, SCORE_WORDS, Column
from commons.publish.data.csvfile import lines_of, metadata_of
from commons.publish.data.legal import Legal
from commons.publish.data.parquet import bytes_of, type_of
from commons.publish.inert import visible
from commons.publish.open_task import OpenTask
from commons.publish.rows import readable
from commons.publish.states import CellState, State

SCHEMA = "rows/1"
#: Rows stand as CSV too where there are no more of them: beyond, a spreadsheet is the wrong tool.
CSV_ROWS = 5_000
#: Answers stand among the rows as long as all of them together have no more bytes.
ANSWER_BYTES = 5_000_000


class RowTable:
    """Gathers the rows of one task, cell by cell."""

    def __init__(self, task: OpenTask, most_answers: int = ANSWER_BYTES) -> None:
        self._task = task
        self._columns: dict[str, list[object]] = {column.name: [] for column in ROW_TABLE}
        self._scores: dict[str, list[Statistic | None]] = {}
        self._seen: dict[str, str] = {}
        self._count = 0
        # Of a pool too large to show every row in full, the answers would be most of the site.
        self._room = most_answers if task.frame.limits.all_rows else -1
        self._answers: list[str | None] = []

    def add(self, state: CellState, cell: Cell) -> None:
        """Add the rows of a cell, but of one that was withdrawn: its numbers are no results any more."""
        if state.state is State.WITHHELD:
            return
        rows = readable(self._task, cell).rows
        same: dict[str, object] = {
            "model": state.model, "variant": state.variant, "origin": cell.identity.origin, "state": state.state.value,
            "stale": bool(state.stale),
        }
        each: dict[str, list[object]] = {
            "item": [self._visible(row.item) for row in rows], "repeat": [row.repeat for row in rows],
            "outcome": [row.outcome.value for row in rows], "chosen": [row.chosen for row in rows],
            "tokens_in": [row.tokens_in for row in rows], "tokens_out": [row.tokens_out for row in rows],
        }
        for column in ROW_TABLE:
            self._columns[column.name] += each[column.name] if column.name in each else [same[column.name]] * len(rows)
        for place, name in enumerate(cell.metric_names):
            scores = self._scores.setdefault(name, [])
            scores += [None] * (self._count - len(scores))
            scores += [row.scores[place] for row in rows]
        self._count += len(rows)
        self._answer(rows)

    def _answer(self, rows: Iterable[Row]) -> None:
        if self._room < 0:
            return
        answers = [None if row.answer is None else visible(row.answer) for row in rows]
        self._room -= sum(len(answer.encode()) for answer in answers if answer is not None)
        self._answers = [] if self._room < 0 else self._answers + answers

    def _visible(self, item: str) -> str:
        found = self._seen.get(item)
        if found is None:
            found = self._seen[item] = visible(item)
        return found

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._count

    @property
    def has_answers(self) -> bool:
        """Whether what models answered stands among the rows."""
        return any(answer is not None for answer in self._answers)

    def columns(self) -> tuple[Column, ...]:
        """The columns, with one for each metric."""
        scores = tuple(Column(SCORE + visible(name), "number", SCORE_WORDS, many=_many(found))
                       for name, found in self._scores.items())
        return (*ROW_TABLE, *scores, *(ANSWERS if self.has_answers else ()))

    def parquet(self, legal: Legal) -> bytes:
        """The rows as Parquet."""
        card = self._task.entry.card
        more = {"canary": card.canary} if self.has_answers else {}
        return bytes_of(self._arrays(), SCHEMA, legal, headline=SCORE + headline_name(card), task=self._task.entry.name,
                        **more)

    def csv(self, legal: Legal, name: str) -> tuple[str, str]:
        """The rows as CSV, and the text of the file beside it, which is called by ``name``."""
        columns = self.columns()
        arrays = self._arrays()
        lines = zip(*(arrays[column.name].to_pylist() for column in columns), strict=True)
        text = lines_of([[column.name for column in columns]]) + lines_of(lines)
        return text, metadata_of(name, columns, legal)

    def _arrays(self) -> dict[str, pa.Array]:
        made: dict[str, pa.Array] = {
            column.name: pa.array(self._columns[column.name], type_of(column)) for column in ROW_TABLE
        }
        for name, scores in self._scores.items():
            made[SCORE + visible(name)] = _scores(scores + [None] * (self._count - len(scores)))
        if self.has_answers:
            made["answer"] = pa.array(self._answers, pa.string())
            made["canary"] = pa.array([self._task.entry.card.canary] * self._count, pa.string())
        return made


def _scores(scores: list[Statistic | None]) -> pa.Array:
    """Numbers; or lists of them where a row contributes more than one."""
    if not _many(scores):
        return pa.array(scores, pa.float64())
    lists = [score if score is None or isinstance(score, tuple) else (score,) for score in scores]
    return pa.array(lists, pa.list_(pa.float64()))


def _many(scores: Iterable[Statistic | None]) -> bool:
    """Whether a row contributes more than one number."""
    return any(isinstance(score, tuple) for score in scores)
