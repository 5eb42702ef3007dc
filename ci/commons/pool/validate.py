"""The edge where outside data becomes typed values: pydantic's errors turned into sentences with file and line."""

from __future__ import annotations

import difflib
import re
import types
import typing
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from commons.errors import BadFile, Problem
from commons.pool.yamlfile import Key, YamlDocument

UNKNOWN_WORD = "unknown_word"

#: A misspelt word that is so like exactly one known word (difflib's ratio) can mean no other.
MEANT = 0.85


class Strict(BaseModel):
    """The base of every file format here: frozen, and an unknown key is a fault and never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, arbitrary_types_allowed=True)


Parsed = TypeVar("Parsed", bound=BaseModel)

#: Letters and signs that take room and show nothing.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


#: The longest text of one field of a card or a model's entry, in characters.
MOST_TEXT = 10_000


def shows_something(text: str) -> str:
    """The text, which must have a character that can be seen, and at most ``MOST_TEXT`` of them."""
    if len(text) > MOST_TEXT:
        raise ValueError(f"longer than {MOST_TEXT:,} characters")
    if not any(character not in _BLANK and unicodedata.category(character)[0] in "LNPS" for character in text):
        raise ValueError("nothing in it can be seen")
    return text


def parse(model: type[Parsed], document: YamlDocument) -> Parsed:
    """Read ``document`` as ``model``.

    Raises:
        BadFile: with one problem for each fault, each at its own line.
    """
    return parse_part(model, document, document.data, ())


def parse_part(model: type[Parsed], document: YamlDocument, data: Any, key: Key) -> Parsed:
    """Read the value that stands at ``key`` of ``document`` as ``model``; raises as :func:`parse`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        faults = _of_nearest_branch([_Fault(*_without_branches(data, one), one) for one in found])
        raise BadFile([_problem(model, document, key, fault.loc, fault.error) for fault in faults]) from error


@dataclass(frozen=True)
class _Fault:
    """One of pydantic's errors: where it stands in the file, and which branch of which union it was tried as."""

    loc: Key
    branches: tuple[tuple[Key, str | int], ...]
    error: Any


def _without_branches(data: Any, error: Any) -> tuple[Key, tuple[tuple[Key, str | int], ...]]:
    """Part pydantic's ``loc`` into keys that stand in the file and names of union branches, which do not."""
    loc: Key = ()
    branches: list[tuple[Key, str | int]] = []
    for index, part in enumerate(error["loc"]):
        last = index == len(error["loc"]) - 1
        if isinstance(data, dict) and (part in data or (last and error["type"] == "missing")):
            loc, data = (*loc, part), data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            loc, data = (*loc, part), data[part]
        else:
            branches.append((loc, part))
    return loc, tuple(branches)


def _of_nearest_branch(faults: list[_Fault]) -> list[_Fault]:
    """Keep, where a value may be one of several kinds, only the faults of the kind it comes nearest to."""
    distances: dict[Key, Counter[str | int]] = {}
    for fault in faults:
        # Of equally near kinds, the one a person would write by hand comes before a tag such as `!function`.
        weight = 3 if fault.error["type"] == "is_instance_of" else 2
        for place, branch in fault.branches:
            distances.setdefault(place, Counter())[branch] += weight
    nearest = {place: min(found, key=found.__getitem__) for place, found in distances.items()}
    return [fault for fault in faults if all(nearest[place] == branch for place, branch in fault.branches)]


