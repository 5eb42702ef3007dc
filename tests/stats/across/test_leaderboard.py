"""The Open LLM Leaderboard's averages: the published worked examples, to the digit."""

from __future__ import annotations

import pytest

from commons.stats.across.leaderboard import (
    Part,
    floor_of,
    open_llm_leaderboard_v1,
    open_llm_leaderboard_v2,
    points,
)

HALF = [Part(0.5)]


def board(**tasks: list[Part]) -> dict[str, list[Part]]:
    """All six tasks of version 2 at 50 points, with some changed."""
    names = {"ifeval": "IFEval", "bbh": "BBH", "math": "MATH Lvl 5", "gpqa": "GPQA", "musr": "MuSR", "pro": "MMLU-PRO"}
    return {name: tasks.get(key, HALF) for key, name in names.items()}


@pytest.mark.parametrize(
    ("score", "floor", "expected"),
    [(0.5309175, 0.1, 47.88), (0.40, 0.25, 20.0), (0.28, 0.10, 20.0), (0.6, 0.25, 46.67), (0.2, 0.25, 0.0)],
)
def test_points(score: float, floor: float, expected: float) -> None:
    """The examples of the board's page, and of the known answers."""
    assert round(points(score, floor), 2) == expected


def test_musr_is_corrected_by_subtask() -> None:
    """Three subtasks with 2, 5 and 3 options: 12, 12.5 and 0 points, 8.1667 in the mean."""
    musr = [Part(score, floor_of(choices)) for score, choices in ((0.56, 2), (0.30, 5), (0.30, 3))]

    assert round(open_llm_leaderboard_v2(board(musr=musr)).tasks["MuSR"], 4) == 8.1667


def test_each_subtask_of_bbh_has_its_own_floor() -> None:
    """Scores at chance give 0 whatever the number of options, and one below it is not taken off the others."""
    at_chance = [Part(1 / choices, floor_of(choices)) for choices in (2, 6, 11, 18, 19)]
    below = [Part(0.3, 0.5), Part(0.75, 0.5)]

    assert open_llm_leaderboard_v2(board(bbh=at_chance)).tasks["BBH"] == pytest.approx(0.0)
    assert open_llm_leaderboard_v2(board(bbh=below)).tasks["BBH"] == pytest.approx(25.0)


def test_gpqa_and_math_are_averaged_first() -> None:
    """A part below chance counts against the others there, as in the board's notebook."""
    gpqa = [Part(0.20, 0.25), Part(0.40, 0.25), Part(0.30, 0.25)]

    assert open_llm_leaderboard_v2(board(gpqa=gpqa)).tasks["GPQA"] == pytest.approx(100 * 0.05 / 0.75)
    assert open_llm_leaderboard_v2(board(math=[Part(0.1), Part(0.3)])).tasks["MATH Lvl 5"] == pytest.approx(20.0)


def test_the_mean_of_the_six_is_plain() -> None:
    """Every task counts a sixth; IFEval is the mean of its two accuracies."""
    found = open_llm_leaderboard_v2(board(ifeval=[Part(0.4), Part(0.8)], pro=[Part(0.5309175, 0.1)]))

    assert found.tasks["IFEval"] == pytest.approx(60.0)
    assert found.mean == pytest.approx((60 + 4 * 50 + 47.8797222) / 6)
    assert found.stderr is None


def test_the_error_is_that_before_clipping() -> None:
    """Independent parts add in squares and are scaled like the points; IFEval's two accuracies do not."""
    two = [Part(0.8, 0.5, 0.03), Part(0.9, 0.5, 0.04)]
    rest = {name: [Part(0.5, 0.0, 0.0)] for name in board() if name not in {"BBH", "IFEval"}}
    found = open_llm_leaderboard_v2({**rest, "BBH": two, "IFEval": [Part(0.5, 0.0, 0.03), Part(0.5, 0.0, 0.05)]})

    # BBH: 100 * sqrt(.06^2 + .08^2) / 2 = 5; IFEval: 100 * (.03 + .05) / 2 = 4; the mean of six: sqrt(41) / 6.
    assert found.stderr == pytest.approx(41**0.5 / 6)


def test_version_1_takes_raw_scores() -> None:
    """The plain mean of six in percent; MMLU's subjects count alike, and floors are not used."""
    parts = {"ARC": [Part(0.6, 0.25)], "HellaSwag": [Part(0.8, 0.25)], "MMLU": [Part(0.4, 0.25), Part(0.6, 0.25)],
             "TruthfulQA": [Part(0.45)], "Winogrande": [Part(0.7, 0.5)], "GSM8K": [Part(0.2)]}

    assert open_llm_leaderboard_v1(parts).mean == pytest.approx((60 + 80 + 50 + 45 + 70 + 20) / 6)


@pytest.mark.parametrize(
    ("changes", "words"), [({"BBH": []}, "needs BBH"), ({"ARC": HALF}, "does not have ARC"),
                           ({"GPQA": [Part(0.5, 0.25), Part(0.5, 0.2)]}, "one floor")],
)
def test_a_board_of_other_tasks_is_refused(changes: dict[str, list[Part]], words: str) -> None:
    """A missing or unknown task, or parts to average that differ in their floors, make no board."""
    with pytest.raises(ValueError, match=words):
        open_llm_leaderboard_v2({**board(), **changes})
