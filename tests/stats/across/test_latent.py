"""The latent index: what was planted comes back, the scale is the stated one, and too little is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from commons.stats.across.latent import (
    LEAST_MODELS,
    LEAST_TASKS,
    CannotFit,
    TaskItems,
    bootstrap_latent,
    fit_latent,
)

MODELS, TASKS, ITEMS = 7, 8, 200
ABILITIES = np.linspace(-1.0, 1.5, MODELS)


def planted(seed: int = 1, items: int = ITEMS) -> tuple[list[TaskItems], np.ndarray]:
    """Tasks whose items are drawn from one ability a model, with the cells' standard errors."""
    random = np.random.default_rng(seed)
    difficulties, slopes = random.normal(0, 0.8, TASKS), np.exp(random.normal(0, 0.3, TASKS))
    chances = expit(slopes * (ABILITIES[:, None] - difficulties))
    tasks = [TaskItems((random.random((MODELS, items)) < chances[:, [task]]).astype(float), np.arange(items), str(task))
             for task in range(TASKS)]
    means = np.column_stack([task.scores.mean(axis=1) for task in tasks])
    return tasks, np.sqrt((means * (1 - means) + 1 / items) / items)


def test_planted_abilities_come_back() -> None:
    """With exact scores the fit gives back what made them, up to the ridge."""
    slopes, difficulties = np.array([0.7, 1.0, 1.4, 1.0, 1.0]), np.array([-1.0, -0.3, 0.0, 0.4, 1.2])
    slopes = slopes / np.exp(np.log(slopes).mean())
    scores = expit(slopes * (ABILITIES[:, None] - difficulties))
    fit = fit_latent(scores, np.full(scores.shape, 0.005), anchor=2)

    assert fit.abilities == pytest.approx(ABILITIES - ABILITIES[2], abs=0.02)
    assert fit.difficulties == pytest.approx(difficulties - ABILITIES[2], abs=0.02)
    assert fit.slopes == pytest.approx(slopes, abs=0.03)
    assert fit.expected == pytest.approx(scores, abs=0.005)


def test_the_anchor_fixes_the_scale_and_nothing_else() -> None:
    """Another anchor shifts all abilities by one number; slopes have geometric mean 1."""
    tasks, stderrs = planted()
    scores = np.column_stack([task.scores.mean(axis=1) for task in tasks])
    one, other = fit_latent(scores, stderrs, 0), fit_latent(scores, stderrs, 3)

    assert one.abilities[0] == other.abilities[3] == 0.0
    assert one.abilities - one.abilities[3] == pytest.approx(other.abilities)
    assert np.log(one.slopes).mean() == pytest.approx(0.0, abs=1e-9)
    assert one.expected == pytest.approx(other.expected)


def test_a_certain_cell_outweighs_an_uncertain_one() -> None:
    """The weight is 1/SE^2: the fit follows a wild score with a small error, and passes one with a large error by."""
    tasks, stderrs = planted()
    scores = np.column_stack([task.scores.mean(axis=1) for task in tasks])
    before = fit_latent(scores, stderrs, 0).expected[5, 2]
    scores[5, 2] = 0.02
    unsure, sure = stderrs.copy(), stderrs.copy()
    unsure[5, 2], sure[5, 2] = 0.5, 0.005

    assert fit_latent(scores, unsure, 0).expected[5, 2] == pytest.approx(before, abs=0.03)
    assert before - fit_latent(scores, sure, 0).expected[5, 2] > 0.3


def test_missing_cells_are_left_out_and_not_filled() -> None:
    """A model measured only on the harder half keeps its ability: its cells are compared task by task."""
    slopes, difficulties = np.ones(6), np.linspace(-1, 1, 6)
    scores = expit(slopes * (ABILITIES[:, None] - difficulties))
    scores[4, :3] = np.nan
    fit = fit_latent(scores, np.full(scores.shape, 0.005), 0)

    assert fit.abilities[4] == pytest.approx(ABILITIES[4] - ABILITIES[0], abs=0.05)


@pytest.mark.parametrize(("models", "tasks"), [(LEAST_MODELS - 1, LEAST_TASKS), (LEAST_MODELS, LEAST_TASKS - 1)])
def test_too_little_is_refused(models: int, tasks: int) -> None:
    """Below the stated numbers there is no index, and the error says how many there are."""
    with pytest.raises(CannotFit, match=f"here are {models} and {tasks}"):
        fit_latent(np.full((models, tasks), 0.5), np.full((models, tasks), 0.1), 0)


def test_a_graph_that_falls_apart_is_refused() -> None:
    """Two sets of models without a task in common have no common scale."""
    scores = np.full((10, 10), np.nan)
    scores[:5, :5], scores[5:, 5:] = 0.5, 0.6

    with pytest.raises(CannotFit, match="share no task"):
        fit_latent(scores, np.full(scores.shape, 0.1), 0)


def test_a_task_without_weight_does_not_hold_models_together() -> None:
    """The graph is that of the tasks that count."""
    scores = np.full((6, 11), np.nan)
    scores[:3, :5], scores[3:, 5:10], scores[:, 10] = 0.5, 0.6, 0.7

    assert fit_latent(scores, np.full(scores.shape, 0.1), 0).abilities.shape == (6,)
    with pytest.raises(CannotFit, match="share no task"):
        fit_latent(scores, np.full(scores.shape, 0.1), 0, [1.0] * 10 + [0.0])


def test_the_bootstrap_covers_what_was_planted() -> None:
    """Differences to the anchor lie in nearly all intervals; the anchor's own has no width; the seed decides all."""
    tasks, stderrs = planted()
    found = bootstrap_latent(tasks, stderrs, 0, draws=60, seed=4)
    truth = ABILITIES - ABILITIES[0]
    inside = [low <= value <= high for value, (low, high) in zip(truth, found.intervals, strict=True)]

    assert sum(inside) >= MODELS - 1
    assert found.intervals[0] == (0.0, 0.0)
    assert (found.draws, found.failed) == (60, 0)
    assert bootstrap_latent(tasks, stderrs, 0, draws=60, seed=4).intervals == found.intervals


def test_items_of_one_cluster_are_drawn_together() -> None:
    """Clustered items give wider intervals than the same scores taken as independent."""
    tasks, stderrs = planted(items=40)
    five = [TaskItems(np.repeat(task.scores, 5, axis=1), np.arange(200) // 5, "all") for task in tasks]
    free = [TaskItems(task.scores, np.arange(200), "all") for task in five]

    def width(some: list[TaskItems]) -> float:
        return float(np.mean([high - low for low, high in bootstrap_latent(some, stderrs, 0, draws=60).intervals[1:]]))

    assert width(five) > 1.5 * width(free)


def test_tasks_of_one_family_are_drawn_together() -> None:
    """Eight copies of two tasks say little more than two: as families their interval is wider than as eight tasks."""
    tasks, stderrs = planted()
    order = [0, 0, 0, 0, 1, 1, 1, 1]
    families = [TaskItems(tasks[one].scores, tasks[one].clusters, str(one)) for one in order]
    free = [TaskItems(tasks[one].scores, tasks[one].clusters, str(place)) for place, one in enumerate(order)]

    def width(some: list[TaskItems]) -> float:
        found = bootstrap_latent(some, stderrs[:, order], 0, draws=60)
        return float(np.mean([high - low for low, high in found.intervals[1:]]))

    assert width(families) > width(free)
