"""What hooks can go by, as the caller reads it: the digests that stand in a task's hash for hooks and their items.

They are taken outside of the process that runs the hooks: a hook that says which hook it is could say anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.errors import BadFile
from commons.harness.rendering import TaskRendering
from commons.pool.card import CARD_FILE
from commons.pool.hashing import sha256_file, sha256_json
from commons.pool.items import item_ids, read_rows
from commons.pool.task import Task, config_path
from commons.pool.walk import files_below


@dataclass(frozen=True)
class Sources:
    """The digest of a task's hooks and of what lies beside them, and one for the row of each item.

    ``hooks`` is None where the task has none. ``rest`` stands for items that are no row of the folder, because a hook
    makes them or they lie on the Hub: it is taken over all rows, or over what names the data.
    """

    hooks: str | None
    rows: Mapping[str, str]
    rest: str

    def named_in(self, rendering: TaskRendering) -> TaskRendering:
        """The rendering with these digests, whatever its worker said of them."""
        items = rendering.items
        if self.hooks is not None:
            items = tuple(item.model_copy(update={"content_sha256": self.rows.get(item.id, self.rest)})
                          for item in items)
        return rendering.model_copy(update={"hooks_sha256": self.hooks, "items": items})


def sources_of(task: Task) -> Sources:
    """The digests of a task's folder as it is now.

    The Python of the folder enters, whatever else lies beside it, and the rows without their canary; prose, card and
    configuration do not.

    Raises:
        BadFile: the folder is deeper or fuller than any task needs.
    """
    if not task.hook_files:
        return Sources(None, {}, "")
    split = task.config.evaluated_split or ""
    data = {path: name for name, paths in task.data_files.items() for path in paths}
    known = {task.folder / "README.md", task.folder / CARD_FILE, config_path(task.folder)}
    known |= {path for path, name in data.items() if name == split}
    files = [(path.relative_to(task.folder).as_posix(), _of_rows(path, task) if path in data else _of_file(path))
             for path in files_below(task.folder, caches=False) if path not in known]
    rows = [row for path in task.data_files.get(split, []) for row in _rows(path)]
    digests = [_of_row(row, task.card.fields.canary) for row in rows]
    named = {key: str(task.config_document.data.get(key)) for key in ("dataset_path", "dataset_name", "dataset_kwargs")}
    return Sources(
        hooks=sha256_json(sorted(files)),
        rows=dict(zip(item_ids(rows, task.card.fields), digests, strict=True)),
        rest=sha256_json(sorted(digests) or named),
    )


def _of_file(path: Path) -> str:
    """The digest of a file; a link is named and never followed."""
    if path.is_symlink():
        return f"link:{path.readlink()}"
    return sha256_file(path) if path.is_file() else "no file"


def _of_rows(path: Path, task: Task) -> str:
    """The digest of a data file's rows in any order."""
    return sha256_json(sorted(_of_row(row, task.card.fields.canary) for row in _rows(path)))


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    try:
        return [row.values for row in read_rows(path)[0]]
    except BadFile:
        # The harness may yet read what lint would not have: such a file is one row.
        return [{"file": sha256_file(path)}]


def _of_row(row: Mapping[str, Any], canary: str) -> str:
    content = {key: value for key, value in row.items() if key != canary}
    try:
        return sha256_json(content)
    except ValueError:
        # A number such as 1e999, which is infinite once it is read.
        return sha256_json(repr(content))
