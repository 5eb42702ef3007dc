"""The cell file: JSON that a person can review, one row a line, every part under a check.

A diff of two cell files shows which items flipped, because each row stands on its own line and its floats carry five
significant digits. ``checks`` holds a digest of each part and four hex digits for each row, so that an edited digit
is found and its line named. The checks guard against slips and careless edits; that a number follows from its rows
is proved by recomputing it (``commons verify``), not by a digest.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell, Identity, Metric, Outcome, Protocol, Provenance, Row, Statistic, Transcript
from commons.pool.hashing import sha256_json
from commons.pool.yamlfile import read_text

SCHEMA_VERSION = 2
MAX_CELL_BYTES = 20_000_000

_BEFORE = ("item", "repeat", "outcome")
_AFTER = ("chosen", "loglikelihoods", "answer", "cluster", "tokens_in", "tokens_out", "detail", "input")
_PARTS = {"schema_version", "identity", "inputs", "protocol", "publish", "metrics", "outcomes", "transcript",
          "provenance", "columns", "checks", "rows"}
_INPUTS = TypeAdapter(dict[str, dict[str, str]])
#: The types that a row's values may have.
_NUMBER = frozenset({int, float, bool})
_TEXT = frozenset({str, type(None)})
_WHOLE = frozenset({int, bool, type(None)})
_OUTCOMES = frozenset(outcome.value for outcome in Outcome)
_CHECKED = ("identity", "inputs", "protocol", "publish", "metrics", "outcomes", "columns", "transcript")


def five_digits(value: float) -> float:
    """``value`` with five significant digits: the precision of every float in a row.

    Raises:
        ValueError: ``value`` is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    return float(f"{value:.5g}")


def rounded(statistic: Statistic | None) -> Statistic | None:
    """A row's statistic at the precision the file keeps."""
    if statistic is None:
        return None
    if isinstance(statistic, tuple):
        return tuple(five_digits(part) for part in statistic)
    return five_digits(statistic)


def to_text(cell: Cell) -> str:
    """The file's text. Equal cells give equal bytes."""
    content = _content(cell)
    rows = [_row_line(row) for row in cell.rows]
    content["checks"] = _checks(content, rows)
    parts = [f' "{key}": {_block(value)}' for key, value in content.items()]
    lines = ",\n".join("  " + line for line in rows)
    parts.append(f' "rows": [\n{lines}\n ]')
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    # Half a character, which a model can emit, has no UTF-8 form: it stands as its JSON escape.
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


def read_cell(path: Path) -> Cell:
    """Read a cell file.

    Raises:
        BadFile: not readable, of another schema version, or a part that fails its check; every fault is named.
    """
    return from_text(read_text(path, MAX_CELL_BYTES), path)


def from_text(text: str, path: Path) -> Cell:
    """Read the text of the cell file at ``path``; raises as :func:`read_cell`."""
    try:
        content = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_each_once)
        version = content["schema_version"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        line = getattr(error, "lineno", 1)
        raise _bad(path, line, "The file is not a cell file.", "Restore it from git, or run the cell again.") from error
    if version != SCHEMA_VERSION:
        raise _bad(path, 1, f"The file has schema version {version}; this program reads {SCHEMA_VERSION}.",
                   "Use the program of the same commit.")
    try:
        return _cell(content)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        missing = isinstance(error, KeyError)
        what = f"misses the part {error}" if missing else f"does not fit the format: {_first(error)}"
        raise _bad(path, 1, f"The cell file {what}.", "Restore it from git, or run the cell again.") from error


def check_text(text: str, path: Path) -> list[Problem]:
    """Compare every part and row of a readable cell file with its check; one problem for each that differs."""
    content = json.loads(text)
    rows = [json.dumps(row, ensure_ascii=False) for row in content["rows"]]
    expected = _checks(content, rows)
    stored = content["checks"]
    # The provenance carries its own check, so that two equal runs differ in that block alone.
    stored = {**stored, "provenance": content["provenance"].get("check")}
    expected["provenance"] = _provenance_check(content["provenance"])
    mend = "Restore the file from git, or run the cell again: results are never edited by hand."
    lines = text.split("\n")
    problems = []
    for key in (*_CHECKED, "provenance"):
        if stored.get(key) != expected[key]:
            line = next((n for n, one in enumerate(lines, 1) if one.startswith(f' "{key}":')), 1)
            problems.append(Problem("check", f"`{key}` was changed after the run.", Where(path, line), mend))
    first = next((n for n, one in enumerate(lines, 1) if one.startswith(' "rows":')), 1) + 1
    old, new = str(stored.get("rows", "")), str(expected["rows"])
    if len(old) != len(new):
        sentence = f"The file holds {len(new) // 4} rows; its checks are for {len(old) // 4}."
        problems.append(Problem("check", sentence, Where(path, first), mend))
        return problems
    for index, row in enumerate(content["rows"]):
        if old[4 * index : 4 * index + 4] != new[4 * index : 4 * index + 4]:
            sentence = f"The row of item `{row[0] if row else '?'}` was changed after the run."
            problems.append(Problem("check", sentence, Where(path, first + index), mend))
    return problems


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A mapping whose keys stand once: a second `metrics` would hide what a reader sees first."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key is given twice")
    return dict(pairs)


