"""Near duplicates: texts as sets of five-word shingles, compared by their Jaccard index.

Broder, "On the resemblance and containment of documents" (1997), for shingles and MinHash; Lee et al., "Deduplicating
training data makes language models better" (2022), for their use on training data. MinHash only proposes pairs: each
pair that is given was confirmed by its exact index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rensa import RMinHash  # type: ignore[import-untyped]

from commons.text.normalise import words

SIZE = 5
PERMUTATIONS = 128
#: Two texts with a Jaccard index J share a band of this many values with probability 1 - (1 - J^4)^32: above .9999 at
#: J = .8, and .87 at J = .5.
ROWS_PER_BAND = 4
_SEED = 1
_MASK = 2**64 - 1
#: Longer texts are compared by their beginning: enough to tell a copy, and bounded whatever is contributed.
MAX_WORDS = 20_000

Shingles = frozenset[str]


@dataclass(frozen=True, order=True)
class Pair:
    """Two texts by their places, the earlier first, and their exact Jaccard index."""

    first: int
    second: int
    jaccard: float


def shingles(text: str, size: int = SIZE) -> Shingles:
    """The runs of ``size`` words in ``text``; a shorter text is one shingle, and one without words has none."""
    return shingles_of(words(text), size)


def shingles_of(several: Sequence[str], size: int = SIZE) -> Shingles:
    """The runs of ``size`` words among ``several``, as :func:`shingles` makes them."""
    several = several[:MAX_WORDS]
    if len(several) <= size:
        return frozenset([" ".join(several)]) if several else frozenset()
    return frozenset(" ".join(several[start : start + size]) for start in range(len(several) - size + 1))


def jaccard(one: Collection[str], other: Collection[str]) -> float:
    """The share of all shingles of two texts that both have; 0 where neither has any."""
    first, second = frozenset(one), frozenset(other)
    common = len(first & second)
    together = len(first) + len(second) - common
    return common / together if together else 0.0


def signatures(sets: Sequence[Iterable[str]]) -> list[list[int]]:
    """The MinHash signature of each set: 128 numbers that depend on nothing but the set."""
    rows: list[list[int]] = RMinHash.digest_matrix_from_token_sets(list(map(list, sets)), PERMUTATIONS, _SEED).to_rows()
    return rows


def band_keys(one: Iterable[str], rows: int = ROWS_PER_BAND) -> tuple[int, ...]:
    """The bands of a set's signature as keys of 64 bits for an index: similar sets are likely to share one.

    A key depends on its band's place too, so that one table can hold them all. A set without shingles has no keys.
    """
    several = list(one)
    return _bands(signatures([several])[0], rows) if several else ()


def all_band_keys(sets: Sequence[Collection[str]], rows: int = ROWS_PER_BAND) -> list[tuple[int, ...]]:
    """:func:`band_keys` of several sets at once, which is much quicker than one by one."""
    return [_bands(signature, rows) if one else () for one, signature in zip(sets, signatures(sets), strict=True)]


def _bands(signature: Sequence[int], rows: int) -> tuple[int, ...]:
    # Python's own hash of a tuple of numbers is quick and, unlike that of a text, the same in every process.
    return tuple(
        hash((start, *signature[start : start + rows])) & _MASK for start in range(0, len(signature) - rows + 1, rows)
    )


def similar_pairs(texts: Sequence[str], threshold: float) -> list[Pair]:
    """The pairs of ``texts`` whose Jaccard index is at least ``threshold``, as :func:`similar_sets` gives them."""
    return similar_sets([shingles(text) for text in texts], threshold)


def similar_sets(sets: Sequence[Shingles], threshold: float) -> list[Pair]:
    """The pairs of sets whose Jaccard index is at least ``threshold``, in order.

    In a crowd of similar texts each is paired with the first and with the one before it, not with all: a thousand
    equal texts give about two thousand pairs. The work grows with the number of texts, whatever they hold.
    """
    candidates: set[tuple[int, int]] = set()
    ends: dict[int, tuple[int, int]] = {}
    # Longer bands cost less and lose nothing at a high threshold: 1 - (1 - .8^6)^21 is .998.
    rows = 6 if threshold >= 0.8 else ROWS_PER_BAND
    for place, keys in enumerate(all_band_keys(sets, rows)):
        for key in keys:
            first, last = ends.get(key, (place, place))
            if first != place:
                candidates.add((first, place))
                candidates.add((last, place))
            ends[key] = (first, place)
    pairs = (Pair(first, second, jaccard(sets[first], sets[second])) for first, second in candidates)
    return sorted(pair for pair in pairs if pair.jaccard >= threshold)
