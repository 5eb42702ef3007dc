"""``results/amendments.jsonl``: what was corrected or withdrawn, why, before and after. Append-only."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.pool.card import Handle, Sentence
from commons.pool.cell import CANONICAL, Finite
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.validate import Strict
from commons.pool.yamlfile import read_text

AMENDMENTS_FILE = "amendments.jsonl"
Kind = Literal["corrected", "withdrawn"]
#: What the paired test of two models says of their order; lines of the first days said it from their intervals.
Order = Literal["first ahead", "second ahead", "no clear order", "not compared"]


class Place(Strict):
    """A rank with its uncertainty: the best and the worst place that the paired tests of all pairs allow."""

    best: int = Field(ge=1, description="One more than the number of models that are clearly ahead.")
    worst: int = Field(ge=1, description="The number of models compared, less those that are clearly behind.")


class Effect(Strict):
    """What became of one cell's headline and place."""

    model: str = Field(description="The model.")
    variant: str = Field(CANONICAL, description="The variant.")
    before: Finite | None = Field(None, description="The headline before; null where there was none.")
    after: Finite | None = Field(None, description="The headline after; null where there is none.")
    place_before: Place | None = Field(None, description="Its place on the task before.")
    place_after: Place | None = Field(None, description="Its place on the task after.")


class PairChange(Strict):
    """Two models about which the task now says something else."""

    first: str = Field(description="A model.")
    second: str = Field(description="Another model, later in the alphabet.")
    before: Order = Field(description="What was known of their order before.")
    after: Order = Field(description="What is known of it now.")


class Amendment(Strict):
    """One line: a change to the ledger that was not a new measurement."""

    date: datetime.date = Field(description="When (YYYY-MM-DD).")
    kind: Kind = Field(description="`corrected` or `withdrawn`.")
    task: str = Field(description="The task.")
    model: str | None = Field(None, description="The model; null for all models of the task.")
    variant: str | None = Field(None, description="The variant; null for all.")
    reason: Sentence = Field(description="Why.")
    before: Finite | None = Field(None, description="The headline before, where one cell is meant and had one.")
    after: Finite | None = Field(None, description="The headline after, where one cell is meant and has one.")
    by: Handle = Field(description="The GitHub handle of who decided it.")
    effects: tuple[Effect, ...] = Field((), description="Each cell whose headline or place differs.")
    pairs: tuple[PairChange, ...] = Field((), description="Each pair of models whose order differs.")


def to_line(amendment: Amendment) -> str:
    """The line of the file, with its end."""
    return amendment.model_dump_json(exclude_defaults=True) + "\n"


def parse_amendments(text: str, path: Path) -> tuple[Amendment, ...]:
    """The amendments of a file's text; ``path`` is for messages.

    Raises:
        BadFile: a line that is not an amendment.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            found.append(Amendment.model_validate_json(line))
        except ValidationError as error:
            one = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in one["loc"])
            mend = "Write one JSON object a line with the keys of an amendment."
            raise BadFile([Problem("amendment", f"`{name}`: {one['msg']}.", Where(path, number), mend)]) from error
    return tuple(found)


def read_amendments(path: Path) -> tuple[Amendment, ...]:
    """Read the amendments; none where the file does not exist yet.

    Raises:
        BadFile: a line that is not an amendment.
    """
    return parse_amendments(read_text(path, MAX_DATA_BYTES), path) if path.exists() else ()


def only_appended(old: str | None, new: str | None) -> bool:
    r"""Whether the new file is the old one plus whole lines; None is a file that is not there.

    >>> only_appended("a\n", "a\nb\n"), only_appended("a\n", "b\n"), only_appended("a\n", None)
    (True, False, False)
    """
    return appended_fault(old, new, Path(AMENDMENTS_FILE)) is None


def appended_fault(old: str | None, new: str | None, path: Path) -> Problem | None:
    """The first line at which a file of amendments is not the old one plus whole lines; None where it is."""
    mend = f"Restore it (git checkout origin/main -- {path.as_posix()}) and add a line: commons amend --help"
    if not old:
        old = ""
    elif new is None:
        return Problem("amendment", "The amendments were deleted; they are kept for ever.", Where(path), mend)
    new = new or ""
    kept, now = old.removesuffix("\n").split("\n") if old else [], new.split("\n")
    for number, line in enumerate(kept, start=1):
        if number > len(now) or now[number - 1] != line:
            what = "is gone" if number > len(now) or line not in now[number - 1 :] else "was moved"
            if what == "is gone" and number <= len(now) and now[number - 1]:
                what = "was changed"
            sentence = f"An amendment {what}; lines are only ever added at the end."
            return Problem("amendment", sentence, Where(path, number), mend)
    if new and not new.endswith("\n"):
        return Problem("amendment", "The last line has no end.", Where(path, len(now)), "End the file with a newline.")
    return None
