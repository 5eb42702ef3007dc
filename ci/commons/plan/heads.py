"""What planning needs of a stored cell, read from the head of its file: its rows are for those who recompute."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from commons.errors import BadFile, Problem, Where
from commons.plan.cells import Standing
from commons.pool.card import PublishLevel
from commons.pool.cell import CANONICAL, Identity, Outcome, Provenance
from commons.pool.cellfile import MAX_CELL_BYTES, SCHEMA_VERSION

#: The parts after this one (columns, checks, rows) grow with the items, and planning needs none of them.
_END = b'\n "columns":'
_PIECE = 8192


class CellHead(NamedTuple):
    """A stored cell without its rows. ``values`` holds each metric's value; ``n`` counts rows, scored or not."""

    standing: Standing
    n: int
    seconds: float
    load_seconds: float | None
    answers_reused: int
    tokens_in: int | None
    tokens_out: int | None
    dollars: float | None
    engine: str
    values: dict[str, float]


def read_head(path: Path, task: str, model: str) -> CellHead:
    """Read the head of a cell file that stands where the cell of ``task`` and ``model`` does.

    Whether the rows beneath are whole is not looked at: ``commons verify`` does that, and a run reads them.

    Raises:
        BadFile: it is no head of such a cell.
    """
    try:
        content = json.loads(_head(path) + b"}")
        if content["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"it has schema version {content['schema_version']}, this program reads {SCHEMA_VERSION}")
        return _cell_head(content, task, model)
    except OSError as error:
        raise _bad(path, error.strerror or "it cannot be read") from error
    except KeyError as error:
        raise _bad(path, f"it misses the part {error}") from error
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        raise _bad(path, f"{'.'.join(map(str, one['loc']))}: {one['msg']}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _bad(path, str(error) or type(error).__name__) from error


def _head(path: Path) -> bytes:
    """The bytes before the columns. Text inside the head never holds a bare line break, so the first match is it."""
    head = b""
    with path.open("rb") as file:
        while len(head) < MAX_CELL_BYTES and (piece := file.read(_PIECE)):
            start = max(0, len(head) - len(_END))
            head += piece
            if (end := head.find(_END, start)) >= 0:
                return head[:end].rstrip().removesuffix(b",")
    raise ValueError("it has no columns")


def _cell_head(content: dict[str, Any], task: str, model: str) -> CellHead:
    identity = Identity.model_validate(content["identity"])
    if (identity.task, identity.model, identity.variant) != (task, model, CANONICAL):
        raise ValueError(f"it holds the cell of {identity.task} on {identity.model}, {identity.variant}")
    provenance = Provenance.model_validate({key: one for key, one in content["provenance"].items() if key != "check"})
    outcomes = {Outcome(name): int(count) for name, count in content["outcomes"].items()}
    return CellHead(
        standing=Standing(
            identity.task_hash, identity.model_hash, identity.protocol_hash, PublishLevel(content["publish"]),
            identity.comparability_version, any(count and not one.has_score for one, count in outcomes.items()),
        ),
        n=sum(outcomes.values()),
        seconds=provenance.seconds, load_seconds=provenance.load_seconds, answers_reused=provenance.answers_reused,
        tokens_in=provenance.tokens_in, tokens_out=provenance.tokens_out, dollars=provenance.cost_usd,
        engine=provenance.engine,
        values={name: float(metric["value"]) for name, metric in content["metrics"].items()},
    )


def _bad(path: Path, what: str) -> BadFile:
    mend = "Restore it from git; else it is measured again."
    return BadFile([Problem("cell", f"The cell file cannot be read: {what}.", Where(path, 1), mend)])
