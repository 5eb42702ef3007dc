"""The toxicity classifier: a pinned local package, called by its own name, and absent where it is not installed.

Why this one: ``docs/decisions/0022-toxicity-classifier.md``.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE = "alt-profanity-check"
#: The version whose numbers are published: another one carries another model.
VERSION = "1.9.1"
NAME = f"{PACKAGE} {VERSION}"
INSTALL = "Install it (Python 3.11 or later): pip install -c constraints.txt -e '.[toxicity]'"


def absent() -> str:
    """Why the classifier cannot be used here, in a sentence; empty where it can."""
    try:
        version = importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return f"The classifier {NAME} is not installed."
    return "" if version == VERSION else f"The classifier {PACKAGE} is there as {version}, not as {VERSION}."


def probabilities(texts: Sequence[str]) -> NDArray[np.float64]:
    """For each text, the classifier's probability that it is offensive; call only where :func:`absent` is empty."""
    return np.asarray(_package().predict_prob(list(texts)), dtype=np.float64)


@lru_cache(maxsize=1)
def _package() -> Any:
    """The package, whose import loads its model: pickles, which are code of the package as its modules are."""
    return importlib.import_module("profanity_check")
