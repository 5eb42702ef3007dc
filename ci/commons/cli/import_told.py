"""What ``commons import`` was told: what is missing, all at once, and what is not as it should be, in words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from commons.errors import BadFile, CannotRun
from commons.evaluate.importing.outside import Told
from commons.scaffold.tables import read_table

#: What to write behind each option.
_EXAMPLES = {
    "--task": "--task NAME", "--model": "--model ID", "--source": '--source "an address, or a sentence"',
    "--measured": "--measured 2026-05-01", "--item": "--item COLUMN", "--score": "--score COLUMN",
}

#: What a value has to look like, in words, by the name of its field.
_FORMS = {
    "task": "lower-case letters, digits and `_`, from 3 to 64 of them, a letter first, for example my_wards",
    "model": "lower-case letters, digits, `.`, `_` and `-`, at most 64 of them, for example my-model-7b",
    "how": "lower-case letters, digits, `.`, `_` and `-`, at most 40 of them, for example cot",
    "source": "an address (https://example.org/outputs), or a sentence of three words or more that says where the "
              "results come from",
    "measured": "a date as 2026-05-01: year, month, day",
    "note": "a sentence",
}
_OPTIONS = {"how": "--as"}


def missing_options(file: Path, given: Mapping[str, str | None]) -> None:
    """Refuse to go on without what has to be said, and name all of it.

    Raises:
        CannotRun: with what to add, and the file's columns where one is to be named.
    """
    lacking = [option for option, value in given.items() if value is None]
    if not lacking:
        return
    mend = f"Add: {' '.join(_EXAMPLES[option] for option in lacking)}"
    if {"--item", "--score"} & set(lacking):
        try:
            mend += f" (the columns of the file: {', '.join(read_table(file).columns)})"
        except BadFile:
            mend += " (the file itself cannot be read as a table)"
    raise CannotRun(f"Not everything was said: {', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing.",
                    mend=mend)


def told_of(today: datetime.date, measured: str | None, **given: object) -> Told:
    """Check what was said.

    Raises:
        CannotRun: a value has not the form it needs, or the date is still to come.
    """
    try:
        day = datetime.datetime.strptime(measured or "", "%Y-%m-%d").date()
    except ValueError as error:
        raise _unfit("measured", measured) from error
    try:
        told = Told.model_validate({**given, "measured": day})
    except ValidationError as error:
        name = str(error.errors(include_url=False)[0]["loc"][0])
        raise _unfit(name, given[name]) from error
    if told.measured > today:
        raise CannotRun(f"--measured {told.measured.isoformat()} is still to come; today is {today.isoformat()}.",
                        mend="Give the day on which the results were measured.")
    return told


def _unfit(name: str, given: object) -> CannotRun:
    return CannotRun(f"{_OPTIONS.get(name, f'--{name}')} `{given}` is not what it should be.",
                     mend=f"Write {_FORMS.get(name, 'another value')}.")
