"""English words as people misspell them."""

from __future__ import annotations

import random

from commons.text.perturb.misspellings import MISSPELLINGS
from commons.text.perturb.words import replaced

#: How likely each word that the table holds is misspelt, where it is the only change and where it is one of several.
ALONE = 0.5
IN_A_MIX = 0.1


def misspelt(text: str, draw: random.Random, chance: float = ALONE) -> str:
    """``text`` with each word of :data:`MISSPELLINGS` misspelt with probability ``chance``.

    As HELM's misspelling perturbation (Liang et al. 2022, arXiv 2211.09110), with a list of our own.

    >>> misspelt("I receive it.", random.Random(0), chance=1)
    'I recieve it.'
    """

    def choose(word: str) -> str:
        return draw.choice(MISSPELLINGS[word]) if draw.random() < chance else word

    return replaced(text, MISSPELLINGS, choose)