def _content(cell: Cell) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "identity": cell.identity.model_dump(mode="json"),
        "inputs": {kind: dict(sorted(cell.inputs[kind].items())) for kind in sorted(cell.inputs)},
        "protocol": cell.protocol.model_dump(mode="json"),
        "publish": cell.publish.value,
        "metrics": {name: cell.metrics[name].model_dump(mode="json") for name in sorted(cell.metrics)},
        "outcomes": {outcome.value: count for outcome, count in cell.outcomes.items()},
        "transcript": cell.transcript.model_dump(mode="json") if cell.transcript else None,
        "provenance": _with_check(cell.provenance.model_dump(mode="json")),
        "columns": [*_BEFORE, *cell.metric_names, *_AFTER],
    }


def _row_line(row: Row) -> str:
    values = [
        row.item, row.repeat, row.outcome.value, *row.scores, row.chosen, row.loglikelihoods, row.answer, row.cluster,
        row.tokens_in, row.tokens_out, row.detail, row.input,
    ]
    return json.dumps(values, ensure_ascii=False, allow_nan=False)


def _checks(content: dict[str, Any], rows: list[str]) -> dict[str, str]:
    checks = {key: sha256_json(content[key])[:16] for key in _CHECKED}
    checks["rows"] = "".join(sha256_json(row)[:4] for row in rows)
    return checks


def _provenance_check(provenance: dict[str, Any]) -> str:
    return sha256_json({key: value for key, value in provenance.items() if key != "check"})[:16]


def _with_check(provenance: dict[str, Any]) -> dict[str, Any]:
    return {**provenance, "check": _provenance_check(provenance)}


def _block(value: Any) -> str:
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(one, ensure_ascii=False, sort_keys=True, allow_nan=False)}"
        for key, one in value.items()
    )
    return "{\n" + inner + "\n }"


def _cell(content: dict[str, Any]) -> Cell:
    if set(content) != _PARTS:
        raise ValueError(f"its parts are not those of this schema version: {sorted(set(content) ^ _PARTS)}")
    columns = content["columns"]
    names = tuple(columns[len(_BEFORE) : len(columns) - len(_AFTER)])
    if columns != [*_BEFORE, *names, *_AFTER]:
        raise ValueError("the columns are not those of this schema version")
    cell = Cell(
        identity=Identity.model_validate(content["identity"]),
        protocol=Protocol.model_validate(content["protocol"]),
        publish=PublishLevel(content["publish"]),
        metric_names=names,
        metrics={name: Metric.model_validate(value) for name, value in content["metrics"].items()},
        rows=_rows(content["rows"], len(names)),
        transcript=Transcript.model_validate(content["transcript"]) if content["transcript"] else None,
        provenance=Provenance.model_validate({k: v for k, v in content["provenance"].items() if k != "check"}),
        inputs=_INPUTS.validate_python(content["inputs"]),
    )
    if not cell.rows or not isinstance(content["checks"], dict):
        raise ValueError("it has no rows or no checks")
    if content["outcomes"] != {outcome.value: count for outcome, count in cell.outcomes.items()}:
        raise ValueError("the outcomes are not those of the rows")
    return cell


def _rows(lines: list[list[Any]], width: int) -> tuple[Row, ...]:
    """The rows; written for speed, because a pool has many: the types of a whole column are one small set."""
    if not lines:
        return ()
    if not _fit(lines, width):
        item = next((line[:1] for line in lines if not _fit([line], width)), [])
        raise ValueError(f"the row of {item[0] if item else 'no item'!r} holds a value of the wrong type")
    outcomes = {outcome.value: outcome for outcome in Outcome}
    end = 3 + width
    return tuple([
        Row(line[0], line[1], outcomes[line[2]], _scores(line[3:end]), line[end], _frozen(line[end + 1]),
            *line[end + 2 :])
        for line in lines
    ])


def _fit(lines: list[list[Any]], width: int) -> bool:
    """Whether every line has a row's columns, each with values of its type."""
    length = len(_BEFORE) + width + len(_AFTER)
    if any(type(line) is not list or len(line) != length for line in lines):
        return False
    item, repeat, outcome, *others = zip(*lines, strict=True)
    chosen, loglikelihoods, answer, cluster, tokens_in, tokens_out, detail, put = others[width:]
    numbers = [one for column in (*others[:width], loglikelihoods) for one in column]
    parts = [part for one in numbers if type(one) is list for part in one]
    return (
        {str}.issuperset(map(type, item)) and {int}.issuperset(map(type, repeat))
        and _OUTCOMES.issuperset(one if type(one) is str else "" for one in outcome)
        and all(_TEXT.issuperset(map(type, column)) for column in (answer, cluster, detail, put))
        and all(_WHOLE.issuperset(map(type, column)) for column in (chosen, tokens_in, tokens_out))
        and {list, type(None)}.issuperset(map(type, loglikelihoods))
        and {*_NUMBER, list, type(None)}.issuperset(map(type, numbers)) and _NUMBER.issuperset(map(type, parts))
    )


def _scores(values: list[Any]) -> tuple[Statistic | None, ...]:
    return tuple([_frozen(one) for one in values])


def _frozen(value: Any) -> Any:
    return tuple(value) if type(value) is list else value


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        one = error.errors(include_url=False)[0]
        return f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
    return str(error)


def _bad(path: Path, line: int, sentence: str, mend: str) -> BadFile:
    return BadFile([Problem("cell", sentence, Where(path, line), mend)])
