"""Item response theory: LSAT-6 as published, items that run against the others, and what is refused."""

import numpy as np
import pytest
from scipy.special import expit

from commons.stats.items.irt import MOST_ITEMS, fit_irt, information

from .lsat import lsat

SEED = 3


def test_lsat_with_slopes() -> None:
    """Known answer 14, 2PL: slopes, difficulties and log-likelihood."""
    fit = fit_irt(lsat())

    assert not fit.shared_slope
    assert fit.slope == pytest.approx([0.8257, 0.7227, 0.8909, 0.6884, 0.6569], abs=5e-4)
    assert fit.difficulty == pytest.approx([-3.3588, -1.3701, -0.2797, -1.8664, -3.1259], abs=5e-4)
    assert fit.log_likelihood == pytest.approx(-2466.653, abs=1e-3)
    assert not fit.at_bound.any()


def test_lsat_with_one_slope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Known answer 14, 1PL: fitted to everybody, as if so many were few."""
    monkeypatch.setattr("commons.stats.items.irt.FEWEST_FOR_SLOPES", 10**6)
    fit = fit_irt(lsat())

    assert fit.shared_slope
    assert set(fit.slope.round(3)) == {0.755}
    assert fit.difficulty == pytest.approx([-3.6153, -1.3224, -0.3176, -1.7301, -2.7802], abs=5e-4)
    assert fit.log_likelihood == pytest.approx(-2466.938, abs=1e-3)


def test_an_item_turned_over_gets_a_negative_slope() -> None:
    """Right and wrong exchanged, an item has the same numbers with the slope's sign turned."""
    scores = lsat()
    scores[:, 2] = 1.0 - scores[:, 2]
    plain, turned = fit_irt(lsat()), fit_irt(scores)

    assert turned.against.tolist() == [False, False, True, False, False]
    assert turned.slope[2] == pytest.approx(-plain.slope[2], abs=1e-9)
    assert turned.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)


def made(models: int, slope: float = 1.2) -> tuple[np.ndarray, np.ndarray]:
    """Scores on 24 items of which the first two are dead, and the abilities behind them."""
    draw = np.random.default_rng(SEED)
    ability = draw.normal(size=models)
    scores = (draw.random((models, 24)) < expit(slope * (ability[:, None] - draw.normal(size=24)))).astype(float)
    scores[:, 0], scores[:, 1] = 1.0, 0.0
    return scores, ability


def test_few_models_share_a_slope_and_dead_items_have_none() -> None:
    """Thirty models get one slope; items that all answer alike have no parameters."""
    scores, ability = made(30)
    fit = fit_irt(scores)

    assert fit.shared_slope
    assert np.isnan(fit.slope[:2]).all()
    assert len(set(fit.slope[2:])) == 1
    assert fit.items == 22
    assert np.corrcoef(fit.ability, ability)[0, 1] > 0.8


def test_all_right_and_all_wrong_have_finite_abilities() -> None:
    """The prior holds a model without a mistake, which the likelihood alone would send to infinity."""
    scores, _ = made(20)
    scores[0], scores[1] = 1.0, 0.0
    fit = fit_irt(scores)

    assert np.isfinite(fit.ability).all()
    assert fit.ability.argmax() == 0
    assert fit.ability.argmin() == 1


def test_steep_items_stay_finite() -> None:
    """With slopes of 4 the fit neither breaks nor sticks, and says which items stand at its edge."""
    scores, ability = made(60, slope=4.0)
    fit = fit_irt(scores)

    assert np.nanmedian(fit.slope) > 2.5
    assert (np.abs(fit.slope[fit.at_bound & (np.abs(fit.difficulty) < 5)]) > 4.9).all()
    assert np.corrcoef(fit.ability, ability)[0, 1] > 0.9


@pytest.mark.filterwarnings("error")
def test_a_fit_that_met_no_numbers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too wide an integral makes girth go on with nan; that is an error here and no set of numbers."""
    wide = {"quadrature_n": 61, "quadrature_bounds": (-9.0, 9.0), "max_iteration": 3}
    monkeypatch.setattr("commons.stats.items.irt._options", lambda: wide)
    with pytest.raises(ValueError, match="no finite numbers"):
        fit_irt(made(60, slope=6.0)[0])


@pytest.mark.parametrize(("scores", "why"), [
    (np.full((60, 5), 0.5), "right and wrong"), (np.eye(9), "9 diverse models are too few"),
    (np.ones((60, 5)), "0 items"), (np.tile([[0.0], [1.0]], (30, MOST_ITEMS + 1)), "1001 items"),
])
def test_what_cannot_be_fitted(scores: np.ndarray, why: str) -> None:
    """Each refusal says what is missing."""
    with pytest.raises(ValueError, match=why):
        fit_irt(scores)


def test_information_peaks_at_the_difficulty() -> None:
    """At its difficulty an item tells a quarter of its squared slope, and less elsewhere."""
    fit = fit_irt(lsat())
    told = information(fit, np.array([*fit.difficulty, 3.0]))

    assert told.diagonal() == pytest.approx(fit.slope**2 / 4)
    assert (told[:, -1] < told.diagonal()).all()
