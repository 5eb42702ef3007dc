"""The sentences of ``commons compare``: each says what its numbers allow, and none contradicts another."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("scipy")

from commons.analyse.answers import Column
from commons.analyse.compare import TaskComparison
from commons.analyse.versions import Versions
from commons.cli.compare_versions import noise_lines
from commons.cli.compare_words import verdict
from commons.pool.cell import Metric
from commons.stats.differences import Difference
from commons.stats.flips import Flips

METRIC = Metric(value=0.5, stderr=None, interval=(0.4, 0.6), method="Wilson", n=60, aggregation="mean",
                higher_is_better=True)
APART = Difference(0.05, 0.03, (-0.01, 0.11), 0.2, "McNemar, exact", 60, 60, 6, 3)


def task(apart: Difference = APART, **changes: object) -> TaskComparison:
    """A comparison on one task that is not clear."""
    made = TaskComparison("sums", "acc,none", "proportion", True, METRIC, METRIC, apart, True, False, (),
                          detectable=0.12, more=300, adjusted=apart.p)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_what_can_be_shown_stands_only_where_nothing_is_clear() -> None:
    """Who is ahead is not told beside a number that seems to deny it."""
    unclear = verdict(task(), 1)
    clear = verdict(task(verdict="first ahead", adjusted=0.01), 1)

    assert "60 items show a true difference of 12 points or more (80% power)" in unclear
    assert "about 300 more items would be needed to show a difference of 5 points" in unclear
    assert "80% power" not in clear


def test_interval_and_test_may_disagree() -> None:
    """An interval that leaves out 0 beside a p above .05, alone or after the correction, is explained."""
    outside = replace(APART, interval=(0.01, 0.11), p=0.07)

    assert "leaves out 0; the test (McNemar, exact) decides, and it does not" in verdict(task(outside), 1)
    corrected = verdict(task(replace(outside, p=0.03), adjusted=0.09), 3)
    assert "its own p is 0.030: among several tasks that is not enough" in corrected
    assert "leaves out" not in verdict(task(), 1)


@pytest.mark.parametrize(("changes", "said"), [
    ({"apart": replace(APART, value=0.0, stderr=None), "more": None, "detectable": None}, "have the same mean"),
    ({"same": True, "verdict": "alike"}, "all 60 items have the same score in both"),
    ({"apart": replace(APART, n=5, units=5), "detectable": None, "more": 1},
     "5 items can show no difference; about 1 more item would be needed"),
    ({"more": None}, "would take more items than anybody writes"),
    ({"apart": replace(APART, n=20, units=1, stderr=None), "more": None}, "all items share one source"),
])
def test_each_case_has_its_words(changes: dict[str, object], said: str) -> None:
    """Same means, same scores, too few items, far too many, and a single source."""
    assert said in verdict(task(**changes), 1)


def versions(moves: Flips, apart: Difference = APART, **changes: object) -> str:
    """The lines about noise, as one text."""
    given = {"task": "sums", "label": "alpha", "commit": "c" * 40, "before": METRIC, "after": METRIC,
             "column": Column("acc,none", "proportion", True, "mean"), "difference": apart, "flips": moves,
             "flipped": (), "changed": (), "other_input": (), "added": (), "removed": (), "unchanged": False,
             "greedy": False, "surroundings": (), **changes}
    return " ".join(noise_lines(Versions(**given), moves))  # type: ignore[arg-type]


SIX_DOWN = Flips(20, (), tuple("abcdef"), 6.0, 8.0, 0.91, False, "Fisher's exact test", (8, 20))


def test_a_drop_is_a_change_though_the_flips_are_few() -> None:
    """None higher and six lower: the number is within the noise, the way is not, and the conclusion is one."""
    said = versions(SIX_DOWN, replace(APART, value=-0.3, interval=(-0.5, -0.08), p=0.031))

    assert "not more than the check of this endpoint would lead one to expect (p = 0.91)" in said
    assert "Which way: down, by 30 points (p = 0.031, McNemar, exact)" in said
    assert said.endswith("So something changed.")
    assert "nothing but noise" not in said


def test_borrowed_noise_is_called_that() -> None:
    """Where the noise is that of other items, a larger number of flips is a hint and no more."""
    many = replace(SIX_DOWN, higher=tuple("ghijk"), p=0.01)
    said = versions(many, replace(APART, p=1.0))

    assert "of 20 other items that were asked twice in a row, 8 changed" in said
    assert "hint" in said
    assert said.endswith("as far as the borrowed noise is theirs.")


def test_other_surroundings_are_named() -> None:
    """Greedy answers on another host: the flips are not called changes."""
    moves = Flips(20, (), ("a",), 1.0, None, None, False, "none: one answer to each item")
    said = versions(moves, replace(APART, p=1.0), greedy=True, surroundings=("torch 2.3 then, 2.4 now",))

    assert "rounding alone can turn an answer: torch 2.3 then, 2.4 now" in said
    assert "cannot be said" in said
    assert "each of them is a change" not in said
