"""What is told after a merge, as small as it can be."""

from __future__ import annotations

from commons.github.afterwards import Announcement, Line, TaskResults
from tests.github.golden.situations import NASTY

_LINES = (Line("smollm2-135m-instruct", "41 %", "30 to 54 %", 60), Line("smollm2-360m", "63 %", "51 to 74 %", 60))
_TASK = TaskResults("dose_arithmetic", "Dose arithmetic", "acc, higher is better, chance is 25 %", _LINES)
_SITE = "https://pool.example/commons/"

PUBLISHED = {
    "published": Announcement((_TASK,), "4f1c" * 10, _SITE),
    "published_with_failures": Announcement((TaskResults(
        "dose_arithmetic", "Dose arithmetic", "acc, higher is better", _LINES[:1],
        (Line("smollm2-360m", why="3 of 60 rows have no score: 3 instrument faults."),
         Line("qwen3-0.6b", why="Its shard left no cell of today's key.")),
        (Line("an-endpoint", why="the task needs log-likelihoods, which the endpoint does not give"),)),),
        "4f1c" * 10, _SITE),
    "published_hostile": Announcement((TaskResults(
        "dose_arithmetic", NASTY, NASTY, (Line("m", "1 %", NASTY, 3),), (Line("k", why=NASTY),)),), "4f1c" * 10),
    "published_huge": Announcement(tuple(TaskResults(f"task_{place:03}", "A task " * 10, "acc", tuple(
        Line(f"a-model-with-a-long-name-{model:03}", "50 %", "40 to 60 %", 100) for model in range(100)))
        for place in range(100)), "4f1c" * 10, _SITE),
}
