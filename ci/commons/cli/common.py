"""What the verbs share: options, the repository they act on, and how errors and JSON are printed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from commons.errors import BadFile, CommonsError, Problem, Where
from commons.lint.findings import MAX_TEXT, plain
from commons.pool.repository import Repository, find_repository

#: What a terminal or a workflow's log would obey in a JSON document; JSON escapes the other controls itself.
_OBEYED = re.compile("(?<=##)\\[|[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

Function = TypeVar("Function", bound=Callable[..., Any])


def root_option(function: Function) -> Function:
    """``--root``: the pool to act on; the nearest one above the working directory where it is not given."""
    return click.option(
        "--root", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
        help="The pool to act on [default: the nearest above this folder].",
    )(function)


def json_option(function: Function) -> Function:
    """``--json``: print one JSON document on standard output, for machines."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(function)


def repository(root: Path | None) -> Repository:
    """The pool that ``--root`` or the working directory names."""
    return find_repository(root or Path.cwd())


def say_json(value: Any) -> None:
    """Print one JSON document; what could be obeyed stands as its JSON escape, so that the value stays the same."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    click.echo(_OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def safe(text: str) -> str:
    r"""Contributed ``text`` as one short line that neither a terminal nor a workflow's log obeys.

    >>> safe("::error::a\nb ##[error]c")
    '\\x3a:error::a\\nb ##\\x5berror]c'
    """
    return _no_command(plain(text))


def safe_whole(text: str) -> str:
    """As :func:`safe`, however long the line is."""
    return _no_command("".join(plain(text[at : at + MAX_TEXT]) for at in range(0, len(text), MAX_TEXT)))


def _no_command(line: str) -> str:
    """``line`` without what GitHub's runner takes for a command: ``::`` at its beginning, ``##[`` anywhere."""
    line = line.replace("##[", r"##\x5b")
    body = line.lstrip()
    return line[: len(line) - len(body)] + r"\x3a" + body[1:] if body.startswith("::") else line


def say_error(error: CommonsError) -> None:
    """Print an error on standard error; every problem of a bad file."""
    if isinstance(error, BadFile):
        say_problems(error.problems)
    else:
        _say("error", error.sentence, error.where, error.mend)


def say_problems(problems: Iterable[Problem]) -> None:
    """Print each problem on standard error: where, what, and how to mend it."""
    for problem in problems:
        _say("error", problem.sentence, problem.where, problem.mend)


def _say(kind: str, sentence: str, where: Where | None, mend: str) -> None:
    place = click.style(safe(f"{where.relative_to(Path.cwd())}: "), bold=True) if where else ""
    click.echo(f"{place}{click.style(kind, fg='red')}: {safe(sentence)}", err=True)
    if mend:
        click.echo(f"  {click.style('mend', fg='green')}: {safe(mend)}", err=True)
