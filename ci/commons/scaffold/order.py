"""Ids that do not depend on an item's place, and the order of items and choices that a seed decides."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from pydantic import JsonValue

from commons.pool.hashing import sha256_json
from commons.scaffold.items import Item, ItemSet

_SHORTEST_ID = 6

DataRow = dict[str, JsonValue]


def data_rows(items: ItemSet, seed: int, canary: str) -> list[DataRow]:
    """The rows of the data file: ids given, items and choices shuffled by ``seed``, the canary in each.

    The order depends on what the items say and on the seed, never on the order they came in.
    """
    rng = random.Random(seed)  # noqa: S311  (a seeded order is the point, no secret)
    pairs = sorted(zip(item_names(items.items), items.items, strict=True), key=lambda pair: pair[0])
    rng.shuffle(pairs)
    golds = _balanced_places([len(_choices(item)) for _, item in pairs], rng)
    rows: list[DataRow] = []
    for (name, item), place in zip(pairs, golds, strict=True):
        core = dict(item.core) if items.kind != "multiple_choice" else _with_gold_at(item, place, rng)
        rows.append({"id": name, **core, **item.extras, "canary": canary})
    return rows


def item_names(items: Sequence[Item]) -> list[str]:
    """The ids: the item's own where it has one, else ``q-`` and as many digits of its content's hash as it takes."""
    digests = [sha256_json(item.asked) for item in items]
    lengths = [_SHORTEST_ID] * len(items)
    while True:
        names = [item.own_id or f"q-{digest[:length]}"
                 for item, digest, length in zip(items, digests, lengths, strict=True)]
        taken = Counter(names)
        if len(taken) == len(names):
            return names
        lengths = [length + 2 if taken[name] > 1 else length for name, length in zip(names, lengths, strict=True)]


def _choices(item: Item) -> list[JsonValue]:
    choices = item.core.get("choices")
    return choices if isinstance(choices, list) else []


def _balanced_places(counts: Sequence[int], rng: random.Random) -> list[int]:
    """A place for each gold answer, so that each place is used as often as the others among equally long lists.

    Drawn independently, the places of a small task would often favour one; a model that prefers a place would gain.
    """
    places = [0] * len(counts)
    for length in sorted({count for count in counts if count}):
        members = [index for index, count in enumerate(counts) if count == length]
        drawn = [number % length for number in range(len(members))]
        rng.shuffle(drawn)
        for index, place in zip(members, drawn, strict=True):
            places[index] = place
    return places


def _with_gold_at(item: Item, place: int, rng: random.Random) -> DataRow:
    choices, answer = _choices(item), item.core["answer"]
    if not isinstance(answer, int):
        raise TypeError("the answer of a multiple-choice item is the place of a choice")
    # Sorted first, so that the result does not depend on the order the choices came in.
    others = sorted((choice for index, choice in enumerate(choices) if index != answer), key=str)
    rng.shuffle(others)
    return {**item.core, "choices": [*others[:place], choices[answer], *others[place:]], "answer": place}
