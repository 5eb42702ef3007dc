"""What the rules about items' texts share: the texts of a row, and an item as the model sees it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from commons.lint.reading import texts_of
from commons.lint.rendering import RenderedRow
from commons.pool.card import ItemFields
from commons.pool.items import DataRow
from commons.pool.yamlfile import Key
from commons.text.normalise import normalised
from commons.text.similar import Shingles, shingles_of

#: Of larger tasks, this many characters of text are looked at; the rules' pages say so.
MAX_CHARACTERS = 5_000_000
MAX_DEPTH = 50
#: Of one text so much is normalised.
LONGEST = 200_000
#: What stands between two options of a printed list: spaces, a comma, "or", the next option's label.
_BETWEEN_OPTIONS = re.compile(r"[\s,;|/]*(?:or\b|and\b)?\s*[(\[]?[A-Za-z0-9]?[)\].:]?\s*")
_LONGEST_LABEL = 12


Asked = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class RowTexts:
    """Every text of a row but its canary, each with its key."""

    row: DataRow
    texts: tuple[tuple[Key, str], ...]


@dataclass(frozen=True)
class SeenItem:
    """One item as the model sees it: the prompt, the choices, and the right answer where it is known."""

    row: DataRow
    prompt: str
    choices: tuple[str, ...]
    gold: str | None

    @cached_property
    def bare_prompt(self) -> str:
        """The prompt without the list of the choices, if it prints one: their order is no part of the question."""
        return _without_listing(self.prompt, self.choices)

    @cached_property
    def asked(self) -> Asked:
        """What is asked, in a form in which equal items are equal whatever the order of their choices."""
        return _normalised(self.bare_prompt), frozenset(map(_normalised, self.choices))

    @cached_property
    def shingles(self) -> Shingles:
        """The runs of five words in the prompt and the choices; the order of the choices does not matter."""
        prompt, choices = self.asked
        return shingles_of(" ".join((prompt, *sorted(choices))).split())

    @property
    def written(self) -> Asked:
        """:attr:`asked` with letter case and punctuation as they stand."""
        return " ".join(self.bare_prompt.split()), frozenset(self.choices)


def row_texts(rows: Iterable[DataRow], fields: ItemFields) -> Iterator[RowTexts]:
    """The texts of the rows, as many as :data:`MAX_CHARACTERS` hold."""
    left = MAX_CHARACTERS
    for row in rows:
        values = {key: value for key, value in row.values.items() if key != fields.canary}
        texts = tuple(texts_of(values, ())) if _is_shallow(values, MAX_DEPTH) else ()
        left -= sum(len(text) for _, text in texts)
        if left < 0:
            return
        yield RowTexts(row, texts)


def _is_shallow(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_is_shallow(one, depth - 1) for one in inner)


def seen_items(
    rows: Sequence[DataRow], rendered: Sequence[RenderedRow], fields: ItemFields, output_type: str | None
) -> tuple[SeenItem, ...]:
    """The rows that render, as the model sees them.

    Where a hook writes the prompt, or the template gives every item the same one, the row's own texts stand for it.
    """
    by_place = {row.where: row for row in rows}
    pairs = [(by_place[one.where], one) for one in rendered if not one.faults and one.where in by_place]
    items = tuple(_seen(row, one, fields, output_type) for row, one in pairs)
    if len(items) > 1 and len({(item.prompt, item.choices) for item in items}) == 1:
        return tuple(SeenItem(one.row, own_text(one.row.values, fields), (), one.gold) for one in items)
    return items


def _seen(row: DataRow, one: RenderedRow, fields: ItemFields, output_type: str | None) -> SeenItem:
    target = one.target.value if one.target else row.values.get(fields.gold or "")
    choices = one.choices.value if one.choices and isinstance(one.choices.value, list) else []
    prompt = one.text.value if one.text else own_text(row.values, fields)
    if output_type == "loglikelihood_rolling" and isinstance(target, str):
        prompt = target
    elif output_type == "loglikelihood" and isinstance(target, str):
        # The same context with another continuation is another item.
        prompt, choices = str(prompt), [target]
    elif not isinstance(prompt, str):
        # The choices are the prompts here, and the "prompt" is the index of the right one.
        prompt, target = "", prompt
    texts = tuple(choice for choice in choices if isinstance(choice, str))
    return SeenItem(row, prompt, texts, _gold(target, texts))


def _gold(target: Any, choices: tuple[str, ...]) -> str | None:
    if isinstance(target, list):
        golds = [_gold(one, choices) for one in target[:50]]
        return "\n".join(sorted(one for one in golds if one is not None)) or None
    if isinstance(target, int) and not isinstance(target, bool) and choices:
        return _normalised(choices[target]) if 0 <= target < len(choices) else None
    return _normalised(target) if isinstance(target, str) else None if target is None else str(target)[:1_000]


def own_text(values: Mapping[str, Any], fields: ItemFields) -> str:
    """The row's texts without id, canary, right answer and cluster; only the question where the card names it."""
    question = values.get(fields.question or "")
    if isinstance(question, str):
        return question
    left_out = {fields.id, fields.canary, fields.gold, fields.cluster}
    own = {key: value for key, value in values.items() if key not in left_out}
    return "\n".join(text for _, text in texts_of(own, ())) if _is_shallow(own, MAX_DEPTH) else ""


def _normalised(text: str) -> str:
    """``text`` normalised; of a very long one the rest is told apart by its fingerprint alone."""
    if len(text) <= LONGEST:
        return normalised(text)
    rest = hashlib.sha256(text[LONGEST:].encode("utf-8", "surrogatepass")).hexdigest()
    return f"{normalised(text[:LONGEST])} {rest}"


def _without_listing(prompt: str, choices: Sequence[str]) -> str:
    """``prompt`` without the choices where they stand in it one after another, with nothing but labels between."""
    if len(choices) < 2 or not all(choices):
        return prompt
    start = prompt.rfind(choices[0])
    for _ in range(3):
        if start < 0:
            break
        end = _end_of_listing(prompt, choices, start)
        if end is not None:
            return f"{prompt[:start]}\n{prompt[end:]}"
        start = prompt.rfind(choices[0], 0, start)
    return prompt


def _end_of_listing(prompt: str, choices: Sequence[str], start: int) -> int | None:
    end = start + len(choices[0])
    for choice in choices[1:]:
        found = prompt.find(choice, end, end + _LONGEST_LABEL + len(choice))
        if found < 0 or not _BETWEEN_OPTIONS.fullmatch(prompt, end, found):
            return None
        end = found + len(choice)
    return end
