"""What the verbs share: options, the repository they act on, and how errors and JSON are printed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from commons.errors import BadFile, CommonsError, Problem, Where
from commons.lint.printing import safe, safe_whole
from commons.pool.repository import Repository, find_repository

#: What a terminal or a workflow's log would obey in a JSON document; JSON escapes the other controls itself.
_OBEYED = re.compile("(?<=##)\\[|[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

__all__ = [
    "json_option", "repository", "root_option", "safe", "safe_whole", "say_error", "say_json", "say_problems",
    "say_trust", "trust_option",
]

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


def trust_option(function: Function) -> Function:
    """``--trust``: run the tasks' own code without a sandbox."""
    return click.option(
        "--trust", is_flag=True,
        help="Run the tasks' own code without a sandbox: for your own tasks on your own machine.",
    )(function)


def say_trust() -> None:
    """Say on standard error that code runs unconfined."""
    click.echo("--trust: the tasks' own code runs without a sandbox, as you.", err=True)


def repository(root: Path | None) -> Repository:
    """The pool that ``--root`` or the working directory names."""
    return find_repository(root or Path.cwd())


def say_json(value: Any) -> None:
    """Print one JSON document; what could be obeyed stands as its JSON escape, so that the value stays the same."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    click.echo(_OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


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
