"""The scratch copy that the demo works in, and the contribution it makes there."""

from __future__ import annotations

import datetime
import re
import shutil
from pathlib import Path

from commons.pool.card import CARD_FILE
from commons.pool.repository import Repository
from commons.scaffold.card import Particulars
from commons.scaffold.folder import files_of, write_folder
from commons.scaffold.items import Reading, read_items
from commons.scaffold.tables import read_table

TASK = "household_tools"
ITEMS = Path(__file__).with_name("household_tools.csv")

# Fixed, so that a second demo makes the same prompts and finds their answers in the store.
_SEED = 20261123
_UNIQUE = "4f6d1c1e-7d5b-4c5e-9f00-2a6b8d3e9c10"

#: What the author of the example writes in the places that `commons new` leaves to be edited.
_WRITTEN = {
    "summary": "Knowing which tool people use for an everyday job in the house or garden.",
    "source": "Written for this demonstration.",
    "collected": "Thirty-two questions with one right tool and three that serve for something else.",
    "annotators": "The project's authors.",
    "known_biases": "Tools of well-equipped European homes.",
    "ai_use": "The questions were written by a language model.",
}

_COPIED = ("models.yaml", "tasks", "results", "site")


def scratch_copy(pool: Repository, folder: Path) -> Repository:
    """Copy what the demo needs of ``pool`` into ``folder``; what an earlier demo kept for itself stays.

    The copy is made afresh each time, so nothing that is tried in it can touch the pool.
    """
    for name in _COPIED:
        source, target = pool.root / name, folder / name
        if target.is_dir():
            shutil.rmtree(target)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", TASK))
        elif source.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    (folder / "tasks").mkdir(parents=True, exist_ok=True)
    return Repository(folder)


def contribute(scratch: Repository, today: datetime.date) -> Path:
    """Make the example task from its spreadsheet, as ``commons new`` does, and fill in its card."""
    items = read_items(read_table(ITEMS), "multiple_choice", Reading(None, multiple_answers=False))
    who = Particulars(name=TASK, title="Household tools", domain="general", language="en", owner="a-contributor",
                      licence="CC-BY-4.0")
    files = dict(files_of(who, items, today=today, unique=_UNIQUE, seed=_SEED, examples=False))
    for key, text in _WRITTEN.items():
        files[CARD_FILE] = re.sub(rf"(?m)^( *{key}:) .*$", rf'\1 "{text}"', files[CARD_FILE])
    return write_folder(scratch.tasks_folder, TASK, files)
