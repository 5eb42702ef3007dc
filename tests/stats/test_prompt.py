"""Variance over formats: by hand, against the formula, and by simulation with known components."""

import numpy as np
import pytest

from commons.stats.prompt import components, orders, prompt_spread


def own(n: int) -> list[str]:
    """Clusters of one item each."""
    return [str(index) for index in range(n)]


def drawn(
    rng: np.random.Generator, formats: int, items: int, deviations: tuple[float, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Scores around one half with deviations of items, formats and rest; and the formats' true effects."""
    item, prompt, rest = deviations
    effects = rng.normal(0, prompt, formats)
    return 0.5 + effects[:, None] + rng.normal(0, item, items)[None, :] + rng.normal(0, rest, (formats, items)), effects


def test_components_by_hand() -> None:
    """Rows 1 2 3 and 2 3 3: mean squares 7/6 of items, 2/3 of formats, 1/6 of the rest give 1/2, 1/6 and 1/6."""
    found = components(np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 3.0]]))

    assert (found.item, found.prompt, found.residual) == pytest.approx((1 / 2, 1 / 6, 1 / 6))
    assert found.share_of_answer == pytest.approx(1 / 5)
    assert found.share_of_score == pytest.approx((1 / 6) / (1 / 6 + (1 / 2 + 1 / 6) / 3))


def test_the_error_of_the_mean_is_the_formula() -> None:
    """The squared error is item/n + prompt/P + rest/(nP), and so (MS_item + MS_prompt - MS_rest)/(nP)."""
    scores, _ = drawn(np.random.default_rng(1), 6, 30, (0.2, 0.1, 0.1))
    found = prompt_spread(scores, own(30))
    parts = found.components

    assert parts.negative == ()
    assert found.stderr**2 == pytest.approx(parts.item / 30 + parts.prompt / 6 + parts.residual / 180)
    assert found.spread == pytest.approx(scores.mean(axis=1).max() - scores.mean(axis=1).min())
    assert found.sd == pytest.approx(scores.mean(axis=1).std(ddof=1))


def test_known_components_are_found_again() -> None:
    """Over 200 simulations the estimates are right on average: .04 of items, .0025 of formats, .01 of the rest."""
    rng = np.random.default_rng(2)
    found = [components(drawn(rng, 10, 60, (0.2, 0.05, 0.1))[0]) for _ in range(200)]

    assert np.mean([one.item for one in found]) == pytest.approx(0.04, rel=0.05)
    assert np.mean([one.prompt for one in found]) == pytest.approx(0.0025, rel=0.12)
    assert np.mean([one.residual for one in found]) == pytest.approx(0.01, rel=0.03)


def test_intervals_hold_where_the_one_prompt_interval_does_not() -> None:
    """Over 150 simulations the mean's interval and the spread's hold at least 90%; one prompt's own far less."""
    rng = np.random.default_rng(3)
    mean = spread = alone = 0
    for _ in range(150):
        scores, effects = drawn(rng, 10, 80, (0.2, 0.08, 0.2))
        found = prompt_spread(scores, own(80))
        mean += found.interval[0] <= 0.5 <= found.interval[1]
        spread += found.spread_interval[0] <= np.ptp(effects) <= found.spread_interval[1]
        first = scores[0]
        alone += abs(first.mean() - 0.5) <= 1.96 * first.std(ddof=1) / np.sqrt(80)

    assert mean >= 135
    assert spread >= 135
    assert alone < 110


def test_without_any_effect_of_formats_the_spread_may_be_nothing() -> None:
    """Where formats do not matter they still differ by chance, and the interval of the true spread reaches 0."""
    rng = np.random.default_rng(4)
    found = [prompt_spread(drawn(rng, 10, 80, (0.2, 0.0, 0.2))[0], own(80)) for _ in range(60)]

    assert min(one.spread for one in found) > 0
    assert sum(one.spread_interval[0] == 0 for one in found) >= 54


def test_an_estimate_below_nothing_is_nothing_and_named() -> None:
    """Formats that differ less than chance has them give a negative estimate, which counts as 0 and is said."""
    scores = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]])
    found = components(scores)

    assert (found.prompt, found.item) == (0.0, 0.0)
    assert set(found.negative) == {"prompt", "item"}
    assert found.share_of_score == 0.0


