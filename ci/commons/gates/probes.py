"""Probes: answers that no model gave. Pure functions from items to answers; every draw is by seed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from commons.gates.material import Material
from commons.gates.policy import SEED
from commons.harness.rendering import ItemRendering
from commons.harness.requests import Answer

#: What is asked of a probe's scores. ``right``: full marks. ``wrong``: full marks on no item. ``near_chance``: a mean
#: not above the limit. ``seldom_full``: full marks on no more items than the limit. ``keeps``: full marks stay.
#: ``fact``: nothing; the number is reported.
Asks = Literal["right", "wrong", "near_chance", "seldom_full", "keeps", "fact"]

RIGHT = Answer(loglikelihood=0.0, is_greedy=True)
WRONG = Answer(loglikelihood=-1000.0, is_greedy=False)
#: A wrong text of a likelihood task: low, and yet no perplexity overflows.
UNLIKELY = Answer(loglikelihood=-20.0, is_greedy=False)
EVEN = Answer(loglikelihood=-10.0, is_greedy=False)


@dataclass(frozen=True)
class Probe:
    """One set of answers: a name for programs, a label for people, and what is asked of the scores.

    ``limit`` is the share of full marks that answers of this kind may truly reach before the margin is added; ``looks``
    says among how many alike this one was picked by looking at the golds, which the test then pays for. ``fresh``
    answers are graded even where another probe gives the same ones. ``turn`` says when: ``first`` before every other,
    for what the grader may not remember; ``last`` by themselves and with less time, for what may stop it.
    """

    name: str
    label: str
    answers: Mapping[str, tuple[Answer, ...]]
    asks: Asks
    limit: float = 0.0
    looks: int = 1
    fresh: bool = False
    turn: Literal["first", "any", "last"] = "any"

    @property
    def items(self) -> tuple[str, ...]:
        """The ids of the items that it answers."""
        return tuple(self.answers)


def rng(*parts: object) -> random.Random:
    """A generator that depends on nothing but the pool's seed and ``parts``, on every machine and in every order."""
    text = ":".join(str(part) for part in (int(SEED.value), *parts))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))  # noqa: S311


def choose(item: ItemRendering, place: int | None) -> tuple[Answer, ...]:
    """The answers of a model that is sure of the choice at ``place``; without one, of none.

    Requests beyond the choices are those without the question, by which ``acc_mutual_info`` divides: they tell
    nothing and get one value.
    """
    count = len(item.choices) if item.choices is not None else len(item.plain)
    if place is None:
        return (EVEN,) * len(item.plain)
    # Choices in the same words are one request, and a model cannot answer it in two ways.
    sure = item.plain[place]
    return tuple(
        EVEN if index >= count else RIGHT if request == sure else WRONG for index, request in enumerate(item.plain)
    )


def write(material: Material, item: ItemRendering, text: str) -> tuple[Answer, ...]:
    """``text`` as an engine would hand it over: cut at the first stop sequence; the same for every repeat."""
    return (Answer(text=cut_at_stop(text, material.stops(item))),) * len(item.plain)


def cut_at_stop(text: str, stops: Sequence[str]) -> str:
    """``text`` up to the earliest stop sequence."""
    ends = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return text[: min(ends)] if ends else text


def choosing(
    material: Material, pick: Callable[[ItemRendering], int | None]
) -> dict[str, tuple[Answer, ...]]:
    """The answers of a model that chooses by ``pick``."""
    return {item.id: choose(item, pick(item)) for item in material.items}


def writing(material: Material, text: Callable[[ItemRendering], str | None]) -> dict[str, tuple[Answer, ...]]:
    """The answers of a model that writes ``text``; items for which there is none are left out."""
    written = ((item, text(item)) for item in material.items)
    return {item.id: write(material, item, one) for item, one in written if one is not None}


def even(material: Material) -> dict[str, tuple[Answer, ...]]:
    """The answers of a model to which all choices are equal."""
    return {item.id: choose(item, None) for item in material.items}
