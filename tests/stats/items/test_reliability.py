"""Reliability: the known answer of LSAT-6, and one number under two names."""

import math

import numpy as np
import pytest

from commons.stats.items.reliability import cronbach_alpha, hoyt

from .lsat import lsat


def test_alpha_of_lsat() -> None:
    """Known answer 14: alpha is .2950."""
    assert cronbach_alpha(lsat()) == pytest.approx(0.2950, abs=5e-5)


@pytest.mark.parametrize("shape", [(2, 2), (3, 50), (40, 4), (12, 12)])
def test_hoyt_is_alpha(shape: tuple[int, int]) -> None:
    """Known answer 15: the two are equal on any matrix, negative ones too."""
    draw = np.random.default_rng(15)
    for scores in (draw.normal(size=shape), draw.integers(0, 2, shape).astype(float), draw.random(shape) * 1e6):
        assert hoyt(scores) == pytest.approx(cronbach_alpha(scores), rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("scores", [np.ones((5, 4)), np.ones((1, 4)), np.eye(4), np.array([[0.1], [0.2]])])
def test_where_it_is_not_defined(scores: np.ndarray) -> None:
    """Equal models, one model or one item have no reliability, which is not a reliability of zero."""
    assert math.isnan(cronbach_alpha(scores))
    assert math.isnan(hoyt(scores))


def test_missing_scores_are_refused() -> None:
    """An item that some model lacks has to be left out by the caller."""
    with pytest.raises(ValueError, match="not finite"):
        cronbach_alpha(np.array([[1.0, math.nan], [0.0, 1.0]]))
    with pytest.raises(ValueError, match="no matrix"):
        hoyt(np.ones(3))
