"""Answers that travel: a store's answers as a file that a job leaves behind, and taking one in.

The file is JSON lines under gzip, sorted, without a clock: equal answers give equal bytes. What comes in is outside
data: each line is checked and bounded, faults of the instrument are refused, and an answer that is already here
stays. What stood before a bad line was good and is kept; taking a file in twice changes nothing.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, Union

from pydantic import TypeAdapter, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.harness.requests import Answer
from commons.harness.store import BATCH, KEEP, ResponseStore, batches, fits, store_model
from commons.harness.store_care import stored_models
from commons.harness.store_schema import StoredModel
from commons.pool.cell import Outcome, Sha256
from commons.pool.hashing import canonical_json
from commons.pool.validate import Strict
from commons.pool.whole import whole_file

FORMAT = "eval-commons answers 1"

#: The bounds of what is taken in. An answer of 100,000 tokens fits in a line, the answers of a large pool in a file.
MAX_LINE_BYTES = 4_000_000
MAX_LINES = 50_000_000
MAX_FILE_BYTES = 8_000_000_000
#: Digests do not shrink, so that honest lines shrink to a tenth at best; the first bytes of any file may do better.
_MAX_RATIO, _FREE_BYTES = 50, 5_000_000

_PORTION = 1000


class _Head(Strict):
    """The first line."""

    format: Literal["eval-commons answers 1"]


class _ModelLine(Strict):
    """What a model's key is made of; stands before its answers."""

    model: Sha256
    name: str | None
    model_hash: Sha256 | None
    versions: dict[str, str] | None
    facts: str | None


class _AnswerLine(Strict):
    """One answer. ``sampled`` stands in files of older programs, and is not believed."""

    model: Sha256
    request: Sha256
    sampled: bool | None = None
    answer: Answer


_LINE: TypeAdapter[_AnswerLine | _ModelLine] = TypeAdapter(Union[_AnswerLine, _ModelLine])


class Asked(NamedTuple):
    """What a request is, for who takes its answer in: whether it lets the model write, and whether it is sampled."""

    generates: bool
    sampled: bool


@dataclass(frozen=True)
class Imported:
    """What became of a file's answers. ``conflicts`` are greedy requests that were answered otherwise before.

    Whether a request is greedy, this store knows of those that it asked itself.
    """

    added: int = 0
    known: int = 0
    conflicts: int = 0
    left_out: int = 0


def export(
    store: ResponseStore, path: Path, *, models: Collection[str] | None = None,
    requests: Collection[str] | None = None,
) -> int:
    """Write the answers of ``models`` to ``requests`` (None: all) to ``path``, whole or not at all; how many."""
    count = 0
    with whole_file(path) as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        for line, is_answer in _lines(store, models, requests):
            packed.write(line.encode("utf-8", "surrogatepass") + b"\n")
            count += is_answer
    return count


def _lines(
    store: ResponseStore, models: Collection[str] | None, requests: Collection[str] | None
) -> Iterator[tuple[str, bool]]:
    yield canonical_json({"format": FORMAT}), False
    about = {model.key: (model, facts) for model, facts in stored_models(store)}
    present = [row[0] for row in store.connection.execute("select distinct model from responses order by model")]
    for key in present:
        if models is not None and key not in models:
            continue
        model, facts = about.get(key, (StoredModel(key, None, None, None), None))
        yield canonical_json({
            "model": key, "name": model.name, "model_hash": model.model_hash,
            "versions": None if model.versions is None else dict(model.versions), "facts": facts,
        }), False
        for request, text in _answers(store, key, requests):
            # What an older program wrote in another shape would stop whoever reads the file.
            with suppress(ValidationError):
                answer = Answer.model_validate_json(text).model_dump(mode="json")
                yield canonical_json({"model": key, "request": request, "answer": answer}), True


def _answers(
    store: ResponseStore, model: str, requests: Collection[str] | None
) -> Iterator[tuple[str, str]]:
    columns = "select request, answer from responses where model = ?"
    if requests is None:
        yield from store.connection.execute(f"{columns} order by request", (model,))
        return
    for digests in batches(sorted(requests), BATCH):
        marks = ",".join("?" * len(digests))
        yield from store.connection.execute(f"{columns} and request in ({marks}) order by request", (model, *digests))


def import_(
    store: ResponseStore, path: Path, *, allowed: Mapping[str, Mapping[str, Asked]] | None = None
) -> Imported:
    """Take the answers of a file in; with ``allowed`` only those to these requests, by the hash of the model's entry.

    Raises:
        BadFile: it is no such file, or a line of it does not fit, with the line.
        OSError: it cannot be read.
    """
    added = known = conflicts = left_out = 0
    accepted: dict[str, Mapping[str, Asked]] = {}
    waiting: list[tuple[_AnswerLine, Asked | None]] = []
    with path.open("rb") as raw:
        for number, text in enumerate(_texts(raw, path), start=1):
            if number == 1:
                _head(text, path)
                continue
            line = _line(text, path, number)
            if isinstance(line, _ModelLine):
                if _take_model(store, line, allowed, Where(path, number)):
                    accepted[line.model] = (allowed or {}).get(line.model_hash or "", {})
                continue
            asked = accepted.get(line.model, {}).get(line.request)
            if allowed is not None and asked is None:
                left_out += 1
                continue
            if not _fits(line.answer, asked):
                raise _bad(path, number, "The line's answer is not of the kind that its request asks for.")
            waiting.append((line, asked))
            if len(waiting) >= _PORTION:
                portion, waiting = _put(store, waiting), []
                added, known, conflicts = added + portion[0], known + portion[1], conflicts + portion[2]
    portion = _put(store, waiting)
    return Imported(added + portion[0], known + portion[1], conflicts + portion[2], left_out)


