"""Headroom over refreshes: two ends, and never a trend."""

from __future__ import annotations

import datetime

import numpy as np

from commons.stats.saturation.movement import End, movement

DAY = datetime.date(2026, 1, 1)


def test_both_ends_are_said_with_how_many_models_stood_behind_each() -> None:
    """The oldest and the newest refresh; what lies between them is not drawn into a line."""
    ends = [End(DAY + datetime.timedelta(days=30 * place), room, 5 + place)
            for place, room in enumerate((0.4, 0.2, 0.1))]
    found = movement(ends)

    assert (found.first, found.last) == (ends[0], ends[-1])
    assert "40% on 2026-01-01 (5 models measured)" in found.words
    assert "10% on 2026-03-02 (7)" in found.words


def test_a_single_refresh_has_no_movement() -> None:
    """One end is none."""
    assert movement([End(DAY, 0.4, 5)]).first is None
    assert movement([]).words.startswith("How headroom moves is told from a second refresh on")


def test_equal_models_are_never_said_to_fall() -> None:
    """Headroom of the best of more and more equal models falls by luck: no time and no rate is said of it."""
    random = np.random.default_rng(3)
    scores = random.binomial(200, 0.7, 24) / 200
    ends = [End(DAY + datetime.timedelta(days=30 * place), float(1 - scores[: 3 * place + 3].max()) / 0.75,
                3 * place + 3) for place in range(8)]
    found = movement(ends)

    assert ends[-1].headroom < ends[0].headroom
    assert "no time to saturation is told" in found.words
    assert "quarter" not in found.words
