"""D034 to D036: places that never hold the gold, and choices whose forms differ or carry labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import comb

from commons.lint.choices import ALPHA, KeyedItem, are_letters, keyed_items, leading_place, share_their_choices
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

#: Choosing among the other places must score so much more than choosing among all.
MARGIN = 0.05
MIN_ITEMS = 8
#: One choice is another thing than the rest where it is so many times, and so many characters, longer.
LONGER, MORE = 3, 30
#: Where more of the items have such a choice, it is the style of the task.
_FEW = 0.2
_NEARLY_ALL = 0.8
_SENTENCE_END = (".", "!", "?", "。", "！", "？")
_LABEL = re.compile(r"[(\[]?([A-Za-z0-9])[)\].:]\s+\S")


@rule(code="D034", level="lint", subject="task")
def place_never_right(subject: TaskSubject) -> Iterator[Fault]:
    """Some place of the choices never holds the gold.

    ## What it finds
    A multiple choice task whose gold never stands in one or more places, where luck does so in fewer than 1 of 1,000
    tasks (for all places of that number together), and choosing among the other places scores at least 5 points above
    chance. Choices that name classes, such as yes and no, are left alone; of a first place that is never right D027
    speaks, and of a gold that is always in one place D025.

    ## Why it matters
    A model, or a reader, that sees some items learns to leave these choices out. Often a wrong choice was appended to
    each item, and the choices were never shuffled.

    ## How to mend it
    Shuffle the choices of each item by a seed, move the gold's number along, and write the seed into the card
    (`shuffle_seed`).

    ## Example
    ```json
    {"question": "2 + 3?", "choices": ["4", "5", "0", "1"], "answer": 1}
    {"question": "4 + 4?", "choices": ["8", "7", "0", "1"], "answer": 0}
    ```
    D034, where it goes on like this: the third and the fourth choice are never right.
    """
    items = keyed_items(subject)
    unused = _unused(items)
    if unused:
        listed = " or ".join(map(str, unused))
        sentence = f"In none of {len(items)} items the gold stands at place {listed} (counted from 0)."
        mend = "Shuffle the choices of each item by a seed, and write the seed into the card as `shuffle_seed`."
        yield Fault(sentence, items[0].where, mend)


def _unused(items: Sequence[KeyedItem]) -> tuple[int, ...]:
    """The places that never hold the gold, where that cannot be luck."""
    if len(items) < MIN_ITEMS or (share_their_choices(items) and not are_letters(items[0].choices)):
        return ()
    places = max(len(item.choices) for item in items)
    golds = {item.gold for item in items}
    unused = tuple(place for place in range(places) if place not in golds)
    # One place alone is the affair of D025, and the first one that of D027.
    if not unused or 0 in unused or len(golds) < 2:
        return ()
    luck, gain = float(comb(places, len(unused))), 0.0
    for item in items:
        count = len(item.choices)
        left = sum(place not in unused for place in range(count))
        luck *= left / count
        gain += 1 / left - 1 / count
    return unused if luck < ALPHA and gain / len(items) > MARGIN and leading_place(items) is None else ()


@rule(code="D035", level="hint", subject="task")
def odd_choice(subject: TaskSubject) -> Iterator[Fault]:
    """One choice of an item is of another kind than the rest.

    ## What it finds
    An item in which one choice is a whole sentence, at least three times as long as the longest of the others and
    none of them a sentence, where most items have no such choice.

    ## Why it matters
    The odd one is noticed without the question: it is taken for right because it says more, or left out because it
    does not fit.

    ## How to mend it
    Write the choices of an item in one form: all words, all infinitives, or all sentences.

    ## Example
    ```json
    {"question": "What is a lathe for?", "choices": ["turning", "milling", "It is used by smiths to forge long bars."]}
    ```
    D035: two words and a sentence.
    """
    items = keyed_items(subject)
    found = [(item, place) for item in items if (place := _odd(item.choices)) is not None]
    if len(found) > max(_FEW * len(items), 1):
        return
    for item, place in found:
        sentence = f"Choice {place} is a sentence, and the others are much shorter."
        yield Fault(sentence, item.where, "Write the choices of an item in one form.", "likely")


def _odd(choices: Sequence[str]) -> int | None:
    """The place of the choice that alone is a sentence and far longer than the others."""
    texts = [choice.strip() for choice in choices]
    ending = [place for place, text in enumerate(texts) if text.endswith(_SENTENCE_END)]
    if len(ending) != 1 or len(texts) < 3:
        return None
    own = len(texts[ending[0]])
    longest = max(len(text) for place, text in enumerate(texts) if place != ending[0])
    return ending[0] if own >= LONGER * longest and own >= longest + MORE else None


@rule(code="D036", level="hint", subject="task")
def labelled_choices(subject: TaskSubject) -> Iterator[Fault]:
    """The choices carry letters in their text.

    ## What it finds
    A multiple choice task in which the choices of at least four of five items begin with labels in order: `A) `,
    `B) `, or `1. `, `2. ` and so on.

    ## Why it matters
    The label is scored as a part of the answer, and shown before a choice that the template may label once more. A
    liking for one letter then looks like knowledge.

    ## How to mend it
    Take the labels out of the rows. If letters are to be chosen, show them by the template, and score them by
    `doc_to_choice: ["A", "B", "C", "D"]`.

    ## Example
    ```json
    {"question": "2 + 3?", "choices": ["A) 4", "B) 5", "C) 6"], "answer": 1}
    ```
    D036: write "4", "5" and "6".
    """
    items = keyed_items(subject)
    found = [item for item in items if _labelled(item.choices)]
    if len(found) >= 3 and len(found) >= _NEARLY_ALL * len(items):
        example = found[0].choices[0][:40]
        sentence = f"The choices of {len(found)} of {len(items)} items begin with labels, such as `{example}`."
        yield Fault(sentence, found[0].where, "Take the labels out of the rows.", "likely")


def _labelled(choices: Sequence[str]) -> bool:
    labels = [found[1] if (found := _LABEL.match(choice.strip()[:20])) else "" for choice in choices]
    return len(labels) > 1 and all(
        label and ord(label) == ord(labels[0]) + place for place, label in enumerate(labels)
    ) and labels[0] in {"A", "a", "1", "0"}
