"""Finding the words that a mechanical mend replaces, in the files as they stand.

Each function gives the :class:`Fix` of one line, or None where the line does not look as expected: what is not
understood to the letter is left to a person.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from commons.errors import Problem, Where
from commons.lint.findings import Fix
from commons.lint.reading import attempt
from commons.lint.registry import Fault
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.yamlfile import read_text

_KEY = re.compile(r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_]+) *: +""")
_END_OF_KEY = re.compile(r" *:(?: |$)")
_END_OF_VALUE = re.compile(r" *$| *[,}\]]| +#")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*")


@dataclass
class Lines:
    """The lines of text files; each file is read once, when the first of its lines is asked for."""

    _read: dict[Path, list[str]] = field(default_factory=dict)

    def at(self, where: Where) -> str:
        """The line at a place, without its end; empty where there is none."""
        if where.path not in self._read:
            text, _ = attempt(partial(read_text, where.path, MAX_DATA_BYTES), where.path)
            self._read[where.path] = [line.removesuffix("\r") for line in (text or "").split("\n")]
        lines = self._read[where.path]
        return lines[where.line - 1] if 1 <= where.line <= len(lines) else ""


def replacing(where: Where, line: str, start: int, end: int, new: str) -> Fix | None:
    """The fix that puts ``new`` in place of ``line[start:end]``, with as much around it as makes it stand once."""
    left, right, step = start, end, 1
    while not stands_once(line, line[left:right]):
        if left == 0 and right == len(line):
            return None
        left, right, step = max(0, left - step), min(len(line), right + step), 2 * step
    return Fix(where, line[left:right], line[left:start] + new + line[end:right])


def stands_once(line: str, words: str) -> bool:
    """Whether ``words`` stand in ``line`` exactly once, overlapping places counted."""
    first = line.find(words) if words else -1
    return first >= 0 and line.find(words, first + 1) < 0


def renamed_key(lines: Lines, where: Where, old: str, new: str) -> Fix | None:
    """The fix that gives the YAML key ``old`` at ``where`` another name."""
    line, start = lines.at(where), where.column - 1
    for written in (old, f'"{old}"', f"'{old}'"):
        if start >= 0 and line.startswith(written, start) and _END_OF_KEY.match(line, start + len(written)):
            return replacing(where, line, start, start + len(written), new)
    return None


def replaced_value(lines: Lines, where: Where, old: str, new: str) -> Fix | None:
    """The fix that puts the word ``new`` in place of the YAML text ``old``, at ``where`` or behind the key there.

    Quotes around ``old`` stay; without them ``new`` must be a text to YAML also without quotes.
    """
    line, start = lines.at(where), where.column - 1
    key = _KEY.match(line, start) if start >= 0 else None
    for at in (start, key.end() if key else -1):
        for quote in ("", '"', "'"):
            end = at + len(quote) + len(old)
            stands = at >= 0 and line.startswith(f"{quote}{old}{quote}", at)
            if stands and _END_OF_VALUE.match(line, end + len(quote)) and _fits(new, quote):
                return replacing(where, line, at + len(quote), end, new)
    return None


def _fits(new: str, quote: str) -> bool:
    return bool(_PLAIN.fullmatch(new)) and (quote != "" or yaml.safe_load(new) == new)


def fault_of(problem: Problem, lines: Lines) -> Fault:
    """A problem that reading the file found, with its mend where only one word can be meant."""
    fix = None
    if problem.instead is not None:
        mend = renamed_key if problem.kind == "unknown_key" else replaced_value
        fix = mend(lines, problem.where, *problem.instead)
    return Fault(problem.sentence, problem.where, problem.mend, fix=fix)


def replaced_json(lines: Lines, where: Where, name: str, value: str | int) -> Fix | None:
    """The fix that gives ``name`` another value in the JSON object of a line."""
    line = lines.at(where)
    spans = _spans(line)
    if name not in spans:
        return None
    return replacing(where, line, *spans[name][1:], _json(value))


def renamed_json(lines: Lines, where: Where, old: str, new: str) -> Fix | None:
    """The fix that gives the name ``old`` in the JSON object of a line another spelling."""
    line = lines.at(where)
    start = _spans(line).get(old, (-1,))[0]
    written = _json(old)
    return replacing(where, line, start, start + len(written), _json(new)) if line.startswith(written, start) else None


def added_json(lines: Lines, where: Where, name: str, value: str) -> Fix | None:
    """The fix that adds ``name`` at the end of the JSON object of a line, spaced as the pair before it."""
    line = lines.at(where)
    spans = _spans(line)
    if not spans or name in spans:
        return None
    start, begin, end = list(spans.values())[-1]
    space = " " if line[begin - 1] == " " else ""
    return replacing(where, line, start, end, f"{line[start:end]},{space}{_json(name)}:{space}{_json(value)}")


def _json(value: str | int) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Half a character cannot be written as UTF-8, only as its escape.
    return json.dumps(value) if any("\ud800" <= sign <= "\udfff" for sign in text) else text


def _spans(line: str) -> dict[str, tuple[int, int, int]]:
    """For each name of the object on the line: where the pair begins, where its value begins and ends."""
    decoder = json.JSONDecoder()
    spans: dict[str, tuple[int, int, int]] = {}
    try:
        at = _over(line, 0, "{")
        while line[at] != "}":
            at = _over(line, at, "," if spans else "")
            name, end = _decoded(decoder, line, at)
            begin = _over(line, end, ":")
            _, end = _decoded(decoder, line, begin)
            spans[str(name)] = at, begin, end
            at = _over(line, end, "")
    except (ValueError, IndexError, RecursionError):
        return {}
    return spans


def _decoded(decoder: json.JSONDecoder, line: str, at: int) -> tuple[Any, int]:
    return decoder.raw_decode(line, at)


def _over(line: str, at: int, sign: str) -> int:
    """The place behind ``sign`` and the blanks on both of its sides.

    Raises:
        ValueError: something else stands there.
    """
    at = _blanks(line, at)
    if not line.startswith(sign, at):
        raise ValueError(f"no {sign} here")
    return _blanks(line, at + len(sign))


def _blanks(line: str, at: int) -> int:
    while line[at : at + 1] in {" ", "\t", "\r"}:
        at += 1
    return at
