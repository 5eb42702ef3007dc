"""The same model twice: which items came out otherwise, and whether chance alone would do that.

Where decoding is deterministic there is no chance, and every item that differs is a change. Where answers are sampled,
several answers to an item in each version tell how much chance does: if nothing changed, the answers of both versions
are one pool, of which any half could have been the first version's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy import stats

#: Draws and seed of the test for scores that are not right or wrong.
DRAWS = 9999
SEED = 20241107

#: Beyond so many steps the exact distribution is drawn instead of computed.
_MOST_STEPS = 200_000


@dataclass(frozen=True)
class Flips:
    """Which items score higher and lower than before, and what chance would do.

    ``moved`` is the sum over items of how far their mean score moved, either way (for one right or wrong answer an
    item: the number of flipped items), and ``expected`` what noise alone would give. ``p`` is how likely noise gives
    that much or more; ``expected`` and ``p`` are None where the noise was not measured. ``deterministic`` says that
    there is none. ``borrowed`` is the noise of other items, where theirs stands in: how many of how many changed; the
    items compared may be noisier, and then ``p`` is too small.

    A sum of movements is blind to which way they go: whether one way is likelier than the other is what the paired
    test says (:func:`commons.stats.differences.difference_of_means`), which needs no measure of the noise.
    """

    n: int
    higher: tuple[str, ...]
    lower: tuple[str, ...]
    moved: float
    expected: float | None
    p: float | None
    deterministic: bool
    test: str
    borrowed: tuple[int, int] | None = None


def flips(
    before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]], *, deterministic: bool,
    asked_twice: tuple[int, int] | None = None,
) -> Flips:
    """Compare two versions' scores on the items that both have: item -> the score of each of its answers.

    With one answer an item and sampling on, nothing was measured about noise. With several, all ways to share out the
    pooled answers of an item between the versions are equally likely if nothing changed; items are independent, so
    the distribution of ``moved`` is a convolution, exact for right or wrong scores (each item's count is
    hypergeometric), and drawn for others. Source: Pitman (1937), Significance Tests Which May be Applied to Samples
    from Any Populations, JRSS Supplement 4:119.

    ``asked_twice`` is used where each item has one answer: of how many items that were put twice in a row (the second
    number) the answer changed (the first). Scores change no oftener than answers do, so more flips than those say that
    something changed: Fisher's exact test, one-sided.

    Raises:
        ValueError: the versions share no item.
    """
    shared = sorted(set(before) & set(after))
    if not shared:
        raise ValueError("the two versions share no item")
    gaps = {item: float(np.mean(after[item]) - np.mean(before[item])) for item in shared}
    higher = tuple(item for item in shared if gaps[item] > 1e-12)
    lower = tuple(item for item in shared if gaps[item] < -1e-12)
    moved = sum(abs(gap) for gap in gaps.values())
    if deterministic:
        p = 0.0 if higher or lower else 1.0
        return Flips(len(shared), higher, lower, moved, 0.0, p, True, "none needed: decoding is deterministic")
    pairs = [(before[item], after[item]) for item in shared]
    if all(len(one) + len(other) < 3 for one, other in pairs):
        if asked_twice is not None:
            return _against(len(shared), higher, lower, asked_twice)
        return Flips(len(shared), higher, lower, moved, None, None, False, "none: one answer to each item")
    expected, p, test = _chance(pairs)
    return Flips(len(shared), higher, lower, moved, expected, p, False, test)


def _against(n: int, higher: tuple[str, ...], lower: tuple[str, ...], asked_twice: tuple[int, int]) -> Flips:
    """The number of flipped items beside the noise of other items; here ``moved`` counts items."""
    flipped, (noisy, asked) = len(higher) + len(lower), asked_twice
    p = float(stats.hypergeom.sf(flipped - 1, n + asked, flipped + noisy, n))
    return Flips(n, higher, lower, float(flipped), n * noisy / asked, p, False,
                 f"Fisher's exact test against {noisy} of {asked} answers that changed when asked twice", asked_twice)


def _chance(pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> tuple[float, float, str]:
    binary = all(score in {0.0, 1.0} for pair in pairs for side in pair for score in side)
    unit = Fraction(1, int(np.lcm.reduce([len(one) * len(other) for one, other in pairs]))) if binary else Fraction(0)
    if binary and len(pairs) / unit <= _MOST_STEPS:
        return _exact(pairs, unit)
    return _drawn(pairs)


def _exact(pairs: Sequence[tuple[Sequence[float], Sequence[float]]], unit: Fraction) -> tuple[float, float, str]:
    """The exact tail: each item's distances in steps of ``unit``, convolved over the items."""
    whole = np.ones(1)
    observed = 0
    for one, other in pairs:
        total, k, m = int(sum(one) + sum(other)), len(one), len(other)
        steps = np.zeros(int(1 / unit) + 1)
        ways = comb(k + m, k)
        for right in range(max(0, total - m), min(k, total) + 1):
            distance = abs(Fraction(right, k) - Fraction(total - right, m))
            steps[int(distance / unit)] += comb(total, right) * comb(k + m - total, k - right) / ways
        observed += int(abs(Fraction(int(sum(one)), k) - Fraction(int(sum(other)), m)) / unit)
        whole = np.convolve(whole, np.trim_zeros(steps, "b"))
    expected = float(whole @ np.arange(whole.size)) * float(unit)
    return expected, min(1.0, float(whole[observed:].sum())), "exchange of answers within items, exact"


def _drawn(pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> tuple[float, float, str]:
    """The tail by draws: each item's pooled answers are shuffled between the versions."""
    random = np.random.default_rng(SEED)
    totals: NDArray[np.float64] = np.zeros(DRAWS)
    observed = 0.0
    for one, other in pairs:
        pool = np.array([*one, *other], dtype=np.float64)
        shuffled = random.permuted(np.broadcast_to(pool, (DRAWS, pool.size)), axis=1)
        totals += np.abs(shuffled[:, : len(one)].mean(axis=1) - shuffled[:, len(one) :].mean(axis=1))
        observed += abs(float(np.mean(one) - np.mean(other)))
    beyond = int((totals >= observed - 1e-9).sum())
    return float(totals.mean()), (1 + beyond) / (DRAWS + 1), f"exchange of answers within items, {DRAWS:,} draws"
