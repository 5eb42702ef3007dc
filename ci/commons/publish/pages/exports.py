"""A task's data files: its lines of the CSV of all cells, its part of the API, and its rows. Each cell is read once."""

from __future__ import annotations

from collections.abc import Iterable

from commons.publish.addresses import CELLS_CSV, api_task_path, rows_path, sidecar
from commons.publish.data.cell_lines import CellLines
from commons.publish.data.legal import of_task
from commons.publish.data.row_table import CSV_ROWS, RowTable
from commons.publish.data.task_file import TaskFile
from commons.publish.open_task import OpenTask
from commons.publish.pages import Data, Output, Part, task_data


@task_data
class TaskData:
    """The data files of one task."""

    name = "task-data"

    def of_task(self, task: OpenTask) -> Iterable[Output]:
        """Its lines of the CSV, its file of the API, and its rows where it has any."""
        lines, file, rows = CellLines(task), TaskFile(task), RowTable(task)
        for state in (*task.survey.states, *task.survey.others):
            if state.facts is not None:
                cell = task.cell(state)
                for gathered in (lines, file, rows):
                    gathered.add(state, cell)
        yield Part(CELLS_CSV, lines.text())
        yield Data(api_task_path(task.entry.name), file.text())
        if rows.rows:
            yield from _rows(task, rows)


def _rows(task: OpenTask, rows: RowTable) -> Iterable[Data]:
    name = task.entry.name
    legal = of_task(task.entry, task.frame.place, task.as_of)
    yield Data(rows_path(name, "parquet"), rows.parquet(legal))
    if rows.rows <= CSV_ROWS:
        path = rows_path(name, "csv")
        text, beside = rows.csv(legal, f"{name}.csv")
        yield Data(path, text)
        yield Data(sidecar(path), beside)
