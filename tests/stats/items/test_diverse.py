"""Counting diverse models: kin count once, and so do those whose answers say that they are kin."""

import numpy as np
import pytest
from scipy.special import expit

from commons.stats.items.diverse import diversity

SEED = 7


def answers(models: int, items: int, ability: float = 0.0) -> np.ndarray:
    """Right and wrong answers of different models under a two-parameter model with guessing."""
    draw = np.random.default_rng(SEED)
    slope, difficulty = draw.lognormal(0, 0.5, items), draw.normal(size=items)
    chance = 0.25 + 0.75 * expit(slope * (draw.normal(ability, 1, (models, 1)) - difficulty))
    return (draw.random((models, items)) < chance).astype(float)


def alone(count: int) -> list[set[str]]:
    """Models that the registry calls unrelated."""
    return [{str(model)} for model in range(count)]


@pytest.mark.parametrize(("models", "items", "ability"), [(20, 100, 0.0), (40, 80, 2.0), (20, 40, 3.0), (10, 500, 0.0)])
def test_different_models_stay_apart(models: int, items: int, ability: float) -> None:
    """Models that agree only because items are easy or hard are not taken for one."""
    assert diversity(answers(models, items, ability), alone(models)).count == models


def test_a_hidden_fine_tune_is_found() -> None:
    """A model that copies another and changes one answer in ten counts with it, under whatever name."""
    scores = answers(20, 200)
    anew = np.random.default_rng(SEED).random(200) < 0.1
    scores[7] = np.where(anew, 1 - scores[3], scores[3])
    found = diversity(scores, alone(20))

    assert found.by_agreement == ((3, 7),)
    assert found.count == 19
    assert (3, 7) in found.groups


def test_kin_join_through_others() -> None:
    """A base, its fine-tune and the fine-tune's family are one; the best of them stands for it."""
    scores = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    found = diversity(scores, [{"base"}, {"other"}, {"family", "base"}, {"family"}])

    assert found.groups == ((0, 2, 3), (1,))
    assert found.chosen == (2, 1)
    assert found.by_agreement == ()


def test_few_groups_are_not_asked_for_agreement() -> None:
    """With four kin groups even equal answers join nobody: the items' difficulty is not known apart from them."""
    assert diversity(np.ones((4, 90)) * (np.arange(90) % 2), alone(4)).count == 4


def test_scores_that_are_no_answers_are_not_compared() -> None:
    """Fractional scores are grouped by kin alone."""
    scores = np.tile(np.random.default_rng(SEED).random(80), (8, 1))
    assert diversity(scores, alone(8)).count == 8


def test_kin_of_every_model_is_needed() -> None:
    """A list of another length is a mistake of the caller."""
    with pytest.raises(ValueError, match="2 sets of kin for 3 models"):
        diversity(np.ones((3, 2)), alone(2))
