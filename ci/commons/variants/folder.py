"""Varied task folders: a whole copy of a task in which only what the variant changes is changed. Data, never code."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from commons.errors import BadFile
from commons.pool.hashing import folder_digest
from commons.pool.items import MAX_DATA_BYTES, DataRow, read_rows
from commons.pool.task import Task, config_path, read_task
from commons.pool.walk import entries_below
from commons.pool.yamlfile import read_text
from commons.variants.registry import CannotVary, Change, RowChange, Variant

#: What may not stand in a YAML file as it is, or would end a line there; JSON lets all of it stand.
_WRITTEN_OUT = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def materialise(task: Task, variant: Variant, into: Path) -> Task:
    """Write the varied folder to ``into/<variant>/<task>`` and read it; equal contents are left as they stand.

    The bytes depend on the task's folder and the variant alone, so that what is memoised by the folder's digest holds.

    Raises:
        CannotVary: the variant means nothing for the task, or changes nothing in it.
        BadFile: the task's files cannot be read.
    """
    change = variant.change(task)
    place = into / variant.name / task.name
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{task.name}."))
    try:
        made = scratch / task.name
        copy_folder(task.folder, made)
        changed = _settle(task, change, made)
        if change.row is not None:
            changed = _rewrite(task, change.row, made, every_split=change.every_split) or changed
        if not changed:
            raise CannotVary("It changes nothing in any item.")
        _put(made, place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return read_task(place)


def copy_folder(source: Path, target: Path) -> None:
    """Copy the files and folders below ``source``, readable by everyone, without what Python keeps beside modules.

    Raises:
        CannotVary: the folder holds a link or something that is neither file nor folder.
        BadFile: the folder is too deep or too full.
    """
    target.mkdir()
    target.chmod(0o755)
    for entry in entries_below(source):
        path = Path(entry.path).relative_to(source)
        if "__pycache__" in path.parts:
            continue
        if entry.is_dir(follow_symlinks=False):
            (target / path).mkdir()
            (target / path).chmod(0o755)
        elif entry.is_file(follow_symlinks=False):
            shutil.copyfile(entry.path, target / path)
            (target / path).chmod(0o644)
        else:
            raise CannotVary(f"The task's folder holds `{path.name}`, which is no file, so it cannot be copied.")


def quoted(text: str) -> str:
    """``text`` as a value of a YAML file: JSON's quotes leave no doubt about colons, and YAML reads JSON.

    Characters beyond the first 65,536 stand as they are, because YAML reads JSON's two halves of one as two characters.
    """
    return _WRITTEN_OUT.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _settle(task: Task, change: Change, made: Path) -> bool:
    """Write the changed keys of the configuration, which includes the task's own under another name."""
    known = task.config_document.data
    if all(known.get(key) == value for key, value in change.settings.items()):
        return False
    own = free_name(made)
    config_path(made).rename(made / own)
    lines = [f"include: {own}", *(f"{key}: {quoted(text)}" for key, text in sorted(change.settings.items()))]
    config_path(made).write_text("\n".join(lines) + "\n", encoding="utf-8")
    config_path(made).chmod(0o644)
    return True


def free_name(folder: Path) -> str:
    """A name for the task's own configuration that no file of the folder has."""
    names = (f"canonical_format{'_' * times}.yaml" for times in itertools.count())
    return next(name for name in names if not os.path.lexists(folder / name))


def _rewrite(task: Task, change: RowChange, made: Path, *, every_split: bool) -> bool:
    """Put the rows through the change; lines of rows that it leaves alone keep their bytes."""
    split = task.config.evaluated_split
    paths = dict.fromkeys(path for name, several in task.data_files.items() for path in several
                          if every_split or name == split)
    changed = False
    for path in paths:
        rows, problems = read_rows(path)
        if problems:
            raise BadFile(problems)
        lines = read_text(path, MAX_DATA_BYTES).split("\n")
        for row in rows:
            line = _changed_line(row, task, change)
            if line is not None:
                lines[row.where.line - 1] = line
                changed = True
        (made / path.relative_to(task.folder)).write_bytes("\n".join(lines).encode())
    return changed


def _changed_line(row: DataRow, task: Task, change: RowChange) -> str | None:
    """The line of a changed row; None where the row stays as it is."""
    new = change(id_of(row, task), row.values)
    return None if new == row.values else json.dumps(dict(new), allow_nan=False)


def id_of(row: DataRow, task: Task) -> str:
    """The id that the row itself carries.

    Raises:
        CannotVary: it carries none, and an id made of its content would be another one after any change.
    """
    column = task.card.fields.id
    named = row.values.get(column) if column else None
    if not isinstance(named, (str, int)) or isinstance(named, bool) or not str(named):
        raise CannotVary("Its rows carry no id, so that a changed row would pass for another item.")
    return str(named)


def _put(made: Path, place: Path) -> None:
    """Let ``made`` take the place of what stands in ``place``, unless that is equal."""
    if place.is_dir() and not place.is_symlink():
        if folder_digest(place) == folder_digest(made):
            return
        # What stands there goes with the scratch folder.
        place.rename(made.parent / f"{made.name}.old")
    made.rename(place)
