"""The tasks of a run as they are put: in their canonical form and varied, each rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.evaluate.progress import Progress
from commons.evaluate.report import CellResult, RunReport, expected
from commons.harness.rendering import TaskRendering
from commons.harness.renderings import rendering_of
from commons.harness.sandbox import Confinement
from commons.plan.outline import TaskOutline, outline_of
from commons.plan.varying import put_otherwise
from commons.pool.cell import CANONICAL
from commons.pool.models import Model
from commons.pool.task import Task
from commons.variants.registry import CannotVary, Variant
from commons.variants.varied import Varied


@dataclass(frozen=True)
class Put:
    """A task as it is put. Where it is ``varied``, the task is the varied one, which keeps the name."""

    task: Task
    rendering: TaskRendering
    outline: TaskOutline
    varied: Varied | None = None

    @property
    def variant(self) -> str:
        """How it is put."""
        return CANONICAL if self.varied is None else self.varied.name


class Putting:
    """Renders tasks, memoised under ``work``, in each of the ways that are asked for; None is the canonical one.

    What cannot be rendered is an error in ``report``; what cannot be varied is a cell that cannot exist, there too.
    """

    def __init__(
        self, variants: Sequence[Variant | None], work: Path, confinement: Confinement, progress: Progress,
        report: RunReport,
    ) -> None:
        self._variants = variants
        self._work = work
        self._confinement = confinement
        self._progress = progress
        self._report = report

    def puts_of(self, tasks: Sequence[Task], models: Sequence[Model]) -> list[Put]:
        """Every task in every way."""
        puts = []
        for task, rendering in render_all(tasks, self._work, self._confinement, self._progress, self._report):
            for variant in self._variants:
                if variant is None:
                    puts.append(Put(task, rendering, outline_of(rendering, task.card)))
                elif (put := self._varied(task, rendering, variant, models)) is not None:
                    puts.append(put)
        return puts

    def _varied(self, task: Task, rendering: TaskRendering, variant: Variant, models: Sequence[Model]) -> Put | None:
        self._progress.say(f"{task.name}: {variant.name}")
        try:
            varied, put = put_otherwise(task, variant, rendering, self._work, self._confinement)
        except CannotVary as error:
            self._report.cells += [
                CellResult(task.name, model.id, "inapplicable", error.sentence, variant=variant.name)
                for model in models
            ]
            return None
        except Exception as error:  # noqa: BLE001  (one task never stops the others, whatever is wrong with it)
            self._report.errors.append((f"{task.name}, {variant.name}", expected(error)))
            return None
        return Put(varied, put, outline_of(put, varied.card), Varied(variant.name, rendering.task_hash))


def render_all(
    tasks: Sequence[Task], work: Path, confinement: Confinement, progress: Progress, report: RunReport
) -> list[tuple[Task, TaskRendering]]:
    """Render tasks, memoised under ``work``; those that cannot be rendered are errors in ``report``."""
    done = []
    progress.begin("rendering tasks", len(tasks))
    for task in tasks:
        try:
            done.append((task, rendering_of(task, work, confinement)))
        except Exception as error:  # noqa: BLE001  (one task never stops the others, whatever is wrong with it)
            report.errors.append((task.name, expected(error)))
        progress.advance(1)
    progress.end()
    return done
