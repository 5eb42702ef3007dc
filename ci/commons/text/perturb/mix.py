"""The mild mix: several small changes one after the other, none of which a reader would stumble over."""

from __future__ import annotations

import random

from commons.text.perturb.contraction import contracted
from commons.text.perturb.misspelling import IN_A_MIX, misspelt
from commons.text.perturb.spaces import spaced


def mildly_mixed(text: str, draw: random.Random) -> str:
    """``text`` in lower case, then contracted, then with a few words misspelt, then with 1 to 3 spaces for each run.

    The order and the numbers are those of HELM's ``mild_mix`` (Liang et al. 2022, arXiv 2211.09110); the lists are
    our own, so a score after it is not HELM's number.
    """
    return spaced(misspelt(contracted(text.lower()), draw, IN_A_MIX), draw)
