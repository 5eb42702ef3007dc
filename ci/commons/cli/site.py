"""``commons site``: build the static site, or look at it."""

from __future__ import annotations

import os.path
from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, safe, say_json
from commons.pool.repository import Repository

DEFAULT_OUT = "_site"


def _out_option(function: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--out", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
        help=f"Where the site goes [default: {DEFAULT_OUT} in the pool].",
    )(function)


@click.group("site", epilog="""\b
Examples:
  commons site build
  commons site serve --port 8000
""")
def command() -> None:
    """Build or serve the static site."""


@command.command()
@root_option
@_out_option
@json_option
def build(root: Path | None, out: Path | None, as_json: bool) -> None:
    """Build the site from the pool's cells.

    It is complete HTML: it needs no server and no network, and opens from a disk.
    """
    pool = repository(root)
    _build(pool, out or pool.root / DEFAULT_OUT, as_json)


@command.command()
@root_option
@_out_option
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
def serve(root: Path | None, out: Path | None, port: int) -> None:
    """Serve the site to this machine alone.

    It is built first where it is missing.
    """
    from commons.publish.serve import serve as serve_folder

    pool = repository(root)
    folder = out or pool.root / DEFAULT_OUT
    if not (folder / "index.html").is_file():
        _build(pool, folder, as_json=False)
    serve_folder(folder, port, lambda address: click.echo(f"Serving {_near(folder)} at {address}  (Ctrl-C ends it)"))


def _build(pool: Repository, out: Path, as_json: bool) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from commons.publish.build import build as build_site

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Writing pages")
        report = build_site(pool, out, lambda done, total: bar.update(task, completed=done, total=total))
    if as_json:
        say_json({
            "pages": report.pages, "files": report.files, "bytes": report.bytes, "out": str(report.out),
            "open": str(report.entry),
            "broken": [{"kind": one.kind, "path": one.path, "faults": list(one.faults)} for one in report.broken],
        })
        return
    for one in report.broken:
        click.echo(f"{click.style('warning', fg='yellow')}: {one.kind} not readable: {safe(one.faults[0])}", err=True)
    click.echo(f"Built {report.pages:,} pages, {report.files:,} files, {report.bytes / 1e6:.2f} MB.")
    click.echo(f"Open {_near(report.entry)}")


def _near(path: Path) -> str:
    """The path as a person here would type it."""
    relative = os.path.relpath(path)
    return safe(str(path) if relative.startswith("..") else relative)
