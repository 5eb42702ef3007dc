"""``commons verify``: recompute every number from its rows."""

from __future__ import annotations

from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, say_json, say_problems
from commons.errors import BadFile, CannotRun, Problem
from commons.pool.rendered import RenderedItems
from commons.pool.sentinels import SENTINELS
from commons.pool.spending import SPENDING
from commons.pool.tombstone import TOMBSTONES


@click.command("verify", epilog="""\b
Examples:
  commons verify
  commons verify results/cells/everyday_physics
  commons verify results/cells/everyday_physics/smollm2-135m-instruct.json --json
""")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@root_option
@json_option
def command(paths: tuple[Path, ...], root: Path | None, as_json: bool) -> int:
    """Recompute every published number from its rows and compare.

    PATHS are cell files or folders of them; the whole ledger where none is given, with the checks of endpoints and
    what was spent. Finds an edited digit and names its line. Needs no model and no harness.
    """
    from commons.evaluate.verify import verify_cells
    from commons.evaluate.verify_beside import problems_beside_cells

    pool = repository(root)
    files = _files(paths, pool.ledger.root) if paths else pool.ledger.cell_paths()
    rendered: dict[str, RenderedItems | None] = {}
    unreadable: list[Problem] = []
    for name in sorted({path.parent.name for path in files}):
        try:
            rendered[name] = pool.ledger.rendered(name)
        except BadFile as error:
            unreadable.extend(error.problems)
    result = verify_cells(files, rendered)
    result.problems.extend(unreadable)
    if not paths:
        result.problems.extend(problems_beside_cells(pool.ledger.root))
    if as_json:
        say_json({
            "cells": result.cells, "metrics": result.metrics, "rows": result.rows,
            "problems": [
                {"file": str(one.where.path), "line": one.where.line, "sentence": one.sentence, "mend": one.mend}
                for one in result.problems
            ],
        })
    else:
        say_problems(result.problems)
        click.echo(f"{result.cells} cells: {result.metrics} metrics recomputed from {result.rows} rows, "
                   f"{len(result.problems)} problems.")
    return 1 if result.problems else 0


def _files(paths: tuple[Path, ...], results: Path) -> list[Path]:
    """The cell files that are named, or lie in folders that are named; what else a ledger holds is no cell."""
    beside = [results.resolve() / name for name in (SENTINELS, SPENDING, TOMBSTONES)]
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(one for one in sorted(path.rglob("*.json"))
                         if not any(folder in one.resolve().parents for folder in beside))
        elif path.is_file():
            found.append(path)
        else:
            raise CannotRun(f"There is no file or folder {path}.", mend="Name a cell file or a folder of them.")
    return [path.resolve() for path in found]