def _problem(model: type[BaseModel], document: YamlDocument, base: Key, loc: Key, error: Any) -> Problem:
    name = ".".join(str(part) for part in loc) or "the file"
    where = document.where((*base, *loc))
    kind, context, given = error["type"], error.get("ctx") or {}, error["input"]
    if kind == "missing":
        example = f"Add `{loc[-1]}:` here."
        return Problem("missing", f"`{name}` is missing.", where, _described(model, loc, example))
    if kind == "extra_forbidden":
        meant = only_meant(str(loc[-1]), _known_keys(model, loc), _beside(document, (*base, *loc)))
        return Problem("unknown_key", f"`{name}` is not a known key.", where, _did_you_mean(model, loc), meant)
    if kind in {"literal_error", "enum"}:
        sentence = f"`{name}` is {_shown(error['input'])}."
        expected = str(context.get("expected", ""))
        meant = only_meant(given, re.findall(r"'([^']*)'", expected)) if isinstance(given, str) else None
        return Problem("value", sentence, where, f"It must be one of {expected}.", meant)
    if kind == "is_instance_of":
        sentence = f"`{name}` is {_shown(error['input'])}, where code is named."
        return Problem("type", sentence, where, "Write `!function module.name`, or remove the key.")
    sort = "type" if kind.endswith("_type") or "_parsing" in kind else "value"
    if given is None and sort == "type":
        return Problem(sort, f"`{name}` is empty.", where, _described(model, loc, "Write a value."))
    if isinstance(given, bool) and kind == "string_type":
        sentence = f"`{name}` is {str(given).lower()}, where text belongs."
        mend = "YAML reads this as true/false; put it in quotes."
        return Problem(sort, sentence, where, _described(model, loc, mend))
    sentence = f"`{name}` is {_shown(given)}{_reason(kind, error['msg'])}."
    if kind == "value_error" and isinstance(given, (dict, list)):
        # What is said is about what stands in it, and not about what it is.
        sentence = f"In `{name}`{_reason(kind, error['msg']).replace(':', ',', 1)}."
    close = context.get("close")
    mend = f"Did you mean `{close}`?" if kind == UNKNOWN_WORD and close else "Correct the value."
    known = context.get("known", ()) if kind == UNKNOWN_WORD else ()
    meant = only_meant(given, known) if isinstance(given, str) else None
    return Problem(sort, sentence, where, _described(model, loc, mend), meant)


def only_meant(word: str, known: Iterable[str], given: Iterable[str] = ()) -> tuple[str, str] | None:
    """``word`` and the one ``known`` word that it can be a misspelling of; None where none or several can be meant.

    A word that is ``given`` already is not meant a second time, and one with other digits is another word.

    >>> only_meant("ouput_type", ["output_type", "task"])
    ('ouput_type', 'output_type')
    """
    close = difflib.get_close_matches(word, list(known), n=2, cutoff=MEANT)
    if len(close) != 1 or close[0] in {word, *given} or _digits(word) != _digits(close[0]):
        return None
    return word, close[0]


def _digits(word: str) -> list[str]:
    return re.findall(r"[0-9]", word)


def unknown_word(word: str, known: Iterable[str]) -> PydanticCustomError:
    """The error of a validator for a word outside its vocabulary; the field's description lists the vocabulary."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    context = {"word": _shown(word), "close": close[0] if close else "", "known": tuple(known)}
    return PydanticCustomError(UNKNOWN_WORD, "{word} is not in the vocabulary", context)


def _reason(kind: str, message: str) -> str:
    """What is wrong with a value, as the end of a sentence for people who know neither Python nor patterns."""
    if kind == "string_pattern_mismatch":
        return ", which does not have the right form"
    if kind.startswith("date_"):
        return ", which is no date"
    plain = message.removeprefix("Value error, ").removeprefix("Input ")
    return f": {plain[:1].lower()}{plain[1:]}"


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a group of keys" if isinstance(value, dict) else "a list"
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write out an integer of thousands of digits
        return "a number with too many digits"
    return text if len(text) <= 60 else text[:57] + "..."


def _described(model: type[BaseModel], loc: Key, fallback: str) -> str:
    """``fallback`` and the field's own description, which says what belongs there; a list's speaks for its items."""
    while loc and isinstance(loc[-1], int):
        loc = loc[:-1]
    owner = _owner(model, loc[:-1])
    field = owner.model_fields.get(str(loc[-1])) if owner and loc else None
    return f"{fallback} {field.description}" if field and field.description else fallback


def _did_you_mean(model: type[BaseModel], loc: Key) -> str:
    known = _known_keys(model, loc)
    close = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Remove it; known here: {', '.join(known)}." if known else "Remove it."


def _known_keys(model: type[BaseModel], loc: Key) -> list[str]:
    """The keys that may stand where the key at ``loc`` stands."""
    owner = _owner(model, loc[:-1])
    return sorted((field.alias or name) for name, field in owner.model_fields.items()) if owner else []


def _beside(document: YamlDocument, key: Key) -> list[str]:
    """The keys that are given where ``key`` stands."""
    mapping: Any = document.data
    for part in key[:-1]:
        mapping = mapping[part]
    return list(mapping)


def _owner(model: type[BaseModel], loc: Key) -> type[BaseModel] | None:
    """The model that owns the key after ``loc``, found by walking the annotations."""
    current: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part) if current else None
        if field is None:
            return current if current and part == current.__name__ else None
        current = _inner_model(field.annotation)
    return current


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in {typing.Union, types.UnionType, list, tuple, dict, typing.Annotated}:
        for argument in typing.get_args(annotation):
            if (found := _inner_model(argument)) is not None:
                return found
    return None
