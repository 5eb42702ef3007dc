"""What a rule may look at beside a task folder: the folder of tasks, ``models.yaml``, a suite."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from commons.errors import Where
from commons.lint.reading import Problems, attempt
from commons.pool.models import Model, read_models
from commons.pool.suites import Suite, read_suite
from commons.pool.yamlfile import YamlDocument, read_yaml


@dataclass(frozen=True)
class RepositorySubject:
    """The folder of tasks; ``chosen`` are the task folders that are being checked, ``folders`` all of them."""

    folder: Path
    chosen: tuple[Path, ...]

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """Every folder beside the chosen ones."""
        return tuple(sorted(path for path in self.folder.iterdir() if path.is_dir()))


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
