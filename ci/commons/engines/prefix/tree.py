"""The prefix tree of many token sequences, and the order in which a model goes through it.

Sequences are sorted, so that those that begin alike stand together, and the tree lies in the array of how many tokens
each shares with the one before it (the LCP array of string algorithms; Kasai et al. 2001). A walk is a list of steps:
either the path that the model keeps in its key-value cache grows by some tokens, or a whole subtree below the path is
computed at once, packed into one sequence in which each token sees its ancestors only (the tree attention of SpecInfer,
Miao et al., ASPLOS 2024). Pure Python on lists of ints; nothing here knows a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

#: What one more forward pass costs beside its tokens, in tokens: a short edge is computed again rather than by itself.
PASS_COST = 24


@dataclass(frozen=True)
class Run:
    """Tokens in a row inside a step: places ``start`` to ``stop``, after the token at ``parent`` (-1: the path)."""

    start: int
    stop: int
    parent: int


@dataclass(frozen=True)
class Want:
    """A place of a step whose logits are asked for: for the sequence of that number, at that position of it."""

    place: int
    sequence: int
    position: int


@dataclass(frozen=True)
class Step:
    """One forward pass: ``tokens`` at ``positions``, below the first ``depth`` tokens of the path that is kept.

    ``grows`` says that the tokens become part of the path. ``ends`` gives for each sequence that ends here the places
    of its tokens below ``depth``.
    """

    depth: int
    tokens: list[int]
    positions: list[int]
    runs: list[Run]
    wants: list[Want]
    grows: bool
    ends: dict[int, list[int]]

    @property
    def is_chain(self) -> bool:
        """Whether each token follows the one before it, so that the usual causal mask holds."""
        return len(self.runs) == 1


class PrefixTree:
    """The tree of ``sequences``; logits are wanted at the positions of each from ``wanted_from`` on.

    Raises:
        ValueError: a sequence is empty.
    """

    def __init__(self, sequences: Sequence[Sequence[int]], wanted_from: Sequence[int]) -> None:
        if not all(sequences):
            raise ValueError("an empty sequence has no place in the tree")
        self._order = sorted(range(len(sequences)), key=lambda number: tuple(sequences[number]))
        self._sequences = [sequences[number] for number in self._order]
        self._wanted_from = [wanted_from[number] for number in self._order]
        #: Tokens that each sequence shares with the one before it; none for the first, if there is one.
        self._shared = [0] * min(1, len(sequences))
        self._shared += [_common(one, other) for one, other in pairwise(self._sequences)]
        #: Tokens that sequences 0 to i add to the tree, each beyond what it shares with the one before it.
        self._sums = list(accumulate(
            (len(one) - shared for one, shared in zip(self._sequences, self._shared, strict=True)), initial=0
        ))

    @property
    def size(self) -> int:
        """The tokens of the tree: what any way of computing must compute at least."""
        return self._sums[-1]

    def walk(self, most: int, *, packs: bool = True) -> Iterator[Step]:
        """The steps through the whole tree, none with more than ``most`` tokens.

        Without ``packs`` every step is a chain, for models that no mask of ours can be given to.
        """
        if self._sequences:
            yield from self._walk(0, len(self._sequences), 0, most, packs=packs)

    def _below(self, low: int, high: int, depth: int) -> int:
        """The tokens of the sequences ``low`` to ``high`` below ``depth``, which they share."""
        return len(self._sequences[low]) - depth + self._sums[high] - self._sums[low + 1]

    def _walk(self, low: int, high: int, depth: int, most: int, *, packs: bool) -> Iterator[Step]:
        """The steps through the sequences ``low`` to ``high``, of which the path holds ``depth`` tokens."""
        total = self._below(low, high, depth)
        common = min(self._shared[low + 1 : high], default=len(self._sequences[low]))
        if total <= most and (packs or common == total + depth):
            yield from self._pack(low, high, depth)
            return
        cuts = [low, *(i for i in range(low + 1, high) if self._shared[i] == common), high]
        edge = common - depth
        others = -(-(total - edge) // max(1, most - edge)) if packs else len(cuts) - 1
        if edge > most or edge * (others - 1) > PASS_COST:
            yield from self._grow(low, high, depth, common, most)
            depth = common
        begun = low
        for start, stop in pairwise(cuts):
            if self._below(begun, stop, depth) > most or not packs:
                yield from self._pack(begun, start, depth)
                begun = start
            if self._below(start, stop, depth) > most or not packs:
                yield from self._walk(start, stop, depth, most, packs=packs)
                begun = stop
        yield from self._pack(begun, high, depth)

    def _grow(self, low: int, high: int, depth: int, common: int, most: int) -> Iterator[Step]:
        """Let the path grow from ``depth`` to ``common`` tokens, in steps of at most ``most``."""
        tokens = self._sequences[low]
        for start in range(depth, common, most):
            stop = min(start + most, common)
            wants, ends = [], {}
            for i in range(low, high):
                wants += [Want(position - start, self._order[i], position)
                          for position in range(max(start, self._wanted_from[i]), min(stop, len(self._sequences[i])))]
                if start < len(self._sequences[i]) <= stop:
                    ends[self._order[i]] = list(range(len(self._sequences[i]) - start))
            yield Step(start, list(tokens[start:stop]), list(range(start, stop)), [Run(0, stop - start, -1)], wants,
                       grows=True, ends=ends)

    def _pack(self, low: int, high: int, depth: int) -> Iterator[Step]:
        """The whole subtree of the sequences ``low`` to ``high`` below ``depth``, as one step if it has any tokens."""
        if low == high or not self._below(low, high, depth):
            return
        tokens: list[int] = []
        positions: list[int] = []
        runs: list[Run] = []
        wants: list[Want] = []
        ends: dict[int, list[int]] = {}
        path: list[int] = []
        for i in range(low, high):
            sequence = self._sequences[i]
            kept = 0 if i == low else min(self._shared[i] - depth, len(path))
            del path[kept:]
            new = sequence[depth + kept :]
            if new:
                runs.append(Run(len(tokens), len(tokens) + len(new), path[-1] if path else -1))
                path.extend(range(len(tokens), len(tokens) + len(new)))
                positions.extend(range(depth + kept, len(sequence)))
                tokens.extend(new)
            wants += [Want(path[position - depth], self._order[i], position)
                      for position in range(max(depth, self._wanted_from[i]), len(sequence))]
            if len(sequence) > depth:
                ends[self._order[i]] = list(path)
        yield Step(depth, tokens, positions, runs, wants, grows=False, ends=ends)


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two sequences begin with alike."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
