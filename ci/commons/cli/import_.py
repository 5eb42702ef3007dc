"""``commons import``: read results that others measured, as external cells with their source."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from commons.cli.common import json_option, repository, root_option, say_json
from commons.cli.import_told import missing_options, told_of
from commons.cli.import_words import say_import
from commons.errors import CannotRun
from commons.evaluate.importing.cell import imported_cell
from commons.evaluate.importing.columns import Columns, read_columns
from commons.evaluate.importing.doubts import doubts, known_of, refuse_wrong
from commons.evaluate.importing.harness_samples import is_samples_file, read_samples
from commons.evaluate.lock import one_at_a_time
from commons.evaluate.writing import LOCK
from commons.pool.cell import Cell
from commons.pool.repository import Repository


@click.command("import", epilog="""\b
Examples (the files are in the pool):
  commons import docs/examples/outcomes.csv --task ward_rounds --model my-model --item id --score right \\
      --measured 2026-05-01 --source "Our own run of May 2026, not published." --dry-run
  commons import docs/examples/outcomes.jsonl --task ward_rounds --model my-model --as cot --item id \\
      --score cot.correct --answer cot.answer --gold gold --measured 2026-05-01 \\
      --source https://example.org/outcomes.jsonl --dry-run
  commons import docs/examples/samples_ward_rounds.jsonl --task ward_rounds --model other-model \\
      --measured 2026-05-01 --source https://example.org/samples.jsonl --dry-run

\b
Exit codes: 0 imported, 1 a row of the file is wrong, 2 could not run.
""")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--task", metavar="NAME", help="The task; it need not be one of the pool. [required]")
@click.option("--model", metavar="ID", help="The model; it need not be in models.yaml. [required]")
@click.option("--source", metavar="TEXT", help="Where the file is published; a sentence, where it is not. [required]")
@click.option("--measured", metavar="DATE", help="The day of the measurement, as 2026-05-01. [required]")
@click.option("--as", "how", metavar="NAME", help="How the task was put, for example cot: the cell's variant is then "
              "external-NAME [default: external].")
@click.option("--item", metavar="COLUMN", help="The column of item ids (in a samples file: a field of `doc`).")
@click.option("--score", metavar="COLUMN", help="The column of scores: numbers, true or false. Dots lead into objects.")
@click.option("--answer", metavar="COLUMN", help="The column of answers; they are then published with the rows.")
@click.option("--gold", metavar="COLUMN", help="The column of golds: two imports compare only where these agree.")
@click.option("--cluster", metavar="COLUMN", help="The column that names what items share, for example a passage.")
@click.option("--metric", default="acc", show_default=True, help="What the score is called.")
@click.option("--lower-is-better", is_flag=True, help="A lower score is a better one.")
@click.option("--note", help="What a reader should know of these results.")
@click.option("--replace", is_flag=True, help="Replace an earlier import that stands there.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@root_option
@json_option
def command(
    file: Path, task: str | None, model: str | None, source: str | None, measured: str | None, how: str | None,
    item: str | None, score: str | None, answer: str | None, gold: str | None, cluster: str | None, metric: str,
    lower_is_better: bool, note: str | None, replace: bool, dry_run: bool, root: Path | None, as_json: bool,
) -> int:
    """Read the outcomes in FILE into the ledger, as an external cell.

    FILE is a table (.jsonl, .json, .csv, .tsv, .xlsx) with one row for each item, or a samples file of the harness.
    The numbers are computed from its rows. An external cell is shown as such, never enters a rank, and is compared
    only where somebody asks for it: commons compare MODEL@external OTHER@external --task NAME.
    """
    pool = repository(root)
    if not file.is_file():
        raise CannotRun(f"There is no file {file}.", mend="Correct the path.")
    samples = score is None and is_samples_file(file)
    missing_options(file, {"--task": task, "--model": model, "--source": source, "--measured": measured}
                    | ({} if samples else {"--item": item, "--score": score}))
    told = told_of(datetime.date.today(), task=task, model=model, how=how, source=source, measured=measured,
                   higher_is_better=not lower_is_better, with_answers=answer is not None, note=note)
    imported = read_samples(file, item) if samples else read_columns(
        file, Columns(item or "", score or "", metric, answer, gold, cluster))
    known = known_of(pool, told.task)
    refuse_wrong(imported, known, file, told)
    cell = imported_cell(imported, told, file)
    odd = tuple(doubts(imported, known, told))
    path, stood = _write(pool, cell, replace=replace, dry_run=dry_run)
    if as_json:
        say_json({"file": str(path), "rows": len(cell.rows), "written": not dry_run, "stood_there": stood,
                  "left_out": list(imported.left_out), "warnings": list(odd),
                  "metrics": {name: one.model_dump(mode="json") for name, one in cell.metrics.items()}})
    else:
        say_import(pool, path, cell, (*imported.left_out, *odd), dry_run=dry_run, stood=stood and not replace)
    return 0


def _write(pool: Repository, cell: Cell, *, replace: bool, dry_run: bool) -> tuple[Path, bool]:
    """Write the cell, and say where, and whether one stood there before. A dry run is refused nothing."""
    identity = cell.identity
    path = pool.ledger.cell_path(identity.task, identity.model, identity.variant)
    if dry_run:
        return path, path.exists()
    with one_at_a_time(pool.work / LOCK):
        stood = path.exists()
        if stood and not replace:
            raise CannotRun(f"An import stands there already: {path.name}.", mend="Give --replace, or another --as.")
        pool.ledger.write_cell(cell)
    return path, stood
