"""How a suite's tasks become one number, in words."""

from __future__ import annotations

from collections.abc import Mapping

RULES: Mapping[str, str] = {
    "macro mean": "The plain mean of the tasks' scores: each task counts once, whatever its size.",
    "macro mean of chance-corrected scores": (
        "Each score becomes its share of the way from chance to the ceiling, unclipped; then the plain mean."
    ),
    "size-weighted mean": "The mean over the tasks weighted by their items: a large task counts for more.",
    "open_llm_leaderboard_v1": (
        "The plain mean of the six raw scores in percent, as on the board; MMLU is the plain mean of its subjects."
    ),
    "open_llm_leaderboard_v2": (
        "Each subtask in points from its floor (one over the number of options) to 1, 0 below the floor, then the mean "
        "over subtasks and the mean over the six tasks, as on the board. The parts of GPQA, of MATH and of IFEval are "
        "averaged before. Clipping at 0 lifts what is at chance."
    ),
}
