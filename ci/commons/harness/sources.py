"""What hooks can go by, as the caller reads it: the digests that stand in a task's hash for hooks and their items.

They are taken outside of the process that runs the hooks: a hook that says which hook it is could say anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from commons.pool.yamlfile import FunctionRef, Key

#: What a configuration can say that no rendering shows, and what it is where nothing is said.
_UNSHOWN = {"unsafe_code": False, "doc_to_image": None, "doc_to_audio": None}
#: What code that makes the items is given beside them.
_GIVEN_TO_CODE = ("metadata", "dataset_kwargs")


@dataclass(frozen=True)
class Sources:
    """The digest of a task's hooks and of what lies beside them, and one for the row of each item.

    ``hooks`` is None where the task has none, ``functions`` where the configuration names none and has no other
    setting that a rendering does not show. ``rest`` stands for items that are no row of the folder, because a hook
    makes them or they lie on the Hub: it is taken over all rows, or over what names the data.
    """

    hooks: str | None
    functions: str | None
    rows: Mapping[str, str]
    rest: str

    def named_in(self, rendering: TaskRendering) -> TaskRendering:
        """The rendering with these digests, whatever its worker said of them."""
        items, hooks = rendering.items, self.hooks
        if hooks is not None:
            items = tuple(item.model_copy(update={"content_sha256": self.rows.get(item.id, self.rest)})
                          for item in items)
            asked = {item.id for item in items}
            # A row that no item came from was dropped by a hook, which may have read it for the others.
            unasked = sorted(digest for name, digest in self.rows.items() if name not in asked)
            hooks = sha256_json([hooks, unasked])
        return rendering.model_copy(update={"hooks_sha256": hooks, "functions_sha256": self.functions, "items": items})


def sources_of(task: Task) -> Sources:
    """The digests of a task's folder as it is now.

    The Python of the folder enters, whatever else lies beside it, and the rows without their canary; prose, card and
    configuration do not.

    Raises:
        BadFile: the folder is deeper or fuller than any task needs.
    """
    functions = dict(_functions(task))
    settings = dict(_settings(task))
    said = sha256_json({"functions": functions, "settings": settings}) if functions or settings else None
    if not task.hook_files and not functions:
        return Sources(None, said, {}, "")
    split = task.config.evaluated_split or ""
    data = {path: name for name, paths in task.data_files.items() for path in paths}
    known = {path for path in (task.folder / "README.md", task.folder / CARD_FILE, config_path(task.folder))
             if not path.is_symlink()}
    known |= {path for path, name in data.items() if name == split}
    files = [(path.relative_to(task.folder).as_posix(), _of_rows(path, task) if path in data else _of_file(path))
             for path in files_below(task.folder, caches=False) if path not in known]
    rows = [row for path in task.data_files.get(split, []) for row in _rows(path)]
    digests = [_of_row(row, task.card.fields.canary) for row in rows]
    named = {key: str(task.config_document.data.get(key)) for key in ("dataset_path", "dataset_name", "dataset_kwargs")}
    return Sources(
        hooks=sha256_json(sorted(files)), functions=said,
        rows=dict(zip(item_ids(rows, task.card.fields), digests, strict=True)),
        rest=sha256_json(sorted(digests) or named),
    )


def _functions(task: Task) -> Iterator[tuple[str, str]]:
    """Every function that the configuration names, by where it does; a name is looked up beside the file it is in."""
    waiting: list[tuple[Key, object]] = [((), task.config_document.data)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, FunctionRef):
            beside = task.config_document.where(key).path.parent.relative_to(task.folder).as_posix()
            yield ".".join(map(str, key)), f"{beside}/{value.name}"
        elif isinstance(value, dict):
            waiting += [((*key, str(name)), one) for name, one in value.items()]
        elif isinstance(value, (list, tuple)):
            waiting += [((*key, index), one) for index, one in enumerate(value)]


def _settings(task: Task) -> Iterator[tuple[str, str]]:
    """What else of the configuration can decide a score and is in no rendering, where it is not as usual."""
    config = task.config
    for name, usual in _UNSHOWN.items():
        if (value := getattr(config, name)) != usual:
            yield name, str(value)
    for entry in config.metric_list or []:
        if entry.hf_evaluate:
            yield f"hf_evaluate of {entry.metric}", "true"
    if config.custom_dataset is not None or config.task_class is not None:
        for name in _GIVEN_TO_CODE:
            yield name, str(task.config_document.data.get(name))


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
