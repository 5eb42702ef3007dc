"""The choices of a multiple-choice row, and which of them its answer means. A doubtful answer is never guessed."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from commons.scaffold.rows import strange_character, text_of, tidy

_LETTER = re.compile(r"\(?([A-Za-z])[).:]?")
_DIGITS = re.compile(r"[0-9]{1,3}")
# Choices are shuffled, so none may speak of another by its place.
_SPEAKS_OF_PLACE = re.compile(r"\bof the above\b|^(both|either|neither) [a-h] (and|or|nor) [a-h]\b", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, and how to mend it."""

    sentence: str
    mend: str


def choices_of(cell: JsonValue) -> list[str] | Fault:
    """The choices that one cell lists: a JSON list, or text parted by ``|``."""
    mend = 'Write a JSON list (["red", "blue"]), or part the choices by | (red | blue).'
    if isinstance(cell, str) and cell.startswith("["):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return Fault("The choices begin like a JSON list and are none.", mend)
    if isinstance(cell, str):
        return [tidy(choice) for choice in cell.split("|")]
    if not isinstance(cell, list):
        return Fault("The choices are not a list.", mend)
    texts = [text_of(choice) for choice in cell]
    known = [tidy(text) for text in texts if text is not None]
    return known if len(known) == len(texts) else Fault("A choice is not a text or a number.", mend)


def fault_of_choices(choices: Sequence[str]) -> Fault | None:
    """What is wrong with a list of choices, if anything is."""
    if "" in choices:
        place = list(choices).index("") + 1
        mend = (
            "Fill it. Where questions have different numbers of choices, list them in one column `choices`, parted "
            "by |. (A formula that was never computed reads as empty: open and save the workbook once.)"
        )
        return Fault(f"Choice {place} is empty.", mend)
    if len(choices) < 2:
        return Fault("There are fewer than two choices.", "Write at least two, parted by | or as a JSON list.")
    if strange := strange_character(list(choices)):
        return Fault(f"A choice holds the character {strange}, which is not text.", "Retype it.")
    if twice := next((choice for choice in choices if choices.count(choice) > 1), None):
        return Fault(f"The choice `{_short(twice)}` is there twice.", "Make the choices differ.")
    if spoken := next((choice for choice in choices if _SPEAKS_OF_PLACE.search(choice)), None):
        return Fault(f"The choice `{_short(spoken)}` speaks of others by their place, and choices are shuffled.",
                     "Say it without a place, for example `None of these` or `Both iron and zinc`.")
    return None


def gold_index(choices: Sequence[str], given: JsonValue, answers_from: int | None) -> int | Fault:
    """The place (from 0) of the choice that an answer means: its text, its letter, or its number.

    A number typed in JSON counts from 0, as in the harness; a number written as text is taken only where
    ``answers_from`` says from what it counts. Where two readings lead to different choices, neither is taken.
    """
    text = text_of(given)
    if text is None:
        return Fault("The answer is not a text or a number.", "Write the text of the right choice.")
    text = tidy(text)
    if not text:
        return Fault("The answer is empty.", "Write the text of the right choice, or its letter.")
    typed_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    base = 0 if typed_number and answers_from is None else answers_from
    readings: dict[str, int] = {}
    if text in choices:
        readings["text"] = list(choices).index(text)
    if letter := _LETTER.fullmatch(text):
        place = string.ascii_lowercase.index(letter[1].lower())
        if place < len(choices):
            readings["letter"] = place
    if _DIGITS.fullmatch(text):
        if base is None and not readings:
            return Fault(f"The answer `{text}` is a number, and it is not said whether the first choice is 0 or 1.",
                         "Pass --answers-from 0 or --answers-from 1, or write letters or the choices' texts.")
        if base is not None and 0 <= int(text) - base < len(choices):
            readings["number"] = int(text) - base
    if len(set(readings.values())) > 1:
        ways = " and ".join(f"by its {way} `{_short(choices[place])}`" for way, place in readings.items())
        return Fault(f"The answer `{_short(text)}` means {ways}.", "Write the answers of this file another way.")
    if not readings:
        return Fault(f"The answer `{_short(text)}` is none of the choices.",
                     "Write the exact text of a choice, or its letter.")
    return next(iter(readings.values()))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
