"""``results/amendments.jsonl``: what was corrected or withdrawn, why, before and after. Append-only."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.pool.card import Handle, Sentence
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.validate import Strict
from commons.pool.yamlfile import read_text


class Amendment(Strict):
    """One line: a change to the ledger that was not a new measurement."""

    date: datetime.date = Field(description="When (YYYY-MM-DD).")
    kind: Literal["corrected", "withdrawn"] = Field(description="`corrected` or `withdrawn`.")
    task: str = Field(description="The task.")
    model: str | None = Field(None, description="The model; null for all models of the task.")
    variant: str | None = Field(None, description="The variant; null for all.")
    reason: Sentence = Field(description="Why.")
    before: float | None = Field(None, description="The headline before, if there was one.")
    after: float | None = Field(None, description="The headline after, if there is one.")
    by: Handle = Field(description="The GitHub handle of who decided it.")


def read_amendments(path: Path) -> tuple[Amendment, ...]:
    """Read the amendments; none where the file does not exist yet.

    Raises:
        BadFile: a line that is not an amendment.
    """
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(read_text(path, MAX_DATA_BYTES).splitlines(), start=1):
        try:
            found.append(Amendment.model_validate_json(line))
        except ValidationError as error:
            one = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in one["loc"])
            mend = "Write one JSON object a line with the keys of an amendment."
            raise BadFile([Problem("amendment", f"`{name}`: {one['msg']}.", Where(path, number), mend)]) from error
    return tuple(found)
