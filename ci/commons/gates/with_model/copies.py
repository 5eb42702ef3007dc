"""Changed copies of a task folder: columns emptied, rows changed, settings overridden. Data, never code."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commons.pool.items import read_rows
from commons.pool.task import Task, config_path
from commons.pool.walk import entries_below
from commons.variants.folder import free_name, quoted


@dataclass(frozen=True)
class Change:
    """What a copy has that the task has not: keys of the configuration, and rows put through ``row``."""

    settings: Mapping[str, str] = field(default_factory=dict)
    row: Callable[[dict[str, Any]], dict[str, Any]] | None = None


@contextlib.contextmanager
def copied(task: Task, change: Change) -> Iterator[Path]:
    """A changed copy in a scratch folder that goes away with the block; it keeps the task's name."""
    with tempfile.TemporaryDirectory(prefix="commons-variant-") as scratch:
        folder = Path(scratch, "tasks", task.name)
        # The sandbox runs as another user, who must be able to reach the copy.
        Path(scratch).chmod(0o755)
        _copy(task.folder, folder)
        if change.settings:
            canonical = free_name(folder)
            config_path(folder).rename(folder / canonical)
            lines = [f"include: {canonical}", *(f"{key}: {quoted(text)}" for key, text in change.settings.items())]
            config_path(folder).write_text("\n".join(lines) + "\n", encoding="utf-8")
        if change.row is not None:
            for path in {path for paths in task.data_files.values() for path in paths}:
                _rewrite(path, folder / path.relative_to(task.folder), change.row)
        yield folder


def _copy(source: Path, target: Path) -> None:
    """Copy the files and folders below ``source``. What is neither is left out: a pipe would be read without end."""
    target.mkdir(parents=True)
    for entry in entries_below(source):
        to = target / Path(entry.path).relative_to(source)
        if entry.is_dir(follow_symlinks=False):
            to.mkdir()
        elif entry.is_symlink():
            to.symlink_to(Path(entry.path).readlink())
        elif entry.is_file(follow_symlinks=False):
            shutil.copy2(entry.path, to)


def _rewrite(source: Path, target: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    rows, _ = read_rows(source)
    lines = [json.dumps(change(dict(row.values)), ensure_ascii=False) + "\n" for row in rows]
    target.write_text("".join(lines), encoding="utf-8")


def emptied(columns: frozenset[str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Empty these columns: a text becomes none, a list keeps its length, so that templates still render."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return {key: _empty(value) if key in columns else value for key, value in row.items()}

    return change


def _empty(value: Any) -> Any:
    if isinstance(value, str):
        return ""
    if isinstance(value, list):
        return [_empty(one) for one in value]
    return value
