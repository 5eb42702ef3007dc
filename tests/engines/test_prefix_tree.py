"""The prefix tree: every token once, every step in bounds, every wanted place where it belongs."""

from __future__ import annotations

import random

import pytest

from commons.engines.prefix.tree import PrefixTree, Step


def sequences(seed: int, count: int = 40) -> list[list[int]]:
    """Sequences over few tokens, so that they share beginnings at many depths and some are equal."""
    draw = random.Random(seed)  # noqa: S311
    found: list[list[int]] = []
    for _ in range(count):
        base = draw.choice(found) if found and draw.random() < 0.7 else []
        kept = base[: draw.randrange(len(base) + 1)] if base else []
        found.append(kept + [draw.randrange(3) for _ in range(draw.randrange(0 if kept else 1, 9))])
    return found


def nodes(found: list[list[int]]) -> int:
    """The tokens of a prefix tree, counted the slow way: distinct beginnings."""
    return len({tuple(one[: end + 1]) for one in found for end in range(len(one))})


class Follower:
    """Goes along with a walk as a model would, and reads back what each place stands for."""

    def __init__(self) -> None:
        self.path: list[int] = []
        self.read: dict[tuple[int, int], tuple[int, ...]] = {}
        self.ended: dict[int, tuple[int, ...]] = {}
        self.computed = 0

    def take(self, step: Step) -> None:
        """Compute a step: the text before each place is its ancestors', and the path's before them."""
        assert step.depth <= len(self.path)
        self.path = self.path[: step.depth]
        before: dict[int, tuple[int, ...]] = {-1: tuple(self.path)}
        for run in step.runs:
            last = run.parent
            for place in range(run.start, run.stop):
                before[place] = (*before[last], step.tokens[place])
                assert step.positions[place] == len(before[place]) - 1
                last = place
        for want in step.wants:
            assert (want.sequence, want.position) not in self.read
            self.read[want.sequence, want.position] = before[want.place]
        for number, places in step.ends.items():
            self.ended[number] = (*self.path, *(step.tokens[place] for place in places))
        if step.grows:
            self.path = list(before[len(step.tokens) - 1])
        self.computed += len(step.tokens)


@pytest.mark.parametrize("packs", [True, False])
@pytest.mark.parametrize("seed", range(60))
def test_a_walk_reads_each_wanted_place_once_and_after_its_own_beginning(seed: int, packs: bool) -> None:
    """Whatever the sequences and the bound, each wanted position comes once, after exactly the tokens before it."""
    found = sequences(seed)
    draw = random.Random(seed)  # noqa: S311
    wanted = [draw.randrange(len(one)) for one in found]
    most = draw.choice([1, 2, 5, 17, 1000])
    tree = PrefixTree(found, wanted)
    follower = Follower()

    for step in tree.walk(most, packs=packs):
        assert 0 < len(step.tokens) <= most
        assert packs or step.is_chain
        follower.take(step)

    assert follower.read == {
        (number, position): tuple(one[: position + 1])
        for number, one in enumerate(found) for position in range(wanted[number], len(one))
    }
    assert follower.ended == {number: tuple(one) for number, one in enumerate(found)}


@pytest.mark.parametrize("seed", range(20))
def test_one_pass_that_holds_all_computes_each_token_once(seed: int) -> None:
    """With room for everything, the tokens computed are those of the tree, counted the slow way."""
    found = sequences(seed)
    tree = PrefixTree(found, [0] * len(found))
    steps = list(tree.walk(10_000))

    assert tree.size == nodes(found) == sum(len(step.tokens) for step in steps)
    assert len(steps) == 1


def test_a_long_shared_beginning_is_computed_once_however_many_follow() -> None:
    """A header of 300 tokens before 100 questions costs 300 tokens, not 30,000."""
    header = list(range(300))
    found = [[*header, 1000 + number, 1, 2, 3] for number in range(100)]
    tree = PrefixTree(found, [303] * 100)

    computed = sum(len(step.tokens) for step in tree.walk(64))

    assert tree.size == 300 + 400
    assert computed == tree.size


def test_a_short_shared_beginning_is_repeated_rather_than_computed_by_itself() -> None:
    """Two tokens before many questions are cheaper to repeat in each pass than a pass of their own."""
    found = [[7, 8, 1000 + number, 1, 2, 3, 4, 5, 6, 7] for number in range(20)]
    steps = list(PrefixTree(found, [9] * 20).walk(64))

    assert not any(step.grows for step in steps)
    assert sum(len(step.tokens) for step in steps) == 20 * 8 + 2 * len(steps)


def test_an_empty_sequence_is_refused() -> None:
    """A model cannot read nothing."""
    with pytest.raises(ValueError, match="empty"):
        PrefixTree([[1], []], [0, 0])


def test_no_sequences_make_an_empty_tree() -> None:
    """Where nothing is asked, nothing is computed."""
    tree = PrefixTree([], [])

    assert tree.size == 0
    assert list(tree.walk(10)) == []
