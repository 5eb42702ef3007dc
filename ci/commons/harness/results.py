"""Reading a worker's result: hostile text until it is read, of which the parent's memory must not depend.

A file of some megabytes can hold millions of values, and a value costs up to a hundred times its characters, an error
about it six hundred bytes. So values are counted before they are read, and the first fault of a long list ends it.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel

from commons.harness.trial import WorkerError

Result = TypeVar("Result", bound=BaseModel)

#: The most that a worker may leave as its result. A data file may have 50 MB, and so may the file of rendered items
#: that readers see: what does not fit here could not be shown either. With requests of 300 bytes it is room for
#: 160,000, which is 20,000 items with four choices in both forms.
MAX_RESULT_BYTES = 48_000_000

#: The most brackets, commas and colons outside of strings that a result may have. An item with four choices takes about
#: a hundred, so that the limit on bytes is met first: at some 20,000 items. Read, this many take 0.7 GB at the worst.
MAX_MARKS = 3_000_000

#: Results with fewer are read without looking at the lists in them: the worst that they can hold takes 0.3 GB.
_FEW_MARKS = 300_000

#: The lists and objects in a larger result may be so long, except those that hold one entry for each item or request.
_MOST_BESIDE = 1000
_LONG = {"requests", "items", "probes"}

_MARKS = b'{[,:"'
_OTHERS = bytes(set(range(256)) - set(_MARKS))


class UnreadableError(ValueError):
    """A result has more values than any honest worker writes; the words say which limit it is beyond."""


def read_result(text: str, model: type[Result]) -> Result | WorkerError:
    """What stands in the text of a result file: the result, or why there is none.

    Raises:
        ValueError, TypeError, KeyError, RecursionError: it does not fit the format; :class:`UnreadableError` where it
            holds too much.
    """
    marks = count_marks(text)
    if marks > MAX_MARKS:
        raise UnreadableError(f"it has more than {MAX_MARKS:,} values")
    content = json.loads(text)
    if marks > _FEW_MARKS:
        _refuse_long(content)
    if "error" in content:
        return WorkerError.model_validate(content["error"])
    return model.model_validate(content["result"])


def count_marks(text: str) -> int:
    """At least as many brackets, commas and colons as stand outside of the strings of ``text``.

    Where they are few wherever they stand, nobody looks for strings.
    """
    anywhere = sum(map(text.count, "{[,:"))
    return anywhere if anywhere <= _FEW_MARKS else marks_outside(text)


def marks_outside(text: str) -> int:
    r"""How many brackets, commas and colons stand outside of the strings of ``text``.

    >>> marks_outside('{"a, b": [1, "\\",[", 3]}')
    5
    """
    bare = text.encode("utf-8", "surrogatepass").replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _OTHERS)
    # Each string is a key or a value and has a mark of its own: with more strings there are also too many marks.
    if bare.count(b'"') > 4 * MAX_MARKS:
        return MAX_MARKS + 1
    return sum(map(len, bare.split(b'"')[::2]))


def _refuse_long(content: Any) -> None:
    """Refuse lists and objects that are longer than what they describe can be."""
    waiting: list[tuple[str, Any]] = [("", content)]
    while waiting:
        name, value = waiting.pop()
        if not isinstance(value, (list, dict)):
            continue
        if len(value) > _MOST_BESIDE and name not in _LONG:
            raise UnreadableError(f"it holds a list of more than {_MOST_BESIDE:,} entries where none belongs")
        if isinstance(value, dict):
            waiting += value.items()
        else:
            waiting += (("", one) for one in value)
