"""The whole pool as one value: its tasks, its models, its suites and its ledger."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, CannotRun, Problem, Where
from commons.pool.ledger import Ledger
from commons.pool.models import MODELS_FILE, Model, read_models
from commons.pool.suites import Suite, read_suite
from commons.pool.task import Task, read_task

TASKS_FOLDER = "tasks"
SUITES_FOLDER = "_suites"


@dataclass(frozen=True)
class BrokenTask:
    """A task folder that could not be read; it never stops the others."""

    folder: Path
    error: BadFile


@dataclass(frozen=True)
class Repository:
    """A checkout of the pool."""

    root: Path

    @property
    def tasks_folder(self) -> Path:
        """The folder of task folders."""
        return self.root / TASKS_FOLDER

    @property
    def models_file(self) -> Path:
        """The file of models."""
        return self.root / MODELS_FILE

    @property
    def ledger(self) -> Ledger:
        """Everything under ``results/``."""
        return Ledger(self.root / "results")

    @property
    def work(self) -> Path:
        """What this machine keeps between runs and git ignores: responses, transcripts, memoised renderings."""
        return self.root / ".commons"

    def task_folders(self, names: set[str] | None = None) -> list[Path]:
        """The task folders (of ``names``, or all) by name. Names that begin with ``_`` or ``.`` are not tasks.

        A folder that is a link stands among them, so that lint can say so; :meth:`tasks` never follows it.
        """
        if not self.tasks_folder.is_dir():
            return []
        with os.scandir(self.tasks_folder) as found:
            known = sorted(entry.name for entry in found if entry.name[0] not in "_."
                           and (names is None or entry.name in names) and entry.is_dir())
        return [self.tasks_folder / name for name in known]

    def tasks(self, names: set[str] | None = None) -> tuple[list[Task], list[BrokenTask]]:
        """The tasks that can be read (of ``names``, or all), and those that cannot, each with its reason."""
        good: list[Task] = []
        broken: list[BrokenTask] = []
        for folder in self.task_folders(names):
            try:
                good.append(self.task(folder))
            except BadFile as error:
                broken.append(BrokenTask(folder, error))
        return good, broken

    def task(self, folder: Path) -> Task:
        """Read a task folder that is no link, and whose numbers can be read at all.

        Raises:
            BadFile: every fault found.
        """
        if folder.is_symlink():
            raise BadFile([Problem("link", "The task folder is a link.", Where(folder), "Commit the folder itself.")])
        try:
            return read_task(folder)
        except (ValueError, ArithmeticError, RecursionError) as error:
            sentence = f"The task holds a value that cannot be read ({type(error).__name__})."
            mend = "Correct the number or the nesting in it."
            raise BadFile([Problem("value", sentence, Where(folder), mend)]) from error

    def models(self) -> tuple[Model, ...]:
        """The models.

        Raises:
            BadFile: every fault of the file.
        """
        return read_models(self.models_file)

    def suites(self) -> list[Suite]:
        """The suites.

        Raises:
            BadFile: the first faulty suite file.
        """
        return [read_suite(path) for path in sorted((self.tasks_folder / SUITES_FOLDER).glob("*.yaml"))]


def find_repository(start: Path) -> Repository:
    """The pool that ``start`` lies in: the nearest folder upwards with ``models.yaml`` and ``tasks/``.

    Raises:
        CannotRun: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / MODELS_FILE).is_file() and (folder / TASKS_FOLDER).is_dir():
            return Repository(folder)
    mend = f"Go into a clone of the pool (a folder with {MODELS_FILE} and {TASKS_FOLDER}/), or name one with --root."
    raise CannotRun(f"No pool was found in {start} or above it.", mend=mend)
