"""Choosing by the words of the choices alone, learned from other items of the same task: a bag of words, five folds."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping

from commons.gates.golds import gold_places
from commons.gates.material import Material
from commons.gates.picking import MOST_CHARACTERS, Pick, by_score
from commons.harness.rendering import ItemRendering

FOLDS = 5
_WORD = re.compile(r"\w+")


def by_wording(material: Material) -> Pick:
    """The choice whose words stood more often in right choices than in wrong ones, in the other folds.

    Naive Bayes with one added count. Items of one cluster share a fold, so that no item is learned from its twin.
    """
    words = {item.id: [frozenset(_words(text)) for text in material.option_texts(item)] for item in material.items}
    folds = {item.id: _fold(item) for item in material.items}
    weights = [_weights(material, words, {name for name, fold in folds.items() if fold != one}) for one in range(FOLDS)]

    def scores(item: ItemRendering) -> list[float]:
        learned = weights[folds[item.id]]
        return [round(sum(learned.get(word, 0.0) for word in sorted(found)), 9) for found in words[item.id]]

    return by_score(scores, "wording")


def _weights(
    material: Material, words: Mapping[str, list[frozenset[str]]], learned: set[str]
) -> dict[str, float]:
    """For each word the logarithm of how much more often it stands in a right choice than in a wrong one."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    rights = wrongs = 0
    for item in material.items:
        if item.id not in learned:
            continue
        golds = gold_places(item)
        for place, found in enumerate(words[item.id]):
            if place in golds:
                right.update(found)
                rights += 1
            else:
                wrong.update(found)
                wrongs += 1
    shift = math.log((wrongs + 2) / (rights + 2))
    return {word: math.log((right[word] + 1) / (wrong[word] + 1)) + shift for word in {*right, *wrong}}


def _fold(item: ItemRendering) -> int:
    return int(hashlib.sha256((item.cluster or item.id).encode()).hexdigest()[:8], 16) % FOLDS


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:MOST_CHARACTERS].casefold())
