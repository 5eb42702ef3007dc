"""What the verbs share: options, the repository they act on, and how errors and JSON are printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from commons.errors import BadFile, CommonsError, Problem, Where
from commons.pool.repository import Repository, find_repository

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
    """Print one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True))


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
    place = click.style(f"{where.relative_to(Path.cwd())}: ", bold=True) if where else ""
    click.echo(f"{place}{click.style(kind, fg='red')}: {sentence}", err=True)
    if mend:
        click.echo(f"  {click.style('mend', fg='green')}: {mend}", err=True)
