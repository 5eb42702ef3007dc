"""The folder of a new task: its name, its files, and writing it all at once or not at all."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from commons.errors import BadFile, CannotRun, Problem, Where
from commons.pool.card import CARD_FILE, Card, Handle, LanguageTag, Sentence, Spdx, new_canary
from commons.pool.harness_config import TaskName
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.task import read_task
from commons.pool.vocabulary import DOMAINS
from commons.scaffold.card import Particulars, card_text, readme_text
from commons.scaffold.items import ItemSet
from commons.scaffold.order import DataRow, data_rows
from commons.scaffold.presets import preset_of
from commons.scaffold.rows import strange_character
from commons.scaffold.yamltext import template_path

DATA_FILE = "data/test.jsonl"
HOOKS_FILE = "hooks.py"
NAME_RULE = "3 to 64 characters: lower-case letters a-z, digits and underscores, beginning with a letter"
NO_OWNER = "your-github-handle"

# Names that Windows keeps for devices: a folder called so cannot be checked out there.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
_MAX_TITLE = 80


def refuse_name(tasks: Path, name: str) -> None:
    """Refuse a name that no new task can have.

    Raises:
        CannotRun: the name breaks the rule, or its folder exists.
    """
    if not _is(TaskName, name) or _DEVICES.fullmatch(name):
        proposal = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")[:64].rstrip("_")
        proposed = f", for example `{proposal}`" if _is(TaskName, proposal) and not _DEVICES.fullmatch(proposal) else ""
        reason = " Windows keeps it for a device." if _DEVICES.fullmatch(name) else ""
        raise CannotRun(f"`{name}` cannot be a task's name.{reason}", where=Where(tasks),
                        mend=f"Choose {NAME_RULE}{proposed}.")
    folder = tasks / name
    if folder.exists() or folder.is_symlink():
        raise CannotRun(f"The task `{name}` exists, and nothing here is ever overwritten.", where=Where(folder),
                        mend="Choose another name, or move that folder away first.")


def checked(who: Particulars) -> Particulars:
    """The particulars with the title on one line, each of them checked.

    Raises:
        CannotRun: one of them cannot stand in a card.
    """
    title = " ".join(who.title.split())
    if not _is(Sentence, title) or len(title) > _MAX_TITLE or strange_character(title):
        raise CannotRun(f"The title {title[:90]!r} cannot stand in a card.",
                        mend=f"Give --title one line of 1 to {_MAX_TITLE} characters.")
    if who.domain not in DOMAINS:
        raise CannotRun(f"The domain `{who.domain}` is not known.", mend=f"Give --domain one of {', '.join(DOMAINS)}.")
    for option, kind, value, field in (
        ("language", LanguageTag, who.language, "languages"),
        ("owner", Handle, who.owner, "owners"),
        ("licence", Spdx, who.licence, "licence"),
    ):
        if not _is(kind, value):
            raise CannotRun(f"`--{option} {value}` cannot stand in a card.",
                            mend=f"Correct it. {Card.model_fields[field].description}")
    return Particulars(who.name, title, who.domain, who.language, who.owner, who.licence)


def handle_of(github_user: str, user_name: str) -> str:
    """The owner's handle as git knows it: ``github.user``, else one made of ``user.name``, else a placeholder.

    >>> handle_of("", "Ana María Pérez"), handle_of("", "")
    ('ana-maria-perez', 'your-github-handle')
    """
    if _is(Handle, github_user):
        return github_user
    plain = unicodedata.normalize("NFKD", user_name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:39].rstrip("-")
    return made if _is(Handle, made) else NO_OWNER


def files_of(
    who: Particulars, items: ItemSet, *, today: datetime.date, unique: str, seed: int, examples: bool
) -> Mapping[str, str]:
    """The files of the folder by path, in the order people read them. The same arguments give the same bytes.

    ``unique`` is the canary's UUID; ``examples`` says whether the items are the ones a task made from nothing has.
    """
    canary = new_canary(unique)
    preset = preset_of(who.name, items)
    files = {
        f"{who.name}.yaml": preset.harness,
        CARD_FILE: card_text(who, items, preset, today=today, canary=canary, seed=seed),
        "README.md": readme_text(who, items, preset, examples=examples),
        DATA_FILE: _json_lines(data_rows(items, seed, canary)),
    }
    if items.kind == "structured":
        files[HOOKS_FILE] = template_path(HOOKS_FILE).read_text(encoding="utf-8")
    return files


def write_folder(tasks: Path, name: str, files: Mapping[str, str]) -> Path:
    """Write the folder ``tasks/name`` and read it back as a task; on any error nothing is left behind.

    Raises:
        CannotRun: the name cannot be had, or the disk refuses.
        BadFile: the data is too large, or what was written does not read as a task.
    """
    refuse_name(tasks, name)
    if len(files[DATA_FILE].encode()) > MAX_DATA_BYTES:
        sentence = f"The items take more than {MAX_DATA_BYTES:,} bytes."
        mend = "Draw a sample of them, or put the data on the Hub."
        raise BadFile([Problem("size", sentence, Where(tasks / name / DATA_FILE), mend)])
    try:
        # A name that begins with a point is no task: nothing reads the folder while it is being written.
        beside = Path(tempfile.mkdtemp(prefix=".new-", dir=tasks))
        try:
            return _written(beside / name, files).rename(tasks / name)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise CannotRun(f"The folder cannot be written: {error.strerror}.", where=Where(tasks / name),
                        mend="Free some space, or get the right to write there.") from error


def _written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    read_task(folder)
    return folder


def _json_lines(rows: Sequence[DataRow]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)


def _is(kind: Any, value: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True
