"""Ways to choose without knowing anything: by place, by length, by shared words, by what the prompt prints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from commons.gates.golds import gold_places
from commons.gates.material import Material
from commons.gates.probes import rng
from commons.harness.rendering import ItemRendering

_WORD = re.compile(r"\w+")
#: How much of a text is looked at for shared words.
MOST_CHARACTERS = 20_000

Pick = Callable[[ItemRendering], int]


def count_of(item: ItemRendering) -> int:
    """How many choices an item has."""
    return len(item.choices) if item.choices is not None else len(item.plain)


def at_random(run: int) -> Pick:
    """Any choice, by the seed and the number of the run."""
    return lambda item: rng("random", run, item.id).randrange(count_of(item))


def at_place(place: int) -> Pick:
    """The choice at a place, the last one where there are fewer; -1 is the last."""
    return lambda item: count_of(item) - 1 if place < 0 else min(place, count_of(item) - 1)


def frequent_place(material: Material) -> tuple[int, int] | None:
    """The place where most golds stand, where it is neither the first nor the last of all, and among how many."""
    places = Counter(place for item in material.items for place in gold_places(item)[:1])
    most = max(map(count_of, material.items), default=0)
    between = {place: times for place, times in places.items() if 0 < place < most - 1}
    if not between:
        return None
    return max(sorted(between), key=lambda place: between[place]), most - 2


def label_rate(material: Material) -> float:
    """What always naming one label scores, where every item has the same choices and one is more often right.

    Labels differ in length and in words, so that any way to choose by these comes to naming one of them. That one is
    more frequent is another fault, which the gates `null` and `position` find. Elsewhere it is 0.
    """
    sets = {tuple(sorted(material.option_texts(item))) for item in material.items}
    if len(sets) != 1:
        return 0.0
    times = Counter(text for item in material.items
                    for text in {material.option_texts(item)[place] for place in gold_places(item)})
    return max(times.values(), default=0) / len(material.items)


def by_score(scores: Callable[[ItemRendering], Sequence[float]], name: str) -> Pick:
    """The choice with the highest score, one of them by seed where several have it."""

    def pick(item: ItemRendering) -> int:
        found = list(scores(item))
        best = [place for place, one in enumerate(found) if one == max(found)]
        return best[0] if len(best) == 1 else rng(name, item.id).choice(best)

    return pick


def lengths(material: Material) -> Callable[[ItemRendering], list[float]]:
    """The lengths of the choices."""
    return lambda item: [float(len(text)) for text in material.option_texts(item)]


def overlaps(material: Material) -> Callable[[ItemRendering], list[float]]:
    """The share of each choice's words that the question holds too."""

    def scores(item: ItemRendering) -> list[float]:
        question = set(_words(material.question(item)))
        return [len(words & question) / len(words) if (words := set(_words(text))) else 0.0
                for text in material.option_texts(item)]

    return scores


def standing_in_prompt(material: Material) -> Callable[[ItemRendering], list[float]]:
    """How often the prompt prints each choice, beyond once for each where it lists them all."""

    def scores(item: ItemRendering) -> list[float]:
        prompt = material.prompt(item)[-MOST_CHARACTERS:].casefold()
        return [float(_times(prompt, text.strip().casefold())) for text in item.choices or ()]

    return scores


def tells_apart(material: Material, scores: Callable[[ItemRendering], Sequence[float]]) -> bool:
    """Whether the scores prefer some choice on at least every tenth item; else the probe would be a random one."""
    apart = sum(len(set(found)) > 1 for item in material.items if (found := scores(item)))
    return 10 * apart >= max(1, len(material.items))


def _times(text: str, wanted: str) -> int:
    if not wanted:
        return 0
    before = r"(?<!\w)" if wanted[0].isalnum() else ""
    after = r"(?!\w)" if wanted[-1].isalnum() else ""
    return len(re.findall(before + re.escape(wanted[:500]) + after, text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:MOST_CHARACTERS].casefold())
