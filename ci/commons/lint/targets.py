"""What the paths of a command line name in a pool: task folders, ``models.yaml``, suites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from commons.errors import CannotRun
from commons.pool.models import MODELS_FILE
from commons.pool.repository import SUITES_FOLDER, Repository


@dataclass(frozen=True)
class Targets:
    """What is to be checked, each sorted; ``models`` says whether ``models.yaml`` is."""

    tasks: tuple[Path, ...]
    suites: tuple[Path, ...]
    models: bool


def everything(repository: Repository) -> Targets:
    """Every task, ``models.yaml`` and every suite."""
    return Targets(tuple(repository.task_folders()), tuple(_suite_files(repository)), models=True)


def targets_of(repository: Repository, paths: Iterable[Path]) -> Targets:
    """What ``paths`` name: task folders or files in them, ``models.yaml``, suites, or whole folders of these.

    Raises:
        CannotRun: a path does not exist, lies outside the pool, or is nothing that lint knows.
    """
    tasks: set[Path] = set()
    suites: set[Path] = set()
    models = False
    for path in paths:
        parts = _parts(repository, path)
        inside = repository.root.joinpath(*parts)
        if parts == ():
            return everything(repository)
        if parts == (MODELS_FILE,):
            models = True
        elif inside == repository.tasks_folder:
            tasks.update(repository.task_folders())
            suites.update(_suite_files(repository))
        elif repository.tasks_folder not in inside.parents:
            raise _unknown(path)
        elif parts[1] == SUITES_FOLDER:
            suites.update(_suite_files(repository) if len(parts) == 2 else [inside])
        elif (folder := repository.tasks_folder / parts[1]).is_dir() and parts[1][0] not in "_.":
            tasks.add(folder)
        else:
            raise _unknown(path)
    return Targets(tuple(sorted(tasks)), tuple(sorted(suites)), models)


def _parts(repository: Repository, path: Path) -> tuple[str, ...]:
    """Where ``path``, as seen from the working directory or else from the pool, lies in the repository.

    Its last step is not followed where it is a link: lint has a word to say about those.
    """
    seen = [base / path for base in (Path.cwd(), repository.root)]
    absolute = next((one for one in seen if one.exists() or one.is_symlink()), None)
    if absolute is None:
        mend = "Give a task folder, a file in one, models.yaml or a suite; or none, for all of them."
        raise CannotRun(f"`{path}` does not exist.", mend=mend)
    for candidate in (_without_dots(absolute), absolute.resolve()):
        for root in (repository.root, repository.root.resolve()):
            if candidate == root or root in candidate.parents:
                return candidate.relative_to(root).parts
    raise CannotRun(f"`{path}` lies outside the pool {repository.root}.", mend="Name another pool with --root.")


def _without_dots(path: Path) -> Path:
    """``path`` with its parents resolved and its last step left as it is."""
    return path.resolve() if path.name in {"", "..", "."} else path.parent.resolve() / path.name


def _unknown(path: Path) -> CannotRun:
    mend = "Give a task folder, a file in one, models.yaml or a suite; or none, for all of them."
    return CannotRun(f"`{path}` is nothing that lint knows.", mend=mend)


def _suite_files(repository: Repository) -> list[Path]:
    return sorted((repository.tasks_folder / SUITES_FOLDER).glob("*.yaml"))
