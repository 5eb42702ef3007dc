"""Reading without raising: a part that cannot be read is ``None``, with its problems beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from commons.errors import BadFile, Problem, Where
from commons.pool.yamlfile import FunctionRef, Key

Value = TypeVar("Value")
Problems = tuple[Problem, ...]


def attempt(read: Callable[[], Value], path: Path) -> tuple[Value | None, Problems]:
    """What ``read`` gives, or ``None`` and every problem that kept it from ``path``."""
    try:
        return read(), ()
    except BadFile as error:
        return None, error.problems
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        sentence = f"The file cannot be read: {reason}."
        return None, (Problem("unreadable", sentence, Where(path), "Check its name and its permissions."),)


def functions_in(value: Any, key: Key) -> Iterator[tuple[Key, FunctionRef]]:
    """Every ``!function`` below ``value``."""
    if isinstance(value, FunctionRef):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from functions_in(inner, (*key, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from functions_in(inner, (*key, index))


def texts_of(value: Any, key: Key) -> Iterator[tuple[Key, str]]:
    """Every text below ``value`` with its key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_of(inner, (*key, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts_of(inner, (*key, index))
