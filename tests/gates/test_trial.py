"""The tests behind the verdicts: exact for right and wrong, corrected over all probes, honest where small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from commons.gates.material import Material
from commons.gates.policy import ALPHA
from commons.gates.probes import Asks, Probe, even
from commons.gates.trial import Clock, ProbeOutcome, Trial
from commons.stats.adjusted import holm_adjusted
from commons.stats.exact import binomial_tail, holm
from tests.builders import choice_task, generate_task
from tests.gates.renderings import choice_rendering, material, text_rendering


def many(root: Path, n: int, choices: int = 4) -> Material:
    """A material of ``n`` items with so many choices."""
    rows: list[dict[str, object]] = [
        {"q": str(index), "c": list("abcdef"[:choices]), "a": index % choices} for index in range(n)
    ]
    return material(root, choice_task(rows=rows), choice_rendering("pick", rows))


def trial_of(found: Material, scores: Mapping[str, Sequence[float]], asks: Asks = "near_chance") -> Trial:
    """A trial in which each probe got these scores, item by item."""
    outcomes = {}
    for name, several in scores.items():
        probe = Probe(name, name, even(found), asks, found.scale.chance)
        statistics = {item.id: (score,) for item, score in zip(found.items, several, strict=True)}
        outcomes[name] = ProbeOutcome(probe, statistics, {})
    return Trial(found, outcomes, Clock(0, 0, len(scores)))


def test_one_probe_is_the_exact_binomial_test(tmp_path: Path) -> None:
    """60 of 100 right with four choices: the tail at chance plus the margin, in full agreement with the formula."""
    found = many(tmp_path, 100)
    test = trial_of(found, {"first": [1.0] * 60 + [0.0] * 40}).tests["first"]

    assert test.limit == pytest.approx(0.30)
    assert test.p == pytest.approx(binomial_tail(60, 100, 0.30))
    assert test.alarm


def test_the_correction_is_over_all_probes(tmp_path: Path) -> None:
    """A score that alone would be an alarm is none among many, as Holm says."""
    found = many(tmp_path, 100)
    right = next(count for count in range(100) if binomial_tail(count, 100, 0.30) <= ALPHA.value)
    scores = [1.0] * right + [0.0] * (100 - right)
    quiet = [1.0] * 25 + [0.0] * 75

    assert trial_of(found, {"first": scores}).alarm("first")
    assert not trial_of(found, {"first": scores, **{f"quiet_{run}": quiet for run in range(9)}}).alarm("first")


def test_a_few_items_that_are_all_right_say_too_little(tmp_path: Path) -> None:
    """Four of four with two choices is no alarm, and the test says that no score would have been one."""
    test = trial_of(many(tmp_path, 4, choices=2), {"first": [1.0] * 4}).tests["first"]

    assert not test.alarm
    assert test.detectable is None


def test_ten_items_that_are_all_right_are_an_alarm(tmp_path: Path) -> None:
    """From ten items on, every one right without skill fails, whatever the correction leaves."""
    found = many(tmp_path, 10, choices=2)
    quiet = {f"quiet_{run}": [1.0] * 5 + [0.0] * 5 for run in range(20)}

    assert trial_of(found, {"first": [1.0] * 10, **quiet}).alarm("first")
    assert not trial_of(found, {"first": [1.0] * 9 + [0.0], **quiet}).alarm("first")


def test_scores_with_parts_use_a_limit_that_always_holds(tmp_path: Path) -> None:
    """Half marks on all of 100 items are an alarm against chance 0, and the interval holds the mean."""
    rows: list[dict[str, object]] = [{"q": str(index), "a": f"word {index}"} for index in range(100)]
    found = material(tmp_path, generate_task(rows=rows, filter="none"), text_rendering("say", rows, ["\n"]))
    test = trial_of(found, {"empty": [0.5] * 100}).tests["empty"]

    assert test.alarm
    assert test.interval is not None
    assert test.interval[0] < 0.5 < test.interval[1]


def test_false_alarms_stay_below_alpha(tmp_path: Path) -> None:
    """Over 400 tasks of 40 items whose four probes truly score chance plus the margin, few raise any alarm."""
    import random

    found = many(tmp_path, 40)
    draw = random.Random(3)  # noqa: S311  (a seeded simulation)
    alarms = 0
    for _ in range(400):
        scores = {name: [float(draw.random() < 0.30) for _ in range(40)] for name in "abcd"}
        trial = trial_of(found, scores)
        alarms += any(trial.alarm(name) for name in scores)

    assert alarms <= 10


def test_adjusted_p_values_reject_what_holm_rejects() -> None:
    """One is at most alpha exactly where the procedure rejects."""
    for pvalues in ([0.04, 0.01, 0.03], [0.001, 0.002, 0.9], [0.02], [0.003, 0.003, 0.003, 0.05]):
        for alpha in (0.01, 0.05):
            assert tuple(p <= alpha for p in holm_adjusted(pvalues)) == holm(pvalues, alpha)


def test_a_corpus_score_may_come_half_of_the_way(tmp_path: Path) -> None:
    """BLEU has no test by items: more than half of full marks without skill is an alarm."""
    rows: list[dict[str, object]] = [{"q": str(index), "a": f"a b c d {index}"} for index in range(4)]
    spec = generate_task(rows=rows, metric="bleu", filter="none")
    found = material(tmp_path, spec, text_rendering("say", rows, ["\n"], "bleu", "bleu"))
    full = (4.0, 4.0, 4.0, 3.0, 2.0, 1.0, 4.0, 3.0, 2.0, 1.0)

    def bleu_trial(shared: float) -> Trial:
        probe = Probe("empty", "empty", {item.id: () for item in found.items}, "near_chance")
        counts = (full[0], full[1], *(shared * one for one in full[2:6]), *full[6:])
        return Trial(found, {"empty": ProbeOutcome(probe, {item.id: (counts,) for item in found.items}, {})},
                     Clock(0, 0, 1))

    assert bleu_trial(1.0).alarm("empty")
    assert not bleu_trial(0.0).alarm("empty")
