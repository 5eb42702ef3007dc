"""Data rows: read line by line as data, found only inside their task folder, named by ids that survive reordering."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from commons.errors import BadFile, Problem, Where
from commons.pool.card import ItemFields
from commons.pool.hashing import sha256_json
from commons.pool.yamlfile import read_text

MAX_DATA_BYTES = 50_000_000
MAX_ROWS = 200_000
#: How the files begin that Git LFS and git-annex put in place of data.
_POINTERS = ("version https://git-lfs.github.com/spec/", "/annex/objects/")


@dataclass(frozen=True)
class DataRow:
    """One line of a data file."""

    where: Where
    values: Mapping[str, Any]


def data_path(folder: Path, written: str, where: Where, *, what: str = "data file") -> Path:
    """The file that ``written`` names inside the task ``folder``; ``what`` it is, for who must mend it.

    Raises:
        BadFile: an absolute path, one that leaves the folder, a link, or a file that does not exist.
    """
    pure = PurePosixPath(written)
    windows = PureWindowsPath(written)
    if pure.is_absolute() or windows.is_absolute() or windows.drive or "\\" in written or ".." in pure.parts:
        mend = "Write a path inside the task folder with forward slashes, for example data/test.jsonl."
        raise BadFile([Problem("path", f"The path `{written}` leads outside the task folder.", where, mend)])
    path = folder.joinpath(*pure.parts)
    for step in (path, *path.parents):
        if step == folder:
            break
        if os.path.islink(step):  # noqa: PTH114  (a name may be longer than the system allows)
            raise BadFile([Problem("link", f"`{written}` is a symbolic link.", where, "Commit the file itself.")])
    if not _is_file(path):
        mend = f"Add {folder.name}/{written}, or correct the name here."
        raise BadFile([Problem("missing_file", f"The {what} `{written}` does not exist.", where, mend)])
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # A name that is longer than any system allows: nothing can be there.
        return False


def read_rows(path: Path) -> tuple[list[DataRow], list[Problem]]:
    """The rows of a JSON Lines file and the faults of those lines that are not JSON objects.

    Raises:
        BadFile: the file as a whole cannot be read.
    """
    rows: list[DataRow] = []
    problems: list[Problem] = []
    lines = read_text(path, MAX_DATA_BYTES).split("\n")
    if lines[0].startswith(_POINTERS):
        mend = "Commit the data itself in place of the pointer."
        sentence = "This file only points to data that are kept elsewhere (by Git LFS or git-annex)."
        return [], [Problem("pointer", sentence, Where(path, 1), mend)]
    if lines[0].lstrip().startswith("["):
        mend = "Write one object a line, without brackets around them and commas between them."
        return [], [Problem("json", "This is a JSON list: write one object a line.", Where(path, 1), mend)]
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = Where(path, number)
        if len(rows) + len(problems) == MAX_ROWS:
            sentence = f"The file has more than {MAX_ROWS:,} rows."
            problems.append(Problem("size", sentence, where, "Put large data on the Hub, pinned to a commit."))
            break
        row = _row(line, where)
        if isinstance(row, Problem):
            problems.append(row)
        else:
            rows.append(row)
    return rows, problems


def _row(line: str, where: Where) -> DataRow | Problem:
    try:
        value = json.loads(line, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except _RepeatedKeyError as error:
        return Problem("duplicate_key", str(error), where, "Keep one of the two.")
    except (ValueError, RecursionError) as error:
        column = error.colno if isinstance(error, json.JSONDecodeError) else 0
        sentence = f"This line is not JSON: {str(error).split(':')[0]}."
        mend = "Each line must be one JSON object: check quotes, commas and brackets."
        return Problem("json", sentence, replace(where, column=column), mend)
    if not isinstance(value, dict):
        mend = 'Write an object, for example {"question": "..."}.'
        return Problem("json", "This line is not a JSON object.", where, mend)
    return DataRow(where, value)


class _RepeatedKeyError(ValueError):
    """A line gives one key twice."""


def _no_constant(name: str) -> Any:
    # Python's reader takes NaN and Infinity; JSON has neither, and no digest can be taken over them.
    raise ValueError(f"{name} is not a number in JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise _RepeatedKeyError(f"The key `{twice}` is given twice on this line.")
    return values


def item_ids(documents: Iterable[Mapping[str, Any]], fields: ItemFields) -> list[str]:
    """An id for each document that does not depend on its place among the others.

    The card's id column where the document has one; else the first 12 hex digits of the sha256 of its content
    without the canary. Equal documents are told apart by a suffix (``-2``, ``-3``).
    """
    ids: list[str] = []
    taken: set[str] = set()
    for document in documents:
        named = document.get(fields.id) if fields.id else None
        if isinstance(named, (str, int)) and not isinstance(named, bool) and str(named):
            base = str(named)
        else:
            content = {key: value for key, value in document.items() if key != fields.canary}
            base = sha256_json(json.loads(json.dumps(content, default=str)))[:12]
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name)
        ids.append(name)
    return ids
