"""The two averages of Hugging Face's Open LLM Leaderboard, exactly as the boards computed them.

Source of version 2: the board's page "Scores Normalization" and the notebook it links, as several public programs
reproduce it. Its clipping at 0 lifts whatever is at chance, which is why this project's own numbers are unclipped.
Version 1 took raw scores.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

#: The six tasks of each board.
V2_TASKS = ("IFEval", "BBH", "MATH Lvl 5", "GPQA", "MuSR", "MMLU-PRO")
V1_TASKS = ("ARC", "HellaSwag", "MMLU", "TruthfulQA", "Winogrande", "GSM8K")

#: Tasks whose parts are averaged raw and corrected afterwards, as the board's notebook does; the parts share a floor.
AVERAGED_FIRST = frozenset({"GPQA", "MATH Lvl 5", "IFEval"})


@dataclass(frozen=True)
class Part:
    """One subtask: its raw score as a proportion, what guessing scores on it, and its standard error."""

    score: float
    floor: float = 0.0
    stderr: float | None = None


@dataclass(frozen=True)
class Board:
    """Each task's points, their mean, and the mean's standard error before clipping (None where a part has none)."""

    tasks: dict[str, float]
    mean: float
    stderr: float | None


def floor_of(choices: int | None) -> float:
    """The board's lower bound of a task with ``choices`` options: one over their number; 0 where it has no options.

    >>> floor_of(4), floor_of(None)
    (0.25, 0.0)
    """
    return 0.0 if choices is None else 1.0 / choices


def points(score: float, floor: float = 0.0) -> float:
    """``(x - floor) / (1 - floor) * 100``, and 0 for whatever lies below the floor.

    Raises:
        ValueError: the floor lies outside 0 to 1.

    >>> round(points(0.5309175, 0.1), 2), round(points(0.40, 0.25), 6), points(0.1, 0.25)
    (47.88, 20.0, 0.0)
    """
    if not 0.0 <= floor < 1.0:
        raise ValueError(f"no lower bound: {floor}")
    return max(0.0, (score - floor) / (1.0 - floor) * 100.0)


def open_llm_leaderboard_v2(parts: Mapping[str, Sequence[Part]]) -> Board:
    """Points of each task and their plain mean: each subtask corrected by its own floor, then averaged.

    ``parts`` gives the subtasks of each of the six tasks. Those of GPQA and MATH, and the two strict accuracies of
    IFEval, are averaged before they are corrected.

    Raises:
        ValueError: a task is missing or unknown, has no part, or the parts to average first differ in their floors.
    """
    _six(parts, V2_TASKS)
    return _board({name: (_task_points(name, some), _task_stderr(name, some)) for name, some in parts.items()})


def open_llm_leaderboard_v1(parts: Mapping[str, Sequence[Part]]) -> Board:
    """The plain mean of the six raw scores in percent; MMLU is the plain mean of its subjects. Floors are not used.

    Raises:
        ValueError: a task is missing or unknown, or has no part.
    """
    _six(parts, V1_TASKS)
    raw = {name: [Part(part.score, 0.0, part.stderr) for part in some] for name, some in parts.items()}
    means = {name: (100 * fmean(part.score for part in some), _task_stderr(name, some)) for name, some in raw.items()}
    return _board(means)


def _six(parts: Mapping[str, Sequence[Part]], known: Sequence[str]) -> None:
    if missing := [name for name in known if not parts.get(name)]:
        raise ValueError(f"the board needs {', '.join(missing)}")
    if unknown := sorted(set(parts) - set(known)):
        raise ValueError(f"the board does not have {', '.join(unknown)}")


def _task_points(name: str, parts: Sequence[Part]) -> float:
    if name not in AVERAGED_FIRST:
        return fmean(points(part.score, part.floor) for part in parts)
    if len({part.floor for part in parts}) > 1:
        raise ValueError(f"the parts of {name} are averaged first and need one floor")
    return points(fmean(part.score for part in parts), parts[0].floor)


def _task_stderr(name: str, parts: Sequence[Part]) -> float | None:
    """Of the unclipped points. IFEval's two accuracies grade the same answers: taken as wholly dependent."""
    errors = [100 * part.stderr / (1 - part.floor) for part in parts if part.stderr is not None]
    if len(errors) < len(parts):
        return None
    return fmean(errors) if name == "IFEval" else math.sqrt(sum(error**2 for error in errors)) / len(errors)


def _board(tasks: Mapping[str, tuple[float, float | None]]) -> Board:
    errors = [error for _, error in tasks.values() if error is not None]
    stderr = math.sqrt(sum(error**2 for error in errors)) / len(errors) if len(errors) == len(tasks) else None
    values = {name: value for name, (value, _) in tasks.items()}
    return Board(values, fmean(values.values()), stderr)
