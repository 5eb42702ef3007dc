"""``commons import``: read results that others measured, as external cells with their source."""

from __future__ import annotations

import datetime
from pathlib import Path

import click
from pydantic import ValidationError

from commons.cli.common import json_option, repository, root_option, safe, say_json
from commons.errors import CannotRun
from commons.evaluate.importing.cell import imported_cell
from commons.evaluate.importing.columns import Columns, read_columns
from commons.evaluate.importing.harness_samples import is_samples_file, read_samples
from commons.evaluate.importing.outside import Imported, Told
from commons.evaluate.lock import one_at_a_time
from commons.evaluate.writing import LOCK
from commons.pool.cell import Cell
from commons.pool.repository import Repository


@click.command("import", epilog="""\b
Examples:
  commons import outcomes.csv --task web_of_lies --model some-model --item id --score correct --source https://...
  commons import outputs.jsonl --task web_of_lies --model davinci-002 --as cot --item item --score cot.correct \\
      --answer cot.answer --gold gold --source https://example.org/outputs
  commons import samples_gsm8k_2026-11-01T10-00-00.jsonl --task gsm8k --model some-model --source https://...

\b
Exit codes: 0 imported, 1 a row of the file is wrong, 2 could not run.
""")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--task", required=True, metavar="NAME", help="The task; it need not be one of the pool.")
@click.option("--model", required=True, metavar="ID", help="The model; it need not be in models.yaml.")
@click.option("--source", required=True, metavar="URL", help="Where the file is published.")
@click.option("--as", "how", metavar="NAME", help="How the task was put, for example cot: the cell's variant is then "
              "external-NAME [default: external].")
@click.option("--item", metavar="COLUMN", help="The column of item ids (in a samples file: a field of `doc`).")
@click.option("--score", metavar="COLUMN", help="The column of scores: numbers, true or false. Dots lead into objects.")
@click.option("--answer", metavar="COLUMN", help="The column of answers; they are then published with the rows.")
@click.option("--gold", metavar="COLUMN", help="The column of golds: two imports compare only where these agree.")
@click.option("--cluster", metavar="COLUMN", help="The column that names what items share, for example a passage.")
@click.option("--metric", default="acc", show_default=True, help="What the score is called.")
@click.option("--lower-is-better", is_flag=True, help="A lower score is a better one.")
@click.option("--measured", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day of the measurement.")
@click.option("--note", help="What a reader should know of these results.")
@click.option("--replace", is_flag=True, help="Replace an earlier import that stands there.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@root_option
@json_option
def command(
    file: Path, task: str, model: str, source: str, how: str | None, item: str | None, score: str | None,
    answer: str | None, gold: str | None, cluster: str | None, metric: str, lower_is_better: bool,
    measured: datetime.datetime, note: str | None, replace: bool, dry_run: bool, root: Path | None, as_json: bool,
) -> int:
    """Read the outcomes in FILE into the ledger, as an external cell.

    FILE is a table (.jsonl, .json, .csv, .tsv, .xlsx) with one row for each item, or a samples file of the harness.
    The numbers are computed from its rows. An external cell is shown as such, never enters a rank, and is compared
    only where somebody asks for it: commons compare MODEL@external OTHER@external --task NAME.
    """
    pool = repository(root)
    told = _told(task=task, model=model, how=how, source=source, measured=measured.date(),
                 higher_is_better=not lower_is_better, with_answers=answer is not None, note=note)
    imported = _read(file, item, score, Columns(item or "", score or "", metric, answer, gold, cluster))
    cell = imported_cell(imported, told, file)
    path = _write(pool, cell, replace=replace, dry_run=dry_run)
    if as_json:
        say_json({"file": str(path), "rows": len(cell.rows), "written": not dry_run,
                  "left_out": list(imported.left_out),
                  "metrics": {name: one.model_dump(mode="json") for name, one in cell.metrics.items()}})
    else:
        _say(pool, path, cell, imported, dry_run)
    return 0


def _told(**given: object) -> Told:
    try:
        return Told.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        option = {"how": "--as"}.get(name, f"--{name}")
        raise CannotRun(f"{option} is not what it should be: {first['msg']}.",
                        mend="commons import --help shows examples.") from error


def _read(file: Path, item: str | None, score: str | None, columns: Columns) -> Imported:
    if not file.is_file():
        raise CannotRun(f"There is no file {file}.", mend="Correct the path.")
    if score is None and is_samples_file(file):
        return read_samples(file, item)
    if item is None or score is None:
        raise CannotRun("Nobody said which columns hold the item ids and the scores.",
                        mend="Name them: --item COLUMN --score COLUMN")
    return read_columns(file, columns)


def _write(pool: Repository, cell: Cell, *, replace: bool, dry_run: bool) -> Path:
    identity = cell.identity
    path = pool.ledger.cell_path(identity.task, identity.model, identity.variant)
    with one_at_a_time(pool.work / LOCK):
        if path.exists() and not replace:
            raise CannotRun(f"An import stands there already: {path.name}.", mend="Give --replace, or another --as.")
        if not dry_run:
            pool.ledger.write_cell(cell)
    return path


def _say(pool: Repository, path: Path, cell: Cell, imported: Imported, dry_run: bool) -> None:
    verb = "Would write" if dry_run else "Wrote"
    click.echo(f"{verb} {safe(path.relative_to(pool.root).as_posix())}: {len(cell.rows):,} items, external.")
    for name, metric in cell.metrics.items():
        low, high = metric.interval or (None, None)
        interval = "no interval" if low is None or high is None else f"95% interval {low:.4g} to {high:.4g}"
        click.echo(f"  {safe(name)}: {metric.value:.5g} ({interval}; {metric.method}; n = {metric.n})")
    for reason in imported.left_out:
        click.echo(f"  left out: {safe(reason)}")
