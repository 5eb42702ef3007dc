"""Spaces between words, as many as chance has it."""

from __future__ import annotations

import random
import re

MOST_SPACES = 3

_SPACES = re.compile(" +")


def spaced(text: str, draw: random.Random, most: int = MOST_SPACES) -> str:
    """``text`` with 1 to ``most`` spaces, drawn evenly, in the place of each run of spaces.

    Line breaks and tabs stay. As HELM's space perturbation (Liang et al. 2022, arXiv 2211.09110).
    """
    return _SPACES.sub(lambda _: " " * draw.randint(1, most), text)
