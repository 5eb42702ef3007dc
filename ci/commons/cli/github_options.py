"""What the verbs of ``commons github`` share: the options of those that talk to GitHub, and the client they make."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from commons.cli.common import safe
from commons.errors import CannotRun

if TYPE_CHECKING:
    from commons.github.api import Api

Function = TypeVar("Function", bound=Callable[..., Any])


def api_options(function: Function) -> Function:
    """What every verb needs that talks to GitHub."""
    for option in (
        click.option("--repository", "name", metavar="OWNER/NAME", default=None,
                     help="The repository on GitHub [default: GITHUB_REPOSITORY]."),
        click.option("--token-env", default="GITHUB_TOKEN", show_default=True, metavar="NAME",
                     help="The environment variable that holds the token."),
        click.option("--author", default="github-actions[bot]", show_default=True, metavar="LOGIN",
                     help="The account that the token belongs to; only its comments are ours."),
        click.option("--execute", is_flag=True, help="Do it, and not only say it."),
    ):
        function = option(function)
    return function


def trial_options(function: Function) -> Function:
    """Where the trial's report comes from: a folder, or an artifact of the run, which is fetched."""
    for option in (
        click.option("--artifact", default="", metavar="NAME",
                     help="Fetch the report from the artifact of this name, of the run that tried this head."),
        click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), default=None,
                     metavar="DIR", help="The folder of the trial's artifact; only report.json in it is read."),
        click.option("--workflow", default="", metavar="PATH",
                     help="The workflow file whose runs are believed, for example .github/workflows/pr.yml."),
    ):
        function = option(function)
    return function


@dataclass(frozen=True)
class TrialPlace:
    """What :func:`trial_options` were given."""

    folder: Path | None
    artifact: str
    workflow: str

    @contextmanager
    def report(self, api: Api, sha: str, run: int | None = None) -> Iterator[Path | None]:
        """The folder of the report on ``sha``: the given one, or a fresh one with what the run left, for a while.

        Raises:
            CannotRun: an artifact is named, and no workflow file whose runs leave it.
        """
        from commons.github.artifact import fetch_report, latest_run

        if not self.artifact or self.folder is not None:
            yield self.folder
            return
        if not self.workflow:
            raise CannotRun("It is not known which workflow leaves the artifact.",
                            mend="Give --workflow, for example .github/workflows/pr.yml.")
        with tempfile.TemporaryDirectory(prefix="commons-trial-") as name:
            chosen = latest_run(api, self.workflow, sha) if run is None else run
            if chosen is not None and (wrong := fetch_report(api, chosen, self.artifact, Path(name))):
                click.echo(safe(wrong), err=True)
            yield Path(name)


def lane_option(function: Function) -> Function:
    """``--lane-open``: the maintainers' switch of the low-risk lane, as a repository variable gives it."""
    return click.option("--lane-open", type=click.Choice(["open", "closed"]), default="closed", show_default=True,
                        help="Whether the maintainers opened the low-risk lane.")(function)


def add_outputs(path: Path | None, lines: Iterable[str]) -> None:
    """Add ``name=value`` lines to the file of a step's outputs, where there is one."""
    if path is not None:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)


def api_of(name: str, token_env: str, *, execute: bool) -> Api:
    """A client of the repository ``name``, with the token of the environment, which then holds it no more.

    Raises:
        CannotRun: something is to be written, and there is no token.
    """
    from commons.github.api import Api
    from commons.github.event import API, take_token

    token = take_token(token_env)
    if execute and not token:
        raise CannotRun(f"There is no token in {token_env}.", mend="Give the step the token in its environment.")
    return Api(name, os.environ.get(API, "https://api.github.com"), token, execute=execute,
               say=lambda text: click.echo(safe(text)), sleep=time.sleep)