def test_nothing_that_varies_has_no_share_and_wilson_on_the_items() -> None:
    """All right in every format: no share of a variance of 0, and Wilson's interval on the number of items."""
    found = prompt_spread(np.ones((3, 20)), own(20))

    assert found.components.share_of_score is None
    assert found.interval[1] == 1.0
    assert 0.8 < found.interval[0] < 0.85
    assert found.spread_interval[0] == 0.0
    assert 0.1 < found.spread_interval[1] < 0.25


def test_the_interval_of_the_spread_holds_the_spread() -> None:
    """All wrong, all right and half right differ by everything, and no item says otherwise: the interval holds that."""
    scores = np.zeros((3, 100))
    scores[1], scores[2, ::2] = 1.0, 1.0
    found = prompt_spread(scores, own(100))

    assert found.spread == 1.0
    assert 0.9 < found.spread_interval[0] < found.spread_interval[1] == 1.0


def test_two_sources_have_one_degree_of_freedom() -> None:
    """Over 100 simulations of two clusters the mean's interval holds at least 93; all right in both says little."""
    rng, held = np.random.default_rng(7), 0
    clusters = [f"source {index // 20}" for index in range(40)]
    for _ in range(100):
        ease = 0.5 + rng.normal(0, 0.2, 2).repeat(20) + rng.normal(0, 0.1, 40)
        found = prompt_spread(ease + rng.normal(0, 0.03, (3, 1)) + rng.normal(0, 0.1, (3, 40)), clusters)
        held += found.interval[0] <= 0.5 <= found.interval[1]

    assert found.freedom == pytest.approx(1.0)
    assert held >= 93
    assert prompt_spread(np.ones((3, 40)), clusters).interval[0] < 0.1


def test_a_first_format_that_stands_out_is_told_from_one_of_many() -> None:
    """Forty points above the others is no chance; among formats that differ as much, it is none."""
    rng = np.random.default_rng(8)
    alike = (rng.random((10, 80)) < np.array([0.9] + [0.5] * 9)[:, None]).astype(float)
    apart = prompt_spread(alike, own(80)).apart
    wild = (rng.random((10, 80)) < np.array([0.9, 0.1, 0.9] * 3 + [0.5])[:, None]).astype(float)
    among = prompt_spread(wild, own(80)).apart

    assert apart.value == pytest.approx(alike[0].mean() - alike[1:].mean())
    assert 0.2 < apart.interval[0] < apart.value < apart.interval[1] < 0.6
    assert among.interval[1] - among.interval[0] > 1.5 * (apart.interval[1] - apart.interval[0])
    assert prompt_spread(alike[:2], own(80)).apart is None


def test_items_that_share_a_source_count_for_less() -> None:
    """Clusters widen the error of the mean, and one source for all items gives no interval."""
    rng = np.random.default_rng(5)
    shared = np.repeat(rng.normal(0, 0.3, 10), 6)
    scores = 0.5 + shared[None, :] + rng.normal(0, 0.1, (5, 60))
    clusters = [f"source {index // 6}" for index in range(60)]

    assert prompt_spread(scores, clusters).stderr > 1.8 * prompt_spread(scores, own(60)).stderr
    assert prompt_spread(scores, ["one"] * 60).interval is None
    assert prompt_spread(scores, ["one"] * 60).spread_interval is None


def test_fractions_get_students_t_and_no_variance_no_interval() -> None:
    """Scores that are not right or wrong get Student's t; where nothing varies there is none."""
    scores, _ = drawn(np.random.default_rng(6), 4, 30, (0.1, 0.05, 0.1))
    found = prompt_spread(scores, own(30))

    assert found.method.startswith("t ")
    assert 1 <= found.freedom <= 29
    assert prompt_spread(np.full((3, 5), 0.25), own(5)).interval is None


def test_pairs_of_models_that_change_places_are_found() -> None:
    """Above, below and level are counted for each pair; equal but for rounding is level."""
    found = orders(np.array([[0.5, 0.6, 0.7], [0.4, 0.6 + 1e-15, 0.8], [0.1, 0.1, 0.1]]))

    assert [(one.first, one.second, one.above, one.below, one.level, one.kept) for one in found] == [
        (0, 1, 1, 1, 1, False), (0, 2, 3, 0, 0, True), (1, 2, 3, 0, 0, True)]


@pytest.mark.parametrize("scores", [np.ones((1, 5)), np.ones((3, 1)), np.array([[1.0, np.nan], [0.0, 1.0]])])
def test_what_cannot_be_taken_apart_is_refused(scores: np.ndarray) -> None:
    """One format, one item or a score that is no number."""
    with pytest.raises(ValueError, match=r"formats|finite"):
        components(scores)
