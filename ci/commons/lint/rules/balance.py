"""D024 to D027: ways to find the gold of a multiple choice task without reading a question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from commons.lint.choices import (
    ALPHA,
    PLACE_MARGIN,
    KeyedItem,
    are_letters,
    keyed_items,
    leading_place,
    share_their_choices,
)
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.stats.exact import binomial_tail, holm

MIN_ITEMS = 8
FORM_MARGIN = 0.25
MIN_FOR_COUNTING = 12
#: A label, quotes or a full stop add at most so many characters.
FORM_CHARACTERS = 3

_FORM_TEXT = 2_000
_LABELLED = re.compile(r"\(?[A-Za-z0-9][).:] ")
_DIGIT = re.compile(r"\d")
_QUOTES = "\"'“”„«»‘’「」"
_FORMS: dict[str, Callable[[str], bool]] = {
    "ends with a full stop": lambda text: text.endswith((".", "。")),
    "begins with a capital letter": lambda text: text[:1].isupper(),
    "is in capital letters": lambda text: text.isupper(),
    "has digits": lambda text: _DIGIT.search(text) is not None,
    "carries a label": lambda text: _LABELLED.match(text) is not None,
    "is in quotes": lambda text: text[:1] in _QUOTES and bool(text[:1]),
    "has brackets": lambda text: "(" in text or "[" in text,
    "has a comma": lambda text: "," in text,
    "has more than one line": lambda text: "\n" in text,
}


def _chance(items: Sequence[KeyedItem]) -> float:
    return sum(item.chance for item in items) / len(items)


@rule(code="D024", level="lint", subject="task")
def telling_form(subject: TaskSubject) -> Iterator[Fault]:
    """The form of the right choice gives it away.

    ## What it finds
    A task in which the gold alone has some form, or alone lacks it, in so many items that choosing by form scores far
    above chance: it alone ends with a full stop, begins with a capital letter, is in capitals, has digits, brackets,
    a comma or a second line, carries a label such as "A)", or is in quotes. Reported where such a choice is the gold
    in at least 8 items, scores more than 25 points above chance over the whole task, and luck does so in fewer than
    1 of 1,000 tasks (exact binomial test, Holm's correction over the forms).

    ## Why it matters
    A model that has read no question can learn to pick the choice that looks different. The task then measures an
    eye for full stops.

    ## How to mend it
    Write all the choices of an item in one form. Often the right one was copied from a text, and the wrong ones were
    typed.

    ## Example
    ```json
    {"question": "2 + 3?", "choices": ["four", "It is five.", "six"], "answer": 1}
    ```
    D024, where most items look so: the gold alone ends with a full stop.
    """
    items = keyed_items(subject)
    form = _telling_form(items)
    if form and not _length_explains(_telling_length(items)):
        sentence = f"In {len(form.items)} of {len(items)} items the form gives the gold away: {form.name}."
        yield Fault(sentence, form.items[0].where, "Write all the choices of an item in one form, in every item.")


@dataclass(frozen=True)
class _Tell:
    """What gives the gold away, the score of choosing by it, and the items in which it does."""

    name: str
    rate: float
    items: tuple[KeyedItem, ...]


def _telling_form(items: Sequence[KeyedItem]) -> _Tell | None:
    if len(items) < MIN_ITEMS or share_their_choices(items):
        return None
    texts = [[_shown(choice) for choice in item.choices] for item in items]
    found = [(name, *_odd_ones(items, texts, form)) for name, form in _FORMS.items()]
    pvalues = [binomial_tail(len(gold), len(odd), _chance(odd)) if odd else 1.0 for _, odd, gold in found]
    tells = []
    for (name, odd, gold), rejected in zip(found, holm(pvalues, ALPHA), strict=True):
        gain = (len(gold) - sum(item.chance for item in odd)) / len(items)
        if rejected and len(gold) >= MIN_ITEMS and gain > FORM_MARGIN:
            having = sum(_FORMS[name](_shown(item.choices[item.gold])) for item in gold)
            told = f"it alone {name}" if 2 * having >= len(gold) else f"every other choice {name}"
            tells.append(_Tell(told, gain + _chance(items), tuple(gold)))
    return max(tells, key=lambda tell: tell.rate, default=None)


def _shown(choice: str) -> str:
    """What of a choice is looked at."""
    return choice[:_FORM_TEXT].strip()


def _odd_ones(
    items: Sequence[KeyedItem], texts: Sequence[Sequence[str]], form: Callable[[str], bool]
) -> tuple[list[KeyedItem], list[KeyedItem]]:
    """The items in which exactly one choice differs in this form, and those of them in which it is the gold."""
    odd, gold = [], []
    for item, shown in zip(items, texts, strict=True):
        has = [form(text) for text in shown]
        count = sum(has)
        # Of two choices each differs from the other: there only having the form counts, not lacking it.
        if count == 1:
            place = has.index(True)
        elif count == len(has) - 1 and len(has) > 2:
            place = has.index(False)
        else:
            continue
        odd.append(item)
        if place == item.gold:
            gold.append(item)
    return odd, gold


@rule(code="D025", level="lint", subject="task")
def gold_in_one_place(subject: TaskSubject) -> Iterator[Fault]:
    """The gold stands in one place too often.

    ## What it finds
    A multiple choice task of at least 8 items whose gold always stands in the same place; or in which one place holds
    it so often that choosing this place scores more than 15 points above chance, and luck does so in fewer than 1 of
    1,000 tasks (exact binomial test for every place, Bonferroni's correction). Where the choices are names of classes
    that all items share, such as yes and no, only the first is reported here.

    ## Why it matters
    Small models have a liking for a place, most often the first. On such a task that liking looks like knowledge.

    ## How to mend it
    Shuffle the choices of each item by a seed, move the gold's number along, and write the seed into the card
    (`shuffle_seed`).

    ## Example
    ```json
    {"question": "2 + 3?", "choices": ["5", "4", "6"], "answer": 0}
    {"question": "4 + 4?", "choices": ["8", "7", "9"], "answer": 0}
    ```
    D025, where it goes on like this: the gold is always the first choice.
    """
    items = keyed_items(subject)
    if len(items) < MIN_ITEMS:
        return
    golds = Counter(item.gold for item in items)
    classes = share_their_choices(items) and not are_letters(items[0].choices)
    mend = "Shuffle the choices of each item by a seed, and write the seed into the card as `shuffle_seed`."
    if classes:
        if len(golds) == 1 and len({item.choices for item in items}) == 1:
            label = items[0].choices[items[0].gold][:60]
            sentence = f"`{label}` is right in all {len(items)} items: answering it always scores full."
            yield Fault(sentence, items[0].where, "Add items for the other answers.")
        return
    place = None if _counted_from_one(items) else leading_place(items)
    if place is not None:
        often = f"all {len(items)}" if len(golds) == 1 else f"{golds[place]} of {len(items)}"
        chance = _chance([item for item in items if len(item.choices) > place])
        sentence = f"In {often} items the gold stands at place {place} (counted from 0); chance is {chance:.0%}."
        first = next(item for item in items if item.gold == place)
        yield Fault(sentence, first.where, mend)


@rule(code="D026", level="lint", subject="task")
def gold_by_length(subject: TaskSubject) -> Iterator[Fault]:
    """The gold is the longest, or the shortest, choice too often.

    ## What it finds
    A multiple choice task of at least 8 items in which choosing the longest choice, or the shortest, scores full; or
    more than 15 points above chance, where luck does so in fewer than 1 of 1,000 tasks (exact binomial test,
    Bonferroni's correction). Lengths are counted in characters, and equal lengths share the point.

    ## Why it matters
    Authors make the right choice exact and the wrong ones short. A model that prefers long answers then scores
    without knowing anything; with `acc_norm`, which divides by length, the opposite happens.

    ## How to mend it
    Make the wrong choices as long and as exact as the right one in most items, and longer in some.

    ## Example
    ```json
    {"question": "2 + 3?", "choices": ["4", "5, which is 2 and 3 together", "6"], "answer": 1}
    ```
    D026, where most items look so.
    """
    items = keyed_items(subject)
    length = _telling_length(items)
    if length and (_length_explains(length) or not _telling_form(items)):
        sentence = (
            f"Always taking the {length.name} choice scores {length.rate:.0%} of {len(items)} items; "
            f"chance is {_chance(items):.0%}."
        )
        yield Fault(sentence, length.items[0].where, "Make wrong choices as long as the right one, and some longer.")


def _telling_length(items: Sequence[KeyedItem]) -> _Tell | None:
    if len(items) < MIN_ITEMS or share_their_choices(items):
        return None
    chance = _chance(items)
    for name, extreme in (("longest", max), ("shortest", min)):
        shares = [_share(item, extreme) for item in items]
        points = sum(shares)
        full = points > len(items) - 1e-9
        significant = binomial_tail(int(points + 1e-9), len(items), chance) * 2 < ALPHA
        if full or (significant and points / len(items) > chance + PLACE_MARGIN):
            telling = tuple(item for item, share in zip(items, shares, strict=True) if share > 0)
            return _Tell(name, points / len(items), telling)
    return None


def _length_explains(length: _Tell | None) -> bool:
    """Whether the lengths differ by more than a full stop, quotes or a label: then form follows from length."""
    if length is None:
        return False
    gaps = []
    for item in length.items:
        lengths = [len(choice.strip()) for choice in item.choices]
        own = lengths.pop(item.gold)
        gaps.append(own - max(lengths) if length.name == "longest" else min(lengths) - own)
    return sorted(gaps)[len(gaps) // 2] > FORM_CHARACTERS


def _share(item: KeyedItem, extreme: Callable[[list[int]], int]) -> float:
    """The points for taking the longest (or shortest) choice, shared among equal ones."""
    lengths = [len(choice.strip()) for choice in item.choices]
    wanted = extreme(lengths)
    return 1.0 / lengths.count(wanted) if lengths[item.gold] == wanted else 0.0


@rule(code="D027", level="lint", subject="task")
def counted_from_one(subject: TaskSubject) -> Iterator[Fault]:
    """The golds look as if they were counted from one.

    ## What it finds
    A task of at least 12 items in which the first choice is never right, the last one is as often as the others, and
    this would be luck in fewer than 1 of 1,000 tasks.

    ## Why it matters
    The harness counts from 0. Golds counted from 1 all point to the neighbour of the right choice: the best model
    gets the lowest score, and nothing fails.

    ## How to mend it
    If your golds count from 1, subtract 1 from each. If they count from 0, shuffle the choices, so that the first is
    right as often as any other.

    ## Example
    ```json
    {"question": "2 + 3?", "choices": ["5", "4", "6", "7"], "answer": 1}
    ```
    D027: the right choice is 0, and so it goes on.
    """
    items = keyed_items(subject)
    if _counted_from_one(items) and len(items) == len(subject.rendered_items):
        sentence = f"The first choice, which is place 0, is the gold of none of the {len(items)} items."
        mend = "If the golds count from 1, subtract 1 from each; if they count from 0, shuffle the choices by a seed."
        yield Fault(sentence, items[0].where, mend)


def _counted_from_one(items: Sequence[KeyedItem]) -> bool:
    if len(items) < MIN_FOR_COUNTING or (share_their_choices(items) and not are_letters(items[0].choices)):
        return False
    golds = {item.gold for item in items}
    if 0 in golds or len(golds) == 1:
        return False
    last = sum(item.gold == len(item.choices) - 1 for item in items)
    luck = 1.0
    for item in items:
        luck *= 1.0 - item.chance
    return luck < ALPHA and last >= sum(item.chance for item in items)
