"""Win rate and Borda: their known answers, and their faults, each as a test."""

from __future__ import annotations

import numpy as np
import pytest

from commons.stats.across.borda import borda, preferred
from commons.stats.across.win_rate import mean_win_rate

NAN = float("nan")
A, B = [0.9, 0.5, 0.5], [0.8, 0.6, 0.6]
OTHERS = [[0.85, 0.1, 0.1], [0.84, 0.1, 0.1], [0.83, 0.1, 0.1]]


def test_ties_share_a_win() -> None:
    """Two that tie at the top of three win .75 each."""
    assert mean_win_rate(np.array([[1.0], [1.0], [0.0]])).tolist() == [0.75, 0.75, 0.0]


def test_others_can_swap_two_models() -> None:
    """The first fault: A and B change places when others are added, though neither of them changed."""
    alone, among = mean_win_rate(np.array([A, B])), mean_win_rate(np.array([A, B, *OTHERS]))

    assert alone == pytest.approx([1 / 3, 2 / 3])
    assert among[:2] == pytest.approx([5 / 6, 2 / 3])
    assert borda(np.array([A, B, *OTHERS]))[0] > borda(np.array([A, B, *OTHERS]))[1]


def test_a_thousandth_counts_as_one_win() -> None:
    """The second fault: a lead of .001 is worth as much as one of .9."""
    narrow, wide = np.array([[0.501, 0.5], [0.5, 0.501]]), np.array([[0.501, 0.0], [0.5, 0.9]])

    assert mean_win_rate(narrow).tolist() == mean_win_rate(wide).tolist() == [0.5, 0.5]


def test_a_missing_cell_rewards_absence() -> None:
    """The third fault: the model that skipped the second task comes out ahead of all who tried it."""
    found = mean_win_rate(np.array([[0.9, NAN], [0.8, 0.7], [0.1, 0.2]]))

    assert found.tolist() == [1.0, 0.75, 0.0]


def test_a_task_that_compares_nobody_is_left_out() -> None:
    """One model alone on a task wins nothing by it, and a model without any comparison has no rate."""
    found = mean_win_rate(np.array([[0.9, 0.5, NAN], [0.1, NAN, NAN], [NAN, NAN, 0.3]]))

    assert found[:2].tolist() == [1.0, 0.0]
    assert np.isnan(found[2])


def test_without_missing_cells_borda_is_the_win_rate() -> None:
    """The two differ only in what they do with a missing cell."""
    scores = np.random.default_rng(3).integers(0, 5, (6, 4)).astype(float)

    assert borda(scores) == pytest.approx(mean_win_rate(scores))


def test_a_missing_model_may_stand_in_any_gap() -> None:
    """With three others there are four gaps: the best of them stands above the missing one in three of four cases."""
    above = preferred(np.array([3.0, 2.0, 1.0, NAN, NAN]))

    assert above[:3, 3] == pytest.approx([0.75, 0.5, 0.25])
    assert above[3, 4] == 0.5
    assert above + above.T + np.eye(5) == pytest.approx(np.ones((5, 5)))


def test_borda_lifts_a_weak_model_that_is_absent() -> None:
    """The fault of the completion: the weakest model gains by lacking a task, the strongest loses."""
    whole = np.array([[0.9, 0.9], [0.5, 0.5], [0.1, 0.1]])
    weak, strong = whole.copy(), whole.copy()
    weak[2, 1] = strong[0, 1] = NAN

    assert borda(whole)[2] == 0.0
    assert borda(weak)[2] == pytest.approx(0.25)
    assert borda(strong)[0] == pytest.approx(0.75)


def test_ties_are_even_for_borda() -> None:
    """Two that tie share the place, also against a missing third."""
    above = preferred(np.array([1.0, 1.0, NAN]))

    assert above[0, 1] == above[1, 0] == above[0, 2] == 0.5


@pytest.mark.parametrize("shape", [(1, 3), (3, 0), (0, 0)])
def test_nobody_to_compare(shape: tuple[int, int]) -> None:
    """One model, or no task, gives no count."""
    assert np.isnan(borda(np.zeros(shape))).all()
