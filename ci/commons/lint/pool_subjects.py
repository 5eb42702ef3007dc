"""What a rule may look at beside a task folder: the folder of tasks, ``models.yaml``, a suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from commons.errors import Where
from commons.lint.facts import ItemPlace, TaskFacts, own_text
from commons.lint.reading import Problems, attempt
from commons.lint.subject import TaskSubject
from commons.lint.twins import Twin, twins
from commons.pool.models import Model, read_models
from commons.pool.suites import Suite, read_suite
from commons.pool.yamlfile import YamlDocument, read_yaml


@dataclass(frozen=True)
class RepositorySubject:
    """The folder of tasks; ``chosen`` are the task folders that are being checked, ``folders`` all of them.

    ``facts`` is what is known of each task by its folder's name, also of those that are not chosen.
    """

    folder: Path
    chosen: tuple[Path, ...]
    facts: Mapping[str, TaskFacts] = field(default_factory=dict)

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """Every folder beside the chosen ones."""
        return tuple(sorted(path for path in self.folder.iterdir() if path.is_dir()))

    @property
    def chosen_names(self) -> frozenset[str]:
        """The names of the chosen folders."""
        return frozenset(folder.name for folder in self.chosen)

    @cached_property
    def twins(self) -> tuple[Twin, ...]:
        """The items of chosen tasks that are like an item of another task."""
        texts: dict[str, dict[tuple[str, int], str]] = {}

        def text(task: str, item: ItemPlace) -> str:
            if task not in texts:
                subject = TaskSubject(self.folder / task)
                texts[task] = {
                    (row.where.path.relative_to(subject.folder).as_posix(), row.where.line):
                    own_text(row.values, subject) for row in subject.items
                }
            return texts[task].get((item.file, item.line), "")

        return tuple(twins(self.facts, self.chosen_names, text))


@dataclass(frozen=True)
class ModelsSubject:
    """``models.yaml``."""

    path: Path

    @cached_property
    def _read(self) -> tuple[tuple[Model, ...] | None, Problems]:
        return attempt(lambda: read_models(self.path), self.path)

    @property
    def models(self) -> tuple[Model, ...]:
        """The models; none where the file has a fault."""
        return self._read[0] or ()

    @property
    def problems(self) -> Problems:
        """What is wrong with the file."""
        return self._read[1]


@dataclass(frozen=True)
class SuiteSubject:
    """A suite file; ``task_names`` are the tasks that exist."""

    path: Path
    task_names: frozenset[str]

    @cached_property
    def _read(self) -> tuple[tuple[Suite, YamlDocument] | None, Problems]:
        return attempt(lambda: (read_suite(self.path), read_yaml(self.path)), self.path)

    @property
    def suite(self) -> Suite | None:
        """The suite, where it fits the format."""
        return self._read[0][0] if self._read[0] else None

    @property
    def problems(self) -> Problems:
        """Why :attr:`suite` is ``None``."""
        return self._read[1]

    def where(self, *key: str | int) -> Where:
        """The place of a key, or of its nearest parent."""
        return self._read[0][1].where(key) if self._read[0] else Where(self.path)
