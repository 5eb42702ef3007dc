"""A task folder as a typed value. Reading one executes nothing that the folder holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from commons.errors import BadFile, Problem, Where
from commons.pool.card import CARD_FILE, Card
from commons.pool.harness_config import HarnessConfig
from commons.pool.items import data_path
from commons.pool.validate import parse
from commons.pool.walk import files_below
from commons.pool.yamlfile import Key, YamlDocument, read_yaml


@dataclass(frozen=True)
class Task:
    """One task folder: its harness configuration and its card, each with the places of their values."""

    folder: Path
    config: HarnessConfig
    config_document: YamlDocument
    card: Card
    card_document: YamlDocument

    @property
    def name(self) -> str:
        """The task's name: the folder's name, which the harness configuration repeats."""
        return self.config.task

    @property
    def hook_files(self) -> tuple[Path, ...]:
        """The Python files of the folder; any of them makes the task need a person's review."""
        return python_files(self.folder)

    @property
    def data_files(self) -> dict[str, list[Path]]:
        """The local data files by split, resolved inside the folder.

        Raises:
            BadFile: a path that leaves the folder, or a missing file.
        """
        return resolve_data_files(self.folder, self.config, self.config_document)


def python_files(folder: Path) -> tuple[Path, ...]:
    """The Python files of a task folder, sorted by name.

    Raises:
        BadFile: the folder is too deep or too full.
    """
    return tuple(sorted(path for path in files_below(folder, caches=False) if path.suffix == ".py"))


def config_path(folder: Path) -> Path:
    """Where a task's harness configuration stands: ``<name>/<name>.yaml``."""
    return folder / f"{folder.name}.yaml"


def read_config_document(folder: Path) -> YamlDocument:
    """Read a task's harness configuration as plain values, with ``include`` files merged as the harness merges them.

    Raises:
        BadFile: every fault found.
    """
    path = config_path(folder)
    return _with_includes(read_yaml(path), folder, {path})


def read_config(folder: Path) -> tuple[HarnessConfig, YamlDocument]:
    """Read a task's harness configuration, with ``include`` files merged as the harness merges them.

    Raises:
        BadFile: every fault found.
    """
    document = read_config_document(folder)
    config = parse(HarnessConfig, document)
    if config.task != folder.name:
        where = document.where(("task",))
        sentence = f"The task is called `{config.task}` but its folder `{folder.name}`."
        raise BadFile([Problem("name", sentence, where, f"Write `task: {folder.name}`, or rename the folder.")])
    return config, document


def read_card(folder: Path) -> tuple[Card, YamlDocument]:
    """Read a task's card.

    Raises:
        BadFile: every fault found.
    """
    document = read_yaml(folder / CARD_FILE)
    return parse(Card, document), document


def read_task(folder: Path) -> Task:
    """Read a whole task folder.

    Raises:
        BadFile: every fault of both files, so that an author sees them at once.
    """
    problems: list[Problem] = []
    parts: list[Any] = []
    for read in (read_config, read_card):
        try:
            parts.append(read(folder))
        except BadFile as error:
            problems.extend(error.problems)
    if problems:
        raise BadFile(problems)
    (config, config_document), (card, card_document) = parts
    return Task(folder, config, config_document, card, card_document)


def resolve_data_files(folder: Path, config: HarnessConfig, document: YamlDocument) -> dict[str, list[Path]]:
    """The data files of ``config`` by split.

    Raises:
        BadFile: every path that leaves the folder, is a link, or names no file.
    """
    problems: list[Problem] = []
    found: dict[str, list[Path]] = {}
    for split, names in config.files_by_split.items():
        where = document.where(("dataset_kwargs", "data_files", split))
        for name in names:
            try:
                found.setdefault(split, []).append(data_path(folder, name, where))
            except BadFile as error:
                problems.extend(error.problems)
    if problems:
        raise BadFile(problems)
    return found


def _with_includes(document: YamlDocument, folder: Path, seen: set[Path]) -> YamlDocument:
    """Merge the files that ``include`` names; local keys win, and each value keeps the place it came from.

    As in the harness, a name is relative to the file that includes it, and no file may be included twice.
    """
    given = document.data.get("include")
    if given is None:
        return document
    where = document.where(("include",))
    data: dict[str, Any] = {}
    places: dict[Key, Where] = {}
    for name in given if isinstance(given, list) else [given]:
        beside = PurePosixPath(document.path.parent.relative_to(folder).as_posix())
        path = data_path(folder, str(beside / str(name)), where, what="included file")
        if path in seen:
            raise BadFile([Problem("include", f"`{name}` is included twice.", where, "Remove one of the includes.")])
        seen.add(path)
        included = _with_includes(read_yaml(path), folder, seen)
        data.update({key: value for key, value in included.data.items() if key != "task_list"})
        places.update(included.places)
    own = {key: value for key, value in document.data.items() if key != "include"}
    places = {key: place for key, place in places.items() if key[0] not in own} | document.places
    return YamlDocument(document.path, {**data, **own}, places)
