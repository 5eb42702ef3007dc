"""One latent index over tasks: on the logit scale each task has a difficulty and a slope, each model one ability.

``score = logistic(slope_t * (ability_m - difficulty_t))`` for scores corrected for chance, fitted by weighted least
squares with a ridge. It is optional: it says how models compare if one ability explains all tasks, which nobody has
shown. Source: Epoch AI's Capabilities Index ("A Rosetta Stone for AI Benchmarks"), whose bounds and
ridge are used; the weights from standard errors and the bootstrap are this project's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.sparse import csr_array, eye_array, vstack
from scipy.special import expit

from commons.stats.across.missing import is_connected

#: Fewer models or tasks than this fit any index, and mean nothing.
LEAST_MODELS = 5
LEAST_TASKS = 5

#: Abilities and difficulties stay within +-10, slopes within .1 to 10; the ridge is a normal prior of sd sqrt(10).
FARTHEST = 10.0
SLOPES = (0.1, 10.0)
RIDGE = 0.1

#: A standard error below this (in corrected score) would let one cell outweigh all others.
LEAST_STDERR = 0.005

#: Up to so many cells the solver is exact and quick; with more it takes the sparse way.
DENSE = 400

#: Draws of the bootstrap, and its seed.
DRAWS = 200
SEED = 20261123

Array = NDArray[np.float64]


class CannotFit(ValueError):
    """The index cannot be fitted; the text says why, in words."""


@dataclass(frozen=True)
class Latent:
    """A fit.

    ``abilities`` count from the model ``anchor``, whose own is 0, and ``difficulties`` on the same scale; the geometric
    mean of ``slopes`` is 1. ``expected`` is what the fit says each cell should be, in the shape (models, tasks).
    """

    abilities: Array
    difficulties: Array
    slopes: Array
    expected: Array
    anchor: int


@dataclass(frozen=True)
class LatentInterval:
    """The fit with 95% intervals of the abilities; ``draws`` bootstrap samples could be fitted, ``failed`` not.

    The anchor's interval has no width because all others are measured from it: only differences mean anything.
    """

    fit: Latent
    intervals: tuple[tuple[float, float], ...]
    draws: int
    failed: int


@dataclass(frozen=True)
class TaskItems:
    """One task's corrected item scores, (models, items), a row of nan for a model that lacks it; clusters by number.

    ``family`` names the tasks that are drawn together: near-duplicates share one.
    """

    scores: Array
    clusters: NDArray[np.intp]
    family: str


def fit_latent(scores: Array, stderrs: Array, anchor: int, weights: Sequence[float] | None = None) -> Latent:
    """Fit abilities, difficulties and slopes.

    ``scores`` and ``stderrs`` have the shape (models, tasks), corrected for chance, nan where missing; a cell counts
    by 1/SE^2, times its task's weight. The scale is fixed by the model ``anchor``, whose ability is 0, and by slopes
    whose geometric mean is 1.

    Raises:
        CannotFit: fewer than ``LEAST_MODELS`` models or ``LEAST_TASKS`` tasks, or some models share no task, directly
            or through others, with the rest.
    """
    present = ~np.isnan(scores)
    given = np.ones(scores.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    used = given > 0
    if scores.shape[0] < LEAST_MODELS or used.sum() < LEAST_TASKS:
        raise CannotFit(f"an index needs at least {LEAST_MODELS} models and {LEAST_TASKS} tasks; "
                        f"here are {scores.shape[0]} and {int(used.sum())}")
    if not is_connected(present[:, used]):
        raise CannotFit("some models share no task with the others, directly or through other models, "
                        "so that nothing puts them on one scale")
    return _anchored(_fit(scores, stderrs, given), scores.shape, anchor, used)


def bootstrap_latent(
    tasks: Sequence[TaskItems], stderrs: Array, anchor: int, weights: Sequence[float] | None = None,
    draws: int = DRAWS, seed: int = SEED,
) -> LatentInterval:
    """The fit, with 95% intervals of the abilities from drawing tasks again, and in each task items again.

    Tasks are drawn by families, items by clusters, both with replacement; all models see the same draw. A draw whose
    models no longer hang together cannot be fitted and is counted.

    Raises:
        CannotFit: as :func:`fit_latent`.
    """
    given = np.ones(len(tasks)) if weights is None else np.asarray(weights, dtype=np.float64)
    fit = fit_latent(np.column_stack([_means(task.scores) for task in tasks]), stderrs, anchor, list(given))
    start = np.concatenate([fit.abilities, fit.difficulties, np.log(fit.slopes)])
    start = np.clip(start, *_limits(*fit.expected.shape))
    families = sorted({task.family for task in tasks})
    random = np.random.default_rng(seed)
    found: list[Array] = []
    for _ in range(draws):
        drawn = [families[one] for one in random.integers(0, len(families), len(families))]
        counts = np.array([drawn.count(task.family) for task in tasks], dtype=np.float64) * given
        again = np.column_stack([_means(_drawn_items(task, random)) for task in tasks])
        if is_connected(~np.isnan(again[:, counts > 0])):
            point = _fit(again, stderrs, counts, start)
            found.append(_anchored(point, again.shape, anchor, counts > 0).abilities)
    if not found:
        raise CannotFit("no draw of the tasks keeps the models together")
    low, high = np.quantile(np.array(found), [0.025, 0.975], axis=0)
    intervals = tuple((float(one), float(other)) for one, other in zip(low, high, strict=True))
    return LatentInterval(fit, intervals, len(found), draws - len(found))


def _means(scores: Array) -> Array:
    return np.asarray(scores.mean(axis=1))


def _drawn_items(task: TaskItems, random: np.random.Generator) -> Array:
    count = int(task.clusters.max()) + 1
    times = np.bincount(random.integers(0, count, count), minlength=count)
    return np.repeat(task.scores, times[task.clusters], axis=1)


def _fit(scores: Array, stderrs: Array, weights: Array, start: Array | None = None) -> Array:
    """Abilities, difficulties and logarithms of slopes in one row, before the scale is fixed."""
    models, tasks = scores.shape
    at_model, at_task = np.nonzero(~np.isnan(scores) & (weights > 0)[None, :])
    seen = scores[at_model, at_task]
    spread = np.maximum(np.nan_to_num(stderrs[at_model, at_task], nan=LEAST_STDERR), LEAST_STDERR)
    pull = np.sqrt(weights[at_task]) / spread
    split = _splitter(models, tasks)
    ridge = np.sqrt(RIDGE)

    def residuals(point: Array) -> Array:
        ability, difficulty, log_slope = split(point)
        raised = np.exp(log_slope[at_task]) * (ability[at_model] - difficulty[at_task])
        return np.concatenate([pull * (expit(raised) - seen), ridge * point])

    rows = np.tile(np.arange(len(seen)), 3)
    columns = np.concatenate([at_model, models + at_task, models + tasks + at_task])
    lower_part = ridge * eye_array(models + 2 * tasks, format="csr")

    def jacobian(point: Array) -> csr_array | Array:
        ability, difficulty, log_slope = split(point)
        slope, gap = np.exp(log_slope[at_task]), ability[at_model] - difficulty[at_task]
        mean = expit(slope * gap)
        steep = pull * mean * (1 - mean) * slope
        upper = csr_array((np.concatenate([steep, -steep, steep * gap]), (rows, columns)),
                          shape=(len(seen), len(point)))
        whole = vstack([upper, lower_part], format="csr")
        return whole.toarray() if len(seen) <= DENSE else whole

    begin = np.zeros(models + 2 * tasks) if start is None else start
    found = least_squares(residuals, begin, jacobian, bounds=_limits(models, tasks))
    return np.asarray(found.x)


def _splitter(models: int, tasks: int) -> Callable[[Array], tuple[Array, Array, Array]]:
    def split(point: Array) -> tuple[Array, Array, Array]:
        return point[:models], point[models : models + tasks], point[models + tasks :]

    return split


def _limits(models: int, tasks: int) -> tuple[Array, Array]:
    places, slopes = np.full(models + tasks, FARTHEST), np.ones(tasks)
    return (np.concatenate([-places, np.log(SLOPES[0]) * slopes]), np.concatenate([places, np.log(SLOPES[1]) * slopes]))


def _anchored(point: Array, shape: tuple[int, ...], anchor: int, used: NDArray[np.bool_]) -> Latent:
    """The same fit on the stated scale: the anchor's ability 0, the slopes' geometric mean 1."""
    ability, difficulty, log_slope = _splitter(*shape)(point)
    expected = expit(np.exp(log_slope)[None, :] * (ability[:, None] - difficulty[None, :]))
    mean = float(log_slope[used].mean())
    stretch = np.exp(mean)
    return Latent((ability - ability[anchor]) * stretch, (difficulty - ability[anchor]) * stretch,
                  np.exp(log_slope - mean), np.asarray(expected), anchor)