def _fits(answer: Answer, asked: Asked | None) -> bool:
    """Whether an answer can be graded: a text, or a number; which of them, where the request is known."""
    if asked is None:
        return answer.text is not None or answer.loglikelihood is not None
    return fits(answer, generates=asked.generates)


def _texts(raw: BinaryIO, path: Path) -> Iterator[bytes]:
    """The lines of a packed file, none longer and all together no larger than they may be."""
    read = 0
    number = 0
    try:
        with gzip.GzipFile(fileobj=raw, mode="rb") as packed:
            while line := packed.readline(MAX_LINE_BYTES + 1):
                number += 1
                read += len(line)
                if len(line) > MAX_LINE_BYTES:
                    raise _bad(path, number, f"The line is longer than {MAX_LINE_BYTES:,} bytes.")
                if number > MAX_LINES or read > MAX_FILE_BYTES:
                    raise _bad(path, number, "The file holds more than any pool's answers.")
                if read > _FREE_BYTES + _MAX_RATIO * raw.tell():
                    raise _bad(path, number, "The file unpacks to far more than answers do.")
                yield line
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        if not number and isinstance(error, gzip.BadGzipFile):
            raise BadFile([Problem("answers", "This is no export of answers: it is not packed with gzip.",
                                   Where(path, 1), "Name a file that `commons store export` wrote.")]) from error
        raise _bad(path, number + 1, f"The file is no whole gzip file: {error}.") from error
    if not number:
        raise _bad(path, 1, "The file is empty.")


def _head(text: bytes, path: Path) -> None:
    try:
        _Head.model_validate_json(text)
    except ValidationError as error:
        raise _bad(path, 1, f"The file does not begin as an export does ({FORMAT}).") from error


def _line(text: bytes, path: Path, number: int) -> _AnswerLine | _ModelLine:
    try:
        # Half a character, which a model can emit, has no UTF-8 form and was let through.
        line = _LINE.validate_python(json.loads(text.decode("utf-8", "surrogatepass")))
    except (ValueError, RecursionError) as error:
        raise _bad(path, number, "The line holds neither a model nor an answer.") from error
    if isinstance(line, _AnswerLine) and line.answer.outcome in {Outcome.INSTRUMENT_FAULT, Outcome.NOT_RUN}:
        raise _bad(path, number, "The line holds a fault of the instrument, which is no answer.")
    return line


def _take_model(
    store: ResponseStore, line: _ModelLine, allowed: Collection[str] | None, where: Where
) -> bool:
    """Keep what is said about a model, and say whether its answers are taken."""
    if line.model_hash is None or line.versions is None:
        return allowed is None
    if store_model(line.model_hash, line.versions) != line.model:
        raise _bad(where.path, where.line, "The model's key is not that of the hash and the versions beside it.")
    if allowed is not None and line.model_hash not in allowed:
        return False
    store.describe(StoredModel(line.model, line.name, line.model_hash, line.versions))
    if line.facts is not None and store.facts(line.model) is None:
        store.put_facts(line.model, line.facts)
    return True


def _put(store: ResponseStore, lines: list[tuple[_AnswerLine, Asked | None]]) -> tuple[int, int, int]:
    """Keep answers in one transaction: how many were new, were known, and contradict what was known."""
    added = known = conflicts = 0
    if not lines:
        return 0, 0, 0
    with store.writing() as connection:
        for line, asked in lines:
            sampled = None if asked is None else asked.sampled
            values = (line.model, line.request, line.answer.model_dump_json(), store.today(), sampled)
            if connection.execute(KEEP, values).rowcount:
                added += 1
                continue
            known += 1
            conflicts += _differs(connection, line, sampled=sampled)
    return added, known, conflicts


def _differs(connection: sqlite3.Connection, line: _AnswerLine, *, sampled: bool | None) -> bool:
    """Whether a greedy request was answered otherwise; ``sampled`` where who imports knows it, else the store does."""
    text, stored = connection.execute("select answer, sampled from responses where model = ? and request = ?",
                                      (line.model, line.request)).fetchone()
    if (stored if sampled is None else sampled) != 0:
        return False
    try:
        here = Answer.model_validate_json(text)
    except ValidationError:
        return False
    there = line.answer
    return (here.text, here.loglikelihood, here.outcome) != (there.text, there.loglikelihood, there.outcome)


def _bad(path: Path, line: int, sentence: str) -> BadFile:
    return BadFile([Problem("answers", sentence, Where(path, line),
                            "Make the file again: commons store export. What stood before this line was taken in.")])
