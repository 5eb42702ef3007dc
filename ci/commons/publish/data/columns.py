"""The columns of the tables, each with its type and its meaning; what is said of them anywhere comes from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column. ``type`` is a CSVW datatype: ``string``, ``integer``, ``number`` or ``boolean``.

    Where ``many`` is set, a field holds several values of that type, apart by spaces in CSV.
    """

    name: str
    type: str
    words: str
    many: bool = False


def _c(name: str, type_: str, words: str) -> Column:
    return Column(name, type_, words)


#: Which cell a line is about.
_CELL = (
    _c("task", "string", "The task's name."),
    _c("model", "string", "The model's id."),
    _c("variant", "string", "`canonical`, or the name of another way in which the task was put."),
    _c("origin", "string", "`own` where it was measured here, `external` where it was imported."),
    _c("state", "string", "`measured`, `partial`, `withheld` and the other states of a pair, in words."),
)
_NUMBER = (
    _c("value", "number", "The number, in the metric's unit; empty unless the cell is measured."),
    _c("low", "number", "The lower end of its interval, in the same unit."),
    _c("high", "number", "The upper end of its interval, in the same unit."),
    _c("confidence", "number", "The interval's confidence, as a share of 1."),
    _c("n", "integer", "Items that the number is over."),
    _c("n_effective", "number", "How many items that share no source they are worth; empty where it cannot be said."),
    _c("method", "string", "How the interval was computed."),
)
_UNIT = (
    _c("unit", "string", "The metric's unit; `proportion` counts from 0 to 1; empty where none is known."),
    _c("higher_is_better", "boolean", "Whether more is better."),
    _c("place_best", "integer", "The best place that the paired tests allow, of the headline; 1 is the best of all."),
    _c("place_worst", "integer", "The worst place that they allow."),
)
_KEY = _c("cell_key", "string", "The digest of all that the measurement was made from.")
_STARTED = _c("started", "string", "When it was measured, in UTC.")
_LICENCE = _c("licence", "string", "The SPDX id of the licence of the task's data.")
_STALE = _c("stale", "string", "Why the cell is not what would be measured today; empty where it is.")

#: ``data/cells.csv``: a line for each cell and metric.
CELL_LINES = (
    *_CELL, _STALE,
    _c("metric", "string", "The metric's name, as the harness gives it."),
    _c("filter", "string", "The harness filter it is taken after."),
    _c("headline", "string", "`yes` for the metric that stands for the task."),
    *_NUMBER, *_UNIT, _KEY, _STARTED,
    _c("commit", "string", "The commit at which the cell's file stands as it was read; empty where it is not known."),
    _c("file", "string", "The cell's file in the pool."),
    _LICENCE,
)

#: ``data/cells.parquet``: a row for each pair of task and model, and for each other variant that has a cell.
CELL_TABLE = (
    *_CELL, _c("reason", "string", "Why a pair has no number; empty where it has one."), _STALE,
    _c("metric", "string", "The headline, as `metric,filter`."),
    *_NUMBER, *_UNIT,
    _c("rows", "integer", "Rows of the cell: items times repeats."),
    _c("items", "integer", "Items of the cell."),
    _c("scored", "integer", "Rows that have a score."),
    _c("tokens_in", "integer", "Tokens read, over all rows."),
    _c("tokens_out", "integer", "Tokens written, over all rows."),
    _c("seconds", "number", "Seconds that the model took to answer."),
    _c("cost_usd", "number", "What it cost, in US dollars; empty where it was not recorded."),
    _KEY, _STARTED, _LICENCE,
)

#: ``data/rows/<task>``: a row for each item of each cell that was not withdrawn.
ROW_TABLE = (
    _c("item", "string", "The item's id; salted where the card publishes no items."),
    *_CELL[1:],
    _c("stale", "boolean", "Whether the cell is not what would be measured today."),
    _c("repeat", "integer", "Which asking of the item it is, from 0."),
    _c("outcome", "string", "What became of it: `scored`, `model_fault`, `refused`, `instrument_fault`, `not_run`."),
    _c("chosen", "integer", "The option that the model chose, from 0; empty where there are none, or withheld."),
    _c("tokens_in", "integer", "Tokens read; empty where they were not counted, or withheld."),
    _c("tokens_out", "integer", "Tokens written; empty where they were not counted, or withheld."),
)
#: The columns that stand only where the model's answers are in the file.
ANSWERS = (
    _c("answer", "string", "What the model answered."),
    _c("canary", "string", "The string by which training sets are searched for the task's texts."),
)
#: How the columns of scores begin; after it stands the metric, as ``metric,filter``.
SCORE = "score:"
SCORE_WORDS = ("What the row contributes to the metric, in its unit; of a metric that is no mean over items, the "
               "numbers that it is computed from, apart by spaces in CSV and a list in Parquet.")
