"""The items of a task from its cells: who counts, what is said of keys, and which texts are shown."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from commons.analyse.items import TaskItems, irt_of, items_of
from commons.errors import CannotRun
from commons.pool.cell import Metric
from commons.pool.rendered import RenderedItem
from commons.stats.items.policy import Trust
from tests.analyse.item_pool import ITEMS, item_pool, two_of_one_family
from tests.publish.synthetic import Pool, accuracy, model, rows


def items(pool: Pool) -> TaskItems:
    """The items of the pool's one task."""
    (task,), broken = pool.repository.tasks()
    assert not broken
    return items_of(pool.repository, task)


@pytest.mark.parametrize(("models", "said"), [(24, Trust.LIKELY), (12, Trust.QUEUE)])
def test_planted_keys_are_found(tmp_path: Path, models: int, said: Trust) -> None:
    """The items with a wrong key are on the list with their reasons, and the words fit the number of models."""
    made = item_pool(tmp_path, models)
    found = items(made.pool)

    assert found.trust is said
    assert found.silent == ""
    assert {one.item for one in found.worth_a_look} == made.wrong
    assert all(one.flags for one in found.worth_a_look)
    assert found.alpha == pytest.approx(0.9, abs=0.1)


def test_below_ten_nothing_is_said_of_keys(tmp_path: Path) -> None:
    """Nine models give difficulties and dead items, and no item is called questionable."""
    found = items(item_pool(tmp_path, 9).pool)

    assert (found.trust, found.silent) == (Trust.REFUSED, "not enough models to say")
    assert found.worth_a_look == ()
    assert not any(one.flags or one.suspicion is not None for one in found.reports)
    assert all(one.interval is not None for one in found.reports)
    assert len(found.dead) >= 2


def test_kin_do_not_count(tmp_path: Path) -> None:
    """Thirty models of two families are two diverse ones."""
    found = items(item_pool(tmp_path, 2, twins=28).pool)

    assert len(found.matrix.models) == 30
    assert found.diversity.count == 2
    assert found.trust is Trust.REFUSED
    assert sorted(map(len, found.groups)) == [1, 29]


def test_todays_pool_has_one_diverse_model(tmp_path: Path) -> None:
    """Two models of one family: a difficulty is their mean, its interval is that of one model, and alpha is none."""
    found = items(two_of_one_family(tmp_path))

    assert found.diversity.count == 1
    assert [one.difficulty for one in found.reports] == [1.0, 0.5, 0.5, 0.0]
    assert [one.dead for one in found.reports] == [True, False, False, True]
    assert found.reports[1].interval == pytest.approx((0.0546, 0.9454), abs=1e-4)
    assert found.alpha is None


def test_a_base_named_by_its_repository_is_kin(tmp_path: Path) -> None:
    """A fine-tune of another family counts with its base, which the pool knows by its weights."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha", family="a"), model("beta", family="b", base_model="Made/Alpha"),
                model("gamma", family="c"))
    pool.task("sums")
    for name in ("alpha", "beta", "gamma"):
        pool.cell("sums", name, rows([1.0, 0.0, 1.0]))

    assert items(pool).groups == (("alpha", "beta"), ("gamma",))


def test_choices_are_counted_by_quality(tmp_path: Path) -> None:
    """The options of an item stand with their texts, the gold marked, and add up to the diverse models."""
    found = items(item_pool(tmp_path, 12).pool)
    report = next(one for one in found.reports if one.item == "s00")

    assert [option.gold for option in report.options] == [False, False, False, True]
    assert report.options[0].text == "option 0 of 0"
    assert sum(option.top + option.middle + option.bottom for option in report.options) == 12
    assert report.options[3].top + report.options[3].middle + report.options[3].bottom == 0
    assert report.prompt == "What is 0?"


@pytest.mark.parametrize("change", ["card", "version"])
def test_texts_that_may_not_be_shown_are_not(tmp_path: Path, change: str) -> None:
    """A stricter card, or items of another version, take choices and prompts away; the list stays."""
    made = item_pool(tmp_path, 12)
    if change == "card":
        card = made.pool.root / "tasks/sums/card.yaml"
        card.write_text(card.read_text().replace("publish: samples", "publish: aggregate"))
    else:
        rendered = made.pool.repository.ledger.rendered("sums")
        assert rendered is not None
        header = rendered.header.model_copy(update={"task_hash": "f" * 64})
        made.pool.repository.ledger.write_rendered(dataclasses.replace(rendered, header=header))
    found = items(made.pool)

    assert all(one.options == () and one.prompt is None for one in found.reports)
    # Without the rendered gold, a gold that nobody chose is not known: that sign falls away, the correlation stays.
    assert {one.item for one in found.worth_a_look} <= made.wrong
    assert found.worth_a_look


def test_items_whose_names_are_withheld_are_not_named(tmp_path: Path) -> None:
    """A card that publishes nothing now, over cells that still name items, refuses with the way to mend it."""
    made = item_pool(tmp_path, 3)
    card = made.pool.root / "tasks/sums/card.yaml"
    card.write_text(card.read_text().replace("publish: samples", "publish: none"))
    with pytest.raises(CannotRun, match="publishes nothing") as caught:
        items(made.pool)
    assert "commons run sums" in caught.value.mend


def test_known_broken_items_are_marked_and_not_listed_again(tmp_path: Path) -> None:
    """What the card names already needs nobody's look."""
    made = item_pool(tmp_path, 24, known_broken=[{"item": "s00", "reason": "Two options are right."}])
    found = items(made.pool)

    assert {one.item for one in found.worth_a_look} == made.wrong - {"s00"}
    assert next(one.known_broken for one in found.reports if one.item == "s00") == "Two options are right."


