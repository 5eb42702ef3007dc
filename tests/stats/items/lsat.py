"""LSAT-6: 1,000 people on 5 items, the textbook example. Source: Bock and Lieberman (1970), Psychometrika 35:179."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: How many people gave each pattern of right and wrong answers, from 00000 to 11111.
COUNTS = (3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28,
          298)


def lsat() -> NDArray[np.float64]:
    """The answers, of the shape (1000, 5)."""
    patterns = np.array([[float(sign) for sign in f"{pattern:05b}"] for pattern in range(32)])
    return np.repeat(patterns, COUNTS, axis=0)
