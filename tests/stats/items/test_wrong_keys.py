"""Signs of a wrong key: what each one sees, and how much so many models allow to say."""

import numpy as np
import pytest

from commons.stats.items.distractors import NO_CHOICE, option_counts, quality_groups
from commons.stats.items.policy import Trust, power_at, trust
from commons.stats.items.wrong_keys import signs, suspicion

MODELS, ITEMS = 20, 30


def planted() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, choices and golds where the model m knows every item below a level that rises with m.

    Item 0 has a wrong key that nobody chooses; item 1 one that only the worst models choose.
    """
    level = np.linspace(4, ITEMS, MODELS)[:, None]
    chosen = np.where(np.arange(ITEMS) < level, 0, 2)
    chosen[:, :2] = 0
    chosen[:6, 1] = 1
    gold = np.zeros(ITEMS, dtype=np.intp)
    gold[:2] = 3, 1
    return (chosen == gold).astype(float), chosen, gold


def test_wrong_keys_come_first() -> None:
    """The two planted items lead the list, each with its sign, and nothing else is on it."""
    scores, chosen, gold = planted()
    found = signs(scores, np.full(ITEMS, 0.25), chosen, gold)

    assert found.order()[:2] == (0, 1)
    assert np.flatnonzero(found.one_distractor).tolist() == [0]
    assert np.flatnonzero(found.negative).tolist() == [1]
    assert np.flatnonzero(found.worth_a_look).tolist() == [0, 1]
    assert found.nobody[0]
    assert found.suspicion == pytest.approx(suspicion(scores))


def test_what_is_not_known_is_no_sign() -> None:
    """Without choices and chance levels only the correlation is left, and nan chance levels raise nothing."""
    scores, _, _ = planted()
    found = signs(scores, np.full(ITEMS, np.nan))

    assert not found.one_distractor.any()
    assert not found.nobody.any()
    assert not found.below_chance.any()
    assert np.flatnonzero(found.worth_a_look).tolist() == [1]


@pytest.mark.parametrize(("models", "seen"), [(48, False), (52, True)])
def test_below_chance_needs_a_large_quarter(models: int, seen: bool) -> None:
    """With four options the best quarter stands below chance from 13 models on, and never before."""
    scores = np.zeros((models, 3))
    scores[: models // 2, :2] = 1.0
    assert bool(signs(scores, np.full(3, 0.25)).below_chance[2]) is seen


def test_a_split_vote_is_no_common_answer() -> None:
    """Where the best models disagree, the item is hard rather than wrong; where one chose the gold, too."""
    scores, chosen, gold = planted()
    chosen[:, 0] = np.arange(MODELS) % 3
    assert not signs(scores, np.full(ITEMS, 0.25), chosen, gold).one_distractor.any()
    chosen[:, 0] = 0
    chosen[0, 0] = 3
    assert not signs(scores, np.full(ITEMS, 0.25), chosen, gold).one_distractor.any()


def test_scores_outside_the_unit_are_refused() -> None:
    """A suspicion adds a correlation and a share; other scores have no place in it."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        signs(np.array([[2.0], [0.0]]), np.array([0.25]))


@pytest.mark.parametrize(("diverse", "said", "row"), [
    (0, Trust.REFUSED, None), (9, Trust.REFUSED, 5), (10, Trust.QUEUE, 10), (19, Trust.QUEUE, 10),
    (20, Trust.LIKELY, 20), (400, Trust.LIKELY, 100),
])
def test_words_follow_the_number_of_models(diverse: int, said: Trust, row: int | None) -> None:
    """Below ten nothing is said, below twenty a person is asked, and figures are never those of more models."""
    power = power_at(diverse)
    assert trust(diverse) is said
    assert (power.models if power else None) == row


def test_quality_groups_hold_every_model_once() -> None:
    """The best and the worst quarter are rounded up and never share a model, however few there are."""
    for count in range(1, 13):
        groups = quality_groups(np.arange(count, dtype=float)[:, None])
        assert sorted(groups.top + groups.middle + groups.bottom) == list(range(count))
        assert groups.top[0] == count - 1


def test_counts_leave_out_what_is_no_option() -> None:
    """No choice, and an option that the item does not have, are not counted."""
    chosen = np.array([[0, NO_CHOICE], [1, 7], [1, 1]])
    assert option_counts(chosen, 2, (0, 1, 2)).tolist() == [[1, 2], [0, 1]]
