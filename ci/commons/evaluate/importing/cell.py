"""The external cell of imported rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from commons.errors import BadFile, Problem, Where
from commons.evaluate.importing.outside import Imported, ImportedRow, Told, raise_first
from commons.evaluate.metrics import MetricRule, metrics_of
from commons.evaluate.rows import ANSWER_CHARACTERS
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell, Identity, Outcome, Protocol, Provenance, Row, Source
from commons.pool.cellfile import five_digits
from commons.pool.hashing import CellKey, sha256_file, sha256_json

#: Scores are not imported where five digits would move one by more than this share of their standard deviation.
BLUR = 0.01

#: What nobody told us; the cell says so instead of leaving a gap that looks like a fact.
_UNKNOWN = "not known (imported)"


def imported_cell(imported: Imported, told: Told, path: Path) -> Cell:
    """The cell of a file's rows. Its metrics are means of the rows, whatever the file says of them.

    Nobody rendered these prompts here, so the task hash is over the items and their golds as imported: two imports of
    the same items can be compared item by item, and neither is ever taken for our own measurement.

    Raises:
        BadFile: no rows, an item that stands twice, rows with other metrics than the first, or scores whose spread
            five digits do not hold.
    """
    columns = _columns(imported, path)
    rows = tuple(_row(row, columns, told) for _, row in sorted(imported.rows, key=lambda pair: pair[1].item))
    rules = {column: MetricRule("mean", told.higher_is_better) for column in columns}
    return Cell(
        identity=_identity(imported, told), protocol=_PROTOCOL,
        publish=PublishLevel.SAMPLES if told.with_answers else PublishLevel.AGGREGATE, metric_names=columns,
        metrics=metrics_of(rows, columns, rules), rows=rows, transcript=None, provenance=_provenance(told, path),
    )


def _columns(imported: Imported, path: Path) -> tuple[str, ...]:
    """The metrics, which all rows share."""
    if not imported.rows:
        raise BadFile([Problem("import", "The file holds no scored item.", Where(path), "Give a file of outcomes.")])
    columns = tuple(imported.rows[0][1].scores)
    problems = list(_twice(imported.rows))
    problems += [
        Problem("import", f"The item `{row.item}` has other metrics than the first one.", where,
                "Leave out what was not measured for every item.")
        for where, row in imported.rows if set(row.scores) != set(columns)
    ]
    raise_first(problems)
    for column in columns:
        _refuse_blurred(column, imported, path)
    return columns


def _refuse_blurred(column: str, imported: Imported, path: Path) -> None:
    """Refuse scores that lie so near to each other that the five digits of a cell's rows would move their differences.

    A cell's metrics follow from its rows as they are written, so a mean cannot be righter than they are.
    """
    given, name = [row.scores[column] for _, row in imported.rows], column.removesuffix(",none")
    off = max(abs(five_digits(one) - one) for one in given)
    with np.errstate(over="ignore", invalid="ignore"):
        spread = float(np.std(given))
    if off > BLUR * spread > 0:
        raise BadFile([Problem(
            "import", f"A cell's rows hold five digits, and the scores of `{name}` lie too near to each other for "
            f"that: {min(given):.10g} to {max(given):.10g} would be off by up to {off:.2g}.",
            Where(path), "Take away from all scores what they share, and say so with --note.")])


def _twice(rows: Iterable[tuple[Where, ImportedRow]]) -> Iterable[Problem]:
    seen: dict[str, Where] = {}
    for where, row in rows:
        if row.item in seen:
            yield Problem("import", f"The item `{row.item}` stands in line {seen[row.item].line} as well.", where,
                          "Give each item once, or name the column that tells them apart with --item.")
        seen.setdefault(row.item, where)


def _row(row: ImportedRow, columns: tuple[str, ...], told: Told) -> Row:
    known = row.loglikelihoods
    return Row(
        item=row.item, repeat=0, outcome=Outcome.SCORED, scores=tuple(five_digits(row.scores[one]) for one in columns),
        chosen=row.chosen, loglikelihoods=None if known is None else tuple(five_digits(one) for one in known),
        answer=row.answer[:ANSWER_CHARACTERS] if told.with_answers and row.answer is not None else None,
        cluster=row.cluster,
    )


def _identity(imported: Imported, told: Told) -> Identity:
    items = {row.item: row.gold for _, row in imported.rows}
    key = CellKey(
        task_hash=sha256_json({"external task": told.task, "items": items}),
        model_hash=sha256_json({"external model": told.model}),
        protocol_hash=sha256_json({"external protocol": told.variant, "source": told.source}),
    )
    return Identity(
        task=told.task, model=told.model, variant=told.variant, origin="external", comparability_version=1,
        cell_key=key.key, task_hash=key.task_hash, model_hash=key.model_hash, protocol_hash=key.protocol_hash,
    )


_PROTOCOL = Protocol(form="plain", num_fewshot=0, seeds={}, chat_template_sha256=None, system_prompt_sha256=None,
                     generation=None, context_length=None)


def _provenance(told: Told, path: Path) -> Provenance:
    return Provenance(
        commit=None, run_url=None, versions={}, weights=_UNKNOWN, engine=_UNKNOWN, host=_UNKNOWN,
        started=told.measured.isoformat(), seconds=0.0, cost_usd=None,
        source=Source(url=told.source, sha256=sha256_file(path), note=told.note),
    )
