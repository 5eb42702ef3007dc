"""Correcting for chance: unclipped, turned where lower is better, refused where an end is not declared."""

from __future__ import annotations

import pytest

from commons.stats.across.normalise import Scale, Uncorrected, scale_of, shown


@pytest.mark.parametrize(
    ("value", "chance", "ceiling", "expected"),
    [(0.40, 0.25, 1.0, 0.20), (0.28, 0.10, 1.0, 0.20), (0.25, 0.25, 0.95, 0.0), (0.95, 0.25, 0.95, 1.0),
     (2.5, 3.0, 1.0, 0.25)],
)
def test_known_answers(value: float, chance: float, ceiling: float, expected: float) -> None:
    """Chance is 0 and the ceiling 1, also where lower is better."""
    assert Scale(chance, ceiling).correct(value) == pytest.approx(expected)


def test_a_score_below_chance_stays_negative() -> None:
    """The data are never clipped: only a picture is."""
    corrected = Scale(0.25, 1.0).correct(0.10)

    assert corrected == pytest.approx(-0.2)
    assert (shown(corrected), shown(0.4), shown(1.3)) == (0.0, 0.4, 1.0)


def test_an_interval_and_an_error_turn_with_the_scale() -> None:
    """Where lower is better the interval's ends change places, and an error stays positive."""
    scale = Scale(3.0, 1.0)

    assert scale.correct_interval((1.5, 2.0)) == pytest.approx((0.5, 0.75))
    assert scale.correct_stderr(0.1) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("chance", "ceiling", "higher", "words"),
    [(None, 1.0, True, "no chance level"), (0.25, None, True, "no ceiling"), (None, None, True, "and no ceiling"),
     (0.5, 0.5, True, "equals"), (0.5, 0.2, True, "below"), (1.0, 3.0, False, "above"),
     (float("nan"), 1.0, True, "no number")],
)
def test_a_metric_without_a_scale_says_why(
    chance: float | None, ceiling: float | None, higher: bool, words: str
) -> None:
    """No end is guessed, and a scale that runs against the metric's direction is refused."""
    found = scale_of(chance, ceiling, higher_is_better=higher)

    assert isinstance(found, Uncorrected)
    assert words in found.reason


def test_a_declared_scale_is_taken() -> None:
    """Both ends and the right direction make a scale."""
    assert scale_of(0.25, 0.98) == Scale(0.25, 0.98)
    assert scale_of(8.0, 1.0, higher_is_better=False) == Scale(8.0, 1.0)