def test_item_response_theory_takes_the_diverse_models(tmp_path: Path) -> None:
    """Abilities are those of the models that stand for their groups; too few are refused."""
    found = items(item_pool(tmp_path, 14, twins=3).pool)
    fit = irt_of(found)

    assert len(fit.ability) == 14
    assert len(fit.slope) == ITEMS
    with pytest.raises(ValueError, match="9 diverse models are too few"):
        irt_of(items(item_pool(tmp_path / "small", 9).pool))


def test_what_has_no_item_scores_is_refused(tmp_path: Path) -> None:
    """A task without cells and one whose headline is no item mean each say so."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    with pytest.raises(CannotRun, match="No cell of sums"):
        items(pool)
    metric = Metric(value=0.5, stderr=None, interval=None, method="none", n=3, aggregation="f1", higher_is_better=True)
    held = [dataclasses.replace(row, scores=((1.0, 1.0),)) for row in rows([1.0, 0.0, 1.0])]
    pool.cell("sums", "alpha", held, {"acc,none": metric})
    with pytest.raises(CannotRun, match="no mean over items"):
        items(pool)


def test_scores_beyond_the_unit_give_difficulties_alone(tmp_path: Path) -> None:
    """Bits per byte are turned so that more is better; they have no interval of a share, and no key is judged."""
    pool = Pool(tmp_path / "pool")
    pool.models(*(model(f"m{n}", family=f"f{n}") for n in range(11)))
    pool.task("sums", headline={"metric": "acc", "direction": "lower", "unit": "bits"})
    for number in range(11):
        pool.cell("sums", f"m{number}", rows([1.5 + number, 2.0, 0.5 * number]), {"acc,none": Metric(
            value=1.0, stderr=None, interval=None, method="none", n=3, aggregation="mean", higher_is_better=False)})
    found = items(pool)

    assert "do not lie in 0 to 1" in found.silent
    assert found.reports[0].difficulty == pytest.approx(-6.5)
    assert found.reports[0].interval is None
    assert found.reports[1].dead


def test_the_choice_is_the_one_that_was_graded(tmp_path: Path) -> None:
    """With acc_norm the choice is the likeliest for its length; of an item that was answered twice none is counted."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums", headline={"metric": "acc_norm", "direction": "higher", "chance": 0.5})
    pool.rendered("sums", [RenderedItem(item=f"s{n}", prompt="?", choices=("a", "a long one"), gold=1)
                           for n in range(2)])
    held = [dataclasses.replace(row, chosen=0, loglikelihoods=(-2.0, -3.0)) for row in rows([1.0, 1.0])]
    pool.cell("sums", "alpha", [*held, dataclasses.replace(held[1], repeat=1)],
              {"acc_norm,none": accuracy([1.0, 1.0, 1.0])}, names=("acc_norm,none",))
    once, twice = items(pool).reports

    assert [(option.gold, option.top) for option in once.options] == [(False, 0), (True, 1)]
    assert twice.options == ()


def test_grades_that_do_not_follow_from_choices_leave_choices_out(tmp_path: Path) -> None:
    """Where a cell is graded by something else than its chosen option, no option is called the gold."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.rendered("sums", [RenderedItem(item="s0", prompt="?", choices=("a", "b"), gold=0)])
    pool.cell("sums", "alpha", [dataclasses.replace(rows([1.0])[0], chosen=1)])
    (report,) = items(pool).reports

    assert report.difficulty == 1.0
    assert report.options == ()
