"""What lint must know of a task to check the others against it: its names, and a sketch of each of its items.

Facts are small, so that a pool of a thousand tasks can be held at once, and are kept between runs by what the files
were when they were read.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import FunctionRef
from commons.text.normalise import words
from commons.text.similar import all_band_keys, shingles_of

#: Items with fewer words are compared with nothing: "Yes or no?" is nobody's.
FEWEST_WORDS = 6
#: Of a longer item its beginning is sketched.
LONGEST = 200_000
#: Of a larger task this many items are held against the others.
MOST_ITEMS = 20_000
#: Bands that are kept of an item's signature: two items of Jaccard .5 share one with 64%, of .8 with 99.98%.
BANDS = 16

_NAME = re.compile(r"[^\W\d]\w*")


class ItemPlace(NamedTuple):
    """Where an item stands: its id, its file inside the task folder, and its line."""

    item: str
    file: str
    line: int


@dataclass(frozen=True)
class TaskFacts:
    """One task folder as the others see it. Unreadable parts are empty.

    ``bands`` holds :data:`BANDS` runs, each with a key of four bytes for every one of ``places`` in order; items that
    are alike share a key of some run.
    """

    name: str
    title: str
    canary: str
    tags: tuple[str, ...]
    places: tuple[ItemPlace, ...]
    bands: bytes

    def keys(self, band: int) -> memoryview:
        """The key of each item in one band."""
        count = len(self.places)
        return memoryview(self.bands).cast("I")[band * count : (band + 1) * count]


def facts_of(subject: TaskSubject) -> TaskFacts:
    """The facts of a task folder; never raises for a bad one."""
    card, config = subject.card, subject.config
    tag = config.tag if config else None
    places, bands = _sketches(subject)
    return TaskFacts(
        name=subject.folder.name,
        title=card.title if card else "",
        canary=card.canary if card else "",
        tags=tuple([tag] if isinstance(tag, str) else tag or ()),
        places=places,
        bands=bands,
    )


def _sketches(subject: TaskSubject) -> tuple[tuple[ItemPlace, ...], bytes]:
    places = []
    texts = []
    for row in subject.items[:MOST_ITEMS]:
        found = words(own_text(row.values, subject)[:LONGEST])
        if len(found) < FEWEST_WORDS:
            continue
        name = str(row.values.get(subject.fields.id or "") or "")
        places.append(ItemPlace(name, row.where.path.relative_to(subject.folder).as_posix(), row.where.line))
        texts.append(shingles_of(found))
    several = all_band_keys(texts)
    # Four bytes suffice: what shares a key by accident is told apart by the exact likeness.
    kept = (keys[band] & 0xFFFF_FFFF for band in range(BANDS) for keys in several)
    return tuple(places), array("I", kept).tobytes()


def own_text(values: Mapping[str, Any], subject: TaskSubject) -> str:
    """The texts of a row that a reader would call the item: those that are asked, without id, canary and gold."""
    fields = subject.fields
    left_out = {fields.id, fields.canary, fields.cluster, fields.gold}
    asked = _asked(subject)
    return "\n".join(
        text for name, value in values.items()
        if name not in left_out and (asked is None or name in asked) for text in _texts(value)
    )


def _asked(subject: TaskSubject) -> frozenset[str] | None:
    """The columns that the prompt's and the choices' templates name; None where code makes them."""
    config = subject.config
    settings = (config.doc_to_text, config.doc_to_choice) if config else ()
    if not settings or config is None or config.process_docs or any(isinstance(one, FunctionRef) for one in settings):
        return None
    written = [one for one in settings if isinstance(one, str)]
    return frozenset(name for one in written for name in _NAME.findall(one)) or None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, str):
                yield one
