"""``commons site``: build the static site, or look at it."""

from __future__ import annotations

import os.path
import subprocess
import sys
import threading
import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe, say_json
from commons.cli.site_progress import StageProgress
from commons.pool.repository import Repository

if TYPE_CHECKING:
    from commons.publish.build import BuildReport, Wishes
    from commons.publish.reload import Version

DEFAULT_OUT = "_site"
_HEAVIEST = 5


def _out_option(function: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--out", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
        help=f"Where the site goes [default: {DEFAULT_OUT} in the pool].",
    )(function)


def _build_options(function: click.decorators.FC) -> click.decorators.FC:
    for option in reversed((
        click.option("--jobs", type=click.IntRange(min=1), default=None, metavar="N",
                     help="How many processes build [default: one for each core]."),
        click.option("--base-url", default=None, metavar="URL",
                     help="Where the site will stand on the web [default: as GitHub Pages has it]."),
        click.option("--repository-url", default=None, metavar="URL",
                     help="Where the pool stands on the web [default: as the workflow or git's origin says]."),
    )):
        function = option(function)
    return function


@click.group("site", epilog="""\b
Examples:
  commons site build
  commons site serve --port 8000
""")
def command() -> None:
    """Build or serve the static site."""


@command.command(epilog="""\b
Examples:
  commons site build
  commons site build --out /tmp/site --jobs 1
  commons site build --fresh --base-url https://example.org/evals
""")
@root_option
@_out_option
@_build_options
@click.option("--fresh", is_flag=True, help="Write every page again, also those that an earlier build has made.")
@json_option
def build(
    root: Path | None, out: Path | None, jobs: int | None, base_url: str | None, repository_url: str | None,
    fresh: bool, as_json: bool,
) -> int:
    """Build the site from the pool's cells.

    It is complete HTML: it needs no server and no network, and opens from a disk. What an earlier build made from the
    same files is taken over; the result is the same to the byte. Whatever cannot be read is named, left out, and
    shown on the coverage page. Exit code 1 means that the site stands and is too large to be published.
    """
    pool = repository(root)
    report = _build(pool, out or pool.root / DEFAULT_OUT, _wishes(pool, jobs, base_url, repository_url, fresh))
    if as_json:
        say_json(_document(report))
    else:
        _say(report)
    return 1 if report.weight.too_much else 0


@command.command(epilog="""\b
Examples:
  commons site serve
  commons site serve --port 0 --open
  commons site serve --no-reload
""")
@root_option
@_out_option
@_build_options
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--reload/--no-reload", default=True, show_default=True,
              help="Build again when the pool or the templates change, and load open pages again.")
@click.option("--open", "open_it", is_flag=True, help="Open it in a browser.")
def serve(
    root: Path | None, out: Path | None, jobs: int | None, base_url: str | None, repository_url: str | None,
    port: int, reload: bool, open_it: bool,
) -> None:
    """Build the site, and serve it to this machine alone.

    A change of a task, a model, a result or a template builds it again, and open pages show it at once. Where that
    fails, the site stays as it was. With --no-reload, a site that stands is served as it is.
    """
    from commons.publish.build import site_folder
    from commons.publish.reload import Version, looks_of, watch
    from commons.publish.serve import serve as serve_folder

    pool = repository(root)
    folder = out or pool.root / DEFAULT_OUT
    watched = [pool.tasks_folder, pool.models_file, pool.ledger.root, site_folder(pool)] if reload else []
    looks = looks_of(watched)
    if reload or not (folder / "index.html").is_file():
        _say(_build(pool, folder, _wishes(pool, jobs, base_url, repository_url, fresh=False)))

    def announce(address: str) -> None:
        click.echo(f"Serving {_near(folder)} at {address}  (Ctrl-C ends it)")
        if open_it:
            webbrowser.open(address)

    if not reload:
        serve_folder(folder, port, announce)
        return
    version, stop = Version(), threading.Event()
    asked = {"--root": pool.root, "--out": folder, "--jobs": jobs, "--base-url": base_url,
             "--repository-url": repository_url}
    again = [word for option, value in asked.items() if value is not None for word in (option, str(value))]
    changed = partial(_again, again, folder, version)
    threading.Thread(target=watch, args=(watched, looks, changed, stop), daemon=True).start()
    try:
        serve_folder(folder, port, announce, version)
    finally:
        stop.set()


def _again(options: list[str], folder: Path, version: Version) -> None:
    """Build in a process of its own, which also takes up a changed program, and say so to open pages."""
    before = _which(folder)
    subprocess.run([sys.executable, "-m", "commons", "site", "build", *options], check=False)
    # The exit code does not tell: it is 1 for a site that is too large, and for a file without which there is none.
    if _which(folder) == before:
        click.echo("The site stays as it was.", err=True)
    else:
        version.next()


def _which(folder: Path) -> int | None:
    """Which folder stands there: each build puts another one in its place."""
    return folder.stat().st_ino if folder.is_dir() else None


def _wishes(
    pool: Repository, jobs: int | None, base_url: str | None, repository_url: str | None, fresh: bool
) -> Wishes:
    from commons.publish.build import Wishes
    from commons.publish.cores import cores_here
    from commons.publish.whereabouts import place_of

    return Wishes(place_of(pool.root, base_url, repository_url), jobs or cores_here(), fresh)


def _build(pool: Repository, out: Path, wishes: Wishes) -> BuildReport:
    from commons.publish.build import build as build_site

    with StageProgress() as progress:
        return build_site(pool, out, wishes, progress.tell)


def _document(report: BuildReport) -> dict[str, object]:
    weight = report.weight
    return {
        "pages": report.pages, "files": report.files, "bytes": report.bytes, "reused": report.reused,
        "out": str(report.out), "open": str(report.entry),
        "warnings": [*weight.warnings, *filter(None, [weight.too_much])],
        "folders": [{"folder": one.folder, "files": one.files, "bytes": one.bytes} for one in weight.kinds],
        "broken": [{"kind": one.kind, "path": one.path, "faults": list(one.faults)} for one in report.broken],
    }


def _say(report: BuildReport) -> None:
    weight = report.weight
    for sentence in (*(f"{one.kind} not readable: {one.faults[0]}" for one in report.broken), *weight.warnings):
        click.echo(f"{click.style('warning', fg='yellow')}: {safe(sentence)}", err=True)
    if weight.too_much:
        click.echo(f"{click.style('error', fg='red')}: {weight.too_much}", err=True)
    taken = f", {report.reused:,} of them from the build before" if report.reused else ""
    click.echo(f"Built {report.pages:,} pages, {report.files:,} files, {report.bytes / 1e6:.2f} MB{taken}.")
    heaviest = (f"{one.folder or 'index.html and its like'} {one.bytes / 1e6:.2f} MB in {one.files:,}"
                for one in weight.kinds[:_HEAVIEST])
    click.echo(f"Heaviest: {safe('; '.join(heaviest))}.")
    click.echo(f"Open {_near(report.entry)}")


def _near(path: Path) -> str:
    """The path as a person here would type it."""
    relative = os.path.relpath(path)
    return safe(str(path) if relative.startswith("..") else relative)
