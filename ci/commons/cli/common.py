"""What the verbs share: options, the repository they act on, and how errors and JSON are printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from commons.errors import BadFile, CommonsError
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
    """Print an error on standard error: what, where, and how to mend it; every problem of a bad file."""
    problems = error.problems if isinstance(error, BadFile) else [error]
    for problem in problems:
        where = problem.where.relative_to(Path.cwd()) if problem.where else None
        place = click.style(f"{where}: ", bold=True) if where else ""
        click.echo(f"{place}{click.style('error', fg='red')}: {problem.sentence}", err=True)
        if problem.mend:
            click.echo(f"  {click.style('mend', fg='green')}: {problem.mend}", err=True)
