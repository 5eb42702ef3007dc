"""What was spent on endpoints (``results/spending/<YYYY-MM>/<run>.json``): a file for each run, in the month it ended.

Files, because they are reviewed, come with the clone, and two runs at once never write the same one.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints, ValidationError, model_validator

from commons.errors import BadFile, Problem, Where
from commons.pool.cell import Amount
from commons.pool.models import ModelId
from commons.pool.sentinels import SENTINELS, read_sentinels
from commons.pool.validate import Strict
from commons.pool.yamlfile import read_text

SPENDING = "spending"
_MAX_BYTES = 1_000_000
_MONTH = r"\d{4}-(0[1-9]|1[0-2])"

RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Month = Annotated[str, StringConstraints(pattern=rf"^{_MONTH}$")]


class Spending(Strict):
    """What one run spent, in US dollars, all together and on each model."""

    schema_version: Literal[1] = 1
    run: RunId
    month: Month
    dollars: Amount
    by_model: dict[ModelId, Amount]

    @model_validator(mode="after")
    def _adds_up(self) -> Spending:
        if not math.isclose(self.dollars, math.fsum(self.by_model.values()), abs_tol=1e-6):
            raise ValueError("the dollars are not those of the models together")
        return self


def month_of(when: datetime.datetime) -> str:
    """The month (``YYYY-MM``) in UTC."""
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m")


def spending_path(results: Path, month: str, run: str) -> Path:
    """Where the spending of a run stands."""
    return results / SPENDING / month / f"{run}.json"


def to_text(spending: Spending) -> str:
    """The file's text."""
    return json.dumps(spending.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_spending(path: Path) -> Spending:
    """Read the spending of one run.

    Raises:
        BadFile: the file is not what the format asks for, or stands elsewhere than it says.
    """
    try:
        spending = Spending.model_validate_json(read_text(path, _MAX_BYTES))
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in one["loc"])
        raise _bad(path, f"`{name}`: {one['msg']}." if name else f"{one['msg']}.") from error
    if (spending.month, spending.run) != (path.parent.name, path.stem):
        raise _bad(path, f"The file is about the run `{spending.run}` of {spending.month}.")
    return spending


def spent_in(results: Path, month: str) -> float:
    """The dollars that runs and sentinels spent in a month (``YYYY-MM``, UTC).

    Raises:
        BadFile: a file cannot be read. What was spent is then not known, and no cap could be kept.
        ValueError: it is no month.
    """
    if re.fullmatch(_MONTH, month) is None:
        raise ValueError(f"{month!r} is no month; write it as 2026-11")
    runs = [read_spending(path).dollars for path in sorted((results / SPENDING / month).glob("*.json"))]
    checks = [check.dollars or 0.0 for path in sorted((results / SENTINELS).glob("*.json"))
              for check in read_sentinels(path).checks if month_of(check.when) == month]
    return math.fsum([*runs, *checks])


def _bad(path: Path, sentence: str) -> BadFile:
    return BadFile([Problem("spending", sentence, Where(path, 1), "Restore the file from git.")])
