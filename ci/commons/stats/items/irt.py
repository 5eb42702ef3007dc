"""Item response theory: slope and difficulty of items and ability of models on one scale, by marginal likelihood.

``P(right) = 1 / (1 + exp(-a (theta - b)))`` with theta ~ N(0, 1): the scale is fixed by that prior. The fit is girth's
(kept library, 0.8.0), by marginal maximum likelihood with 61 quadrature nodes; abilities and the likelihood are
computed here, in logarithms, so that many items do not underflow. Source: Bock and Aitkin (1981), Psychometrika 46:443.

What girth's bounds do. It looks for slopes in 0.2 to 5 and for difficulties in about -6 to 6, and returns the edge
where the best value lies beyond: so it never finds a negative slope, and an item that runs against the others would
come out with 0.2. Here such an item (negative item-rest correlation) is turned over before the fit and its slope turned
back after it, which is the same likelihood. ``at_bound`` names the items at an edge: their numbers are limits, no
estimates. Its integral stops at plus and minus 4.5, as by default: further out a steep item's likelihood is exactly 0,
0/0 spoils every slope, and girth goes on with a warning. That warning is an error here.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeWarning
from scipy.special import expit, logsumexp

from commons.stats.items.classical import item_rest

#: Diverse models from which slopes can be told apart; below, all items share one slope. Below the second, nothing.
FEWEST_FOR_SLOPES, FEWEST_FOR_DIFFICULTIES = 50, 10
#: girth multiplies the items' likelihoods; beyond so many items the product is zero in double precision.
MOST_ITEMS = 1000
NODES = 61
_LOWEST_SLOPE, _HIGHEST_SLOPE, _HIGHEST_DIFFICULTY = 0.2, 5.0, 6.0
_LOWEST_SHARED, _HIGHEST_SHARED = 0.25, 10.0
_EDGE = 1e-3


@dataclass(frozen=True)
class IrtFit:
    """Parameters by item (nan for an item that all models answer alike), and by model the ability and its sd (EAP).

    ``shared_slope`` says that one slope was fitted for all items (1PL); ``items`` counts those that were fitted.
    """

    shared_slope: bool
    slope: NDArray[np.float64]
    difficulty: NDArray[np.float64]
    at_bound: NDArray[np.bool_]
    ability: NDArray[np.float64]
    ability_sd: NDArray[np.float64]
    log_likelihood: float
    items: int

    @property
    def against(self) -> NDArray[np.bool_]:
        """Items with a negative slope: good models miss what poor ones get. Candidates for a wrong key."""
        return self.slope < 0.0


def fit_irt(scores: NDArray[np.float64]) -> IrtFit:
    """Fit a (models, items) matrix of right and wrong answers of *diverse* models.

    With :data:`FEWEST_FOR_SLOPES` models or more each item has a slope of its own (2PL). With fewer one slope for all
    (1PL): slopes from so few test-takers mostly follow noise, while difficulties and abilities are still worth having.

    Raises:
        ValueError: not right/wrong, too few models, fewer than two items that vary, more than :data:`MOST_ITEMS`, or
            a fit that gives no finite numbers.
    """
    if scores.ndim != 2 or not np.isin(scores, (0.0, 1.0)).all():
        raise ValueError("item response theory takes right and wrong answers only")
    if len(scores) < FEWEST_FOR_DIFFICULTIES:
        raise ValueError(f"{len(scores)} diverse models are too few; it takes {FEWEST_FOR_DIFFICULTIES}")
    varies = np.ptp(scores, axis=0) > 0.0
    count = int(varies.sum())
    if not 2 <= count <= MOST_ITEMS:
        raise ValueError(f"{count} items that the models answer differently; it takes 2 to {MOST_ITEMS:,}")
    shared = len(scores) < FEWEST_FOR_SLOPES
    slope, difficulty, bound = (_shared_slope if shared else _own_slopes)(scores[:, varies])
    if not (np.isfinite(slope).all() and np.isfinite(difficulty).all()):
        raise ValueError("the fit gives no finite numbers")
    ability, spread, likelihood = _abilities(scores[:, varies], slope, difficulty)
    wide = np.full((2, scores.shape[1]), np.nan)
    wide[:, varies] = slope, difficulty
    at_bound = np.zeros(scores.shape[1], dtype=bool)
    at_bound[varies] = bound
    return IrtFit(shared, wide[0], wide[1], at_bound, ability, spread, likelihood, count)


def information(fit: IrtFit, abilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fisher's information of each item at each ability, ``a^2 P (1 - P)``; shape (items, abilities).

    It says where on the scale an item tells models apart; its sum's inverse root is the error of an ability there.
    """
    chance = expit(fit.slope[:, None] * (abilities[None, :] - fit.difficulty[:, None]))
    told: NDArray[np.float64] = fit.slope[:, None] ** 2 * chance * (1.0 - chance)
    return told


def _options() -> dict[str, object]:
    return {"quadrature_n": NODES, "quadrature_bounds": (-4.5, 4.5), "max_iteration": 100}


@contextmanager
def _strictly() -> Iterator[None]:
    """Let girth divide by zero as it does, and stop where that reached its search."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error", OptimizeWarning)
        try:
            yield
        except OptimizeWarning as warning:
            raise ValueError("the fit gives no finite numbers") from warning


def _own_slopes(scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    from girth import twopl_mml

    against = np.nan_to_num(item_rest(scores), nan=0.0) < 0.0
    turned = np.where(against, 1.0 - scores, scores).astype(int)
    with _strictly():
        found = twopl_mml(turned.T, _options())
    slope, difficulty = np.asarray(found["Discrimination"], float), np.asarray(found["Difficulty"], float)
    bound = (slope < _LOWEST_SLOPE + _EDGE) | (slope > _HIGHEST_SLOPE - _EDGE) | _far(difficulty)
    return np.where(against, -slope, slope), difficulty, bound


def _shared_slope(scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    from girth import onepl_mml

    with _strictly():
        found = onepl_mml(scores.astype(int).T, options=_options())
    slope, difficulty = float(found["Discrimination"]), np.asarray(found["Difficulty"], float)
    edge = not _LOWEST_SHARED + _EDGE < slope < _HIGHEST_SHARED - _EDGE
    return np.full(scores.shape[1], slope), difficulty, _far(difficulty) | edge


def _far(difficulty: NDArray[np.float64]) -> NDArray[np.bool_]:
    far: NDArray[np.bool_] = np.abs(difficulty) > _HIGHEST_DIFFICULTY - _EDGE
    return far


def _abilities(
    scores: NDArray[np.float64], slope: NDArray[np.float64], difficulty: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Posterior means and standard deviations under the prior, and the marginal log-likelihood of all answers."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    odds = slope[:, None] * (nodes[None, :] - difficulty[:, None])
    log_right, log_wrong = -np.logaddexp(0.0, -odds), -np.logaddexp(0.0, odds)
    joint = scores @ log_right + (1.0 - scores) @ log_wrong + np.log(weights / weights.sum())
    marginal = logsumexp(joint, axis=1, keepdims=True)
    posterior = np.exp(joint - marginal)
    mean = posterior @ nodes
    variance = posterior @ nodes**2 - mean**2
    return mean, np.sqrt(np.maximum(variance, 0.0)), float(marginal.sum())
