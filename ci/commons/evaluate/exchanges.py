"""Transcripts that a shard delivers, read as outside data: a transcript proves which requests are a task's own.

Its name is the digest of its bytes, its items are the task's, and its requests, digests worked out here, are all the
requests of the task in the model's form: so says the plan. From this follows which answers of the shard are taken.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.transcripts import TRANSCRIPTS
from commons.harness.requests import Answer, Request
from commons.harness.store_travel import Asked
from commons.plan.facts import TaskFacts, digest_of_ids, digest_of_requests
from commons.pool.cell import Cell
from commons.pool.hashing import sha256_file
from commons.pool.items import MAX_ROWS
from commons.pool.validate import Strict
from commons.pool.whole import whole_file

_MAX_LINE_BYTES = 50_000_000
_MEND = "Run the shard again."


class _Line(Strict):
    """One item's exchange."""

    item: str
    requests: tuple[Request, ...]
    answers: tuple[Answer | None, ...]


def transcript_file(cell: Cell, folder: Path) -> Path | None:
    """Where a shard's folder would hold the transcript of a cell."""
    return None if cell.transcript is None else folder / TRANSCRIPTS / f"{cell.transcript.sha256}.jsonl"


def read_exchange(path: Path, cell: Cell, facts: TaskFacts) -> Mapping[str, Asked]:
    """The requests of a cell's transcript by digest, each with what its answer must be.

    Raises:
        BadFile: the transcript is not that of the cell's task.
    """
    if sha256_file(path) != path.stem:
        raise _bad(path, 0, "The transcript's name is not the digest of its content.")
    items: list[str] = []
    asked: dict[str, Asked] = {}
    for number, text in _texts(path):
        try:
            # Half a character, which a model can emit, stands as its escape, which pydantic's own reader refuses.
            line = _Line.model_validate(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise _bad(path, number, "The line is none of a transcript.") from error
        items.append(line.item)
        for request in line.requests:
            asked[request.digest] = Asked(request.kind == "generate_until", request.sample is not None)
    if len(items) != facts.items or digest_of_ids(items) != facts.ids:
        raise _bad(path, 0, "The transcript's items are not the task's.")
    if digest_of_requests(asked) != facts.requests(cell.protocol.form):
        raise _bad(path, 0, "The transcript's requests are not the task's.")
    return asked


def keep_transcript(path: Path, work: Path) -> bool:
    """Copy a transcript that was read to where transcripts lie, whole or not at all; whether it was not there."""
    place = work / TRANSCRIPTS / path.name
    if place.is_file():
        return False
    with whole_file(place) as file, path.open("rb") as source:
        shutil.copyfileobj(source, file)
    return True


def _texts(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > _MAX_LINE_BYTES or number > MAX_ROWS:
                raise _bad(path, number, "The transcript is longer than that of any task.")
            yield number, line


def _bad(path: Path, line: int, sentence: str) -> BadFile:
    return BadFile([Problem("transcript", sentence, Where(path, line), _MEND)])
