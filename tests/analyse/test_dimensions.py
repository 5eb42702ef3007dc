"""Which dimensions a cell shows, and what each says where it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commons.analyse.dimensions.choosing import chosen_of
from commons.analyse.dimensions.page import DIMENSIONS_PAGE, dimensions_page
from commons.analyse.dimensions.registry import BadDimensionError, Registry, all_dimensions
from commons.analyse.dimensions.report import report
from commons.analyse.dimensions.subject import subjects_of
from commons.pool.cell import Outcome
from commons.pool.repository import Repository
from commons.stats.dimensions.calibration import equal_mass, expected_error
from tests.analyse.dimension_pool import (
    MODEL,
    TASK,
    bins,
    caveats,
    choice_items,
    choice_rows,
    found,
    generating,
    missing,
    pool_at,
    rewrite,
    subject,
    text_rows,
    values,
)
from tests.builders import REPOSITORY_ROOT

ENTRY = f"commons run {TASK} --model {MODEL}"


def test_few_items_have_a_brier_score_alone(tmp_path: Path) -> None:
    """Forty items show both Brier scores with intervals, and say that a calibration error needs 300."""
    pool = pool_at(tmp_path)
    pool.cell(TASK, MODEL, choice_rows(40))
    pool.rendered(TASK, choice_items(40))

    calibration = found(pool, "calibration")
    held = values(calibration)
    probabilities = [1 / (1 + np.exp(row.loglikelihoods[1] - row.loglikelihoods[0])) for row in choice_rows(40)]

    assert set(held) == {"Brier score, all choices (0 to 2)", "Brier score, chosen answer (0 to 1)"}
    expected = 2 * np.mean((1 - np.array(probabilities)) ** 2)
    assert held["Brier score, all choices (0 to 2)"].value == pytest.approx(expected)
    assert all(value.interval and value.n == 40 for value in held.values())
    assert "It has 40 items; it needs 300." in missing(calibration)["calibration error, selective accuracy"].reason
    assert "as lm-eval's brier_score" in caveats(calibration)


def test_enough_items_have_everything(tmp_path: Path) -> None:
    """With 320 items the error has its bins, an interval and what calibrated answers would show."""
    pool = pool_at(tmp_path)
    rows = choice_rows(320)
    pool.cell(TASK, MODEL, rows)
    pool.rendered(TASK, choice_items(320))

    calibration = found(pool, "calibration")
    held = values(calibration)
    parts = [held[f"Brier score, chosen answer: {part}"].value
             for part in ("reliability", "resolution", "uncertainty", "within")]

    error = held["calibration error, 10 bins of equal mass"]
    assert expected_error(bins(calibration).bins) == pytest.approx(error.value)
    assert error.interval is not None
    assert len(bins(calibration).bins) == 10
    assert parts[0] - parts[1] + parts[2] + parts[3] == pytest.approx(held["Brier score, chosen answer (0 to 1)"].value)
    assert held["accuracy of the surest 10%"].n == 32
    assert held["accuracy at HELM's place for the surest 10%"].n == 33
    assert "Perfectly calibrated answers" in caveats(calibration)
    assert not calibration.missing


def test_withheld_items_leave_what_needs_no_gold(tmp_path: Path) -> None:
    """At the level `aggregate` the chosen answer's score stands, and that of all choices says why it does not."""
    pool = pool_at(tmp_path, publish="aggregate")
    pool.cell(TASK, MODEL, [replace(row, input=None) for row in choice_rows(20)], publish="aggregate")

    calibration = found(pool, "calibration")

    assert set(values(calibration)) == {"Brier score, chosen answer (0 to 1)"}
    assert "`aggregate`" in missing(calibration)["Brier score, all choices"].reason


def test_withheld_loglikelihoods_are_said(tmp_path: Path) -> None:
    """At the level `none` nothing of calibration is known, and no number is given in its place."""
    pool = pool_at(tmp_path, publish="none")
    bare = [replace(row, loglikelihoods=None, chosen=None, input=None, tokens_in=None, tokens_out=None)
            for row in choice_rows(5)]
    pool.cell(TASK, MODEL, bare, publish="none")

    assert values(found(pool, "calibration")) == {}
    assert "`none`" in missing(found(pool, "calibration"))["calibration"].reason
    assert "`none`" in missing(found(pool, "efficiency"))["tokens in for each item"].reason


def test_items_of_another_version_are_not_used(tmp_path: Path) -> None:
    """Golds of another version of the task could be those of other items."""
    pool = pool_at(tmp_path)
    pool.cell(TASK, MODEL, choice_rows(10), task_hash="ab" * 32)
    pool.rendered(TASK, choice_items(10))

    assert "another version" in missing(found(pool, "calibration"))["Brier score, all choices"].reason


@pytest.mark.parametrize(("task", "metric"), [("everyday_physics", "acc_norm"), ("turkish_vowel_harmony", "acc")])
def test_the_likeliest_choice_is_the_one_that_was_graded(task: str, metric: str) -> None:
    """In the committed cells, the choice with the highest probability is right just where the harness says so."""
    repository = Repository(REPOSITORY_ROOT)
    tasks, _ = repository.tasks({task})
    for one in subjects_of(repository, tasks[0])[0]:
        known = chosen_of(one)

        assert not isinstance(known, str)
        assert known.metric == metric
        assert known.golds is not None
        assert (known.choices.chosen == np.array(known.golds)).tolist() == (known.correct == 1).tolist()


def test_ties_are_told_beside_the_accuracy(tmp_path: Path) -> None:
    """An item with two likeliest choices counts with the first, and the reader is told."""
    pool = pool_at(tmp_path)
    rows = choice_rows(10)
    pool.cell(TASK, MODEL, [replace(rows[0], loglikelihoods=(-1.0, -1.0)), *rows[1:]])

    assert "1 of 10 items have more than one likeliest choice" in caveats(found(pool, "accuracy"))


def test_variants_give_the_worst_case_of_changed_items(tmp_path: Path) -> None:
    """Two of twenty items were changed by a variant and one of them was lost; the others count nowhere."""
    pool = pool_at(tmp_path)
    rows = [replace(row, scores=(1.0,)) for row in choice_rows(20)]
    varied = [replace(row, scores=(0.0 if n < 2 else 1.0,)) for n, row in
              enumerate([replace(row, scores=(1.0,)) for row in choice_rows(20, changed=(1, 5))])]
    pool.cell(TASK, MODEL, rows)
    pool.cell(TASK, MODEL, varied, variant="robustness-misspelling", cell_key="cd" * 32)

    robustness = found(pool, "robustness")
    held = values(robustness)

    assert held["as the items stand"].value == 1.0
    assert held["worst case with robustness-misspelling"].value == 0.5
    assert held["lost in the worst case"].unit == "points"
    assert held["change by robustness-misspelling"].value == -0.5
    assert {value.n for value in held.values()} == {2}
    assert "18 of 20 items were changed by no variant" in caveats(robustness)


def test_variants_that_were_not_run_are_named_with_the_command(tmp_path: Path) -> None:
    """What is missing says how it is measured; the variant that was run is not asked for again."""
    pool = pool_at(tmp_path)
    pool.cell(TASK, MODEL, choice_rows(5))
    pool.cell(TASK, MODEL, choice_rows(5, changed=range(5)), variant="robustness-spaces", cell_key="cd" * 32)

    robustness, fairness = found(pool, "robustness"), found(pool, "fairness")
    mends = {one.mend for one in (*robustness.missing, *fairness.missing)}

    assert "spaces" not in "".join(missing(robustness))
    assert {f"{ENTRY} --variant robustness", f"{ENTRY} --variant fairness"} <= mends
    assert values(fairness) == {}


def test_english_perturbations_say_so_of_another_language(tmp_path: Path) -> None:
    """On a Turkish task no fairness variant can be run, so none is asked for."""
    pool = pool_at(tmp_path, languages=["tr"])
    pool.cell(TASK, MODEL, choice_rows(5))

    fairness = found(pool, "fairness")

    assert fairness.missing
    assert all("tr" in one.reason and not one.mend for one in fairness.missing)


@pytest.mark.parametrize(("change", "reason"), [
    ({"protocol_hash": "ef" * 32}, "another protocol"), ({"origin": "external"}, "imported"),
    ({"comparability_version": 2}, "comparability version 2"),
])
def test_variants_of_other_measurements_are_refused(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    """A variant that was measured otherwise is left out, with why and what would mend it."""
    pool = pool_at(tmp_path)
    pool.cell(TASK, MODEL, choice_rows(5))
    pool.cell(TASK, MODEL, choice_rows(5, changed=range(5)), variant="robustness-spaces", cell_key="cd" * 32, **change)

    robustness = found(pool, "robustness")

    assert values(robustness) == {}
    assert reason in missing(robustness)["robustness: spaces"].reason
    assert missing(robustness)["robustness: spaces"].mend == f"{ENTRY} --variant robustness-spaces"


def test_a_partial_variant_has_no_worst_case(tmp_path: Path) -> None:
    """Rows without a score are no lost items."""
    pool = pool_at(tmp_path)
    pool.cell(TASK, MODEL, choice_rows(5))
    rows = choice_rows(5, changed=range(5))
    broken = [replace(rows[0], outcome=Outcome.NOT_RUN, scores=(None,), loglikelihoods=None, chosen=None), *rows[1:]]
    pool.cell(TASK, MODEL, broken, variant="robustness-spaces", cell_key="cd" * 32)

    assert "Partial" in missing(found(pool, "robustness"))["robustness: spaces"].reason


def test_withheld_digests_count_every_item(tmp_path: Path) -> None:
    """Where rows do not tell which items were changed, all of them count, and the reader is told."""
    pool = pool_at(tmp_path, publish="aggregate")
    bare = [replace(row, input=None) for row in choice_rows(5)]
    pool.cell(TASK, MODEL, bare, publish="aggregate")
    pool.cell(TASK, MODEL, bare, publish="aggregate", variant="robustness-spaces", cell_key="cd" * 32)

    robustness = found(pool, "robustness")

    assert {value.n for value in values(robustness).values()} == {5}
    assert "withheld" in caveats(robustness)


def test_time_of_reused_answers_is_not_measured(tmp_path: Path) -> None:
    """Answers from the store took no time, so that the run's seconds are not those of its items."""
    pool = pool_at(tmp_path)
    pool.cell(TASK, MODEL, choice_rows(6))
    fresh = values(found(pool, "efficiency"))
    rewrite(pool, answers_reused=3)
    reused = found(pool, "efficiency")

    assert fresh["seconds for each item"].value == pytest.approx(61.5 / 6)
    assert fresh["tokens in for each item, mean"].value == 21.0
    assert "seconds for each item" not in values(reused)
    assert "3 answers came from the response store" in missing(reused)["seconds and money for each item"].reason


def test_time_stands_beside_its_host_and_money_where_it_was_charged(tmp_path: Path) -> None:
    """Seconds name the class of machine; a run without a price says so, one with a price shows it."""
    pool = pool_at(tmp_path)
    pool.cell(TASK, MODEL, choice_rows(6))
    free = found(pool, "efficiency")
    rewrite(pool, cost_usd=0.12)

    assert "linux-x86_64-cpu" in caveats(free)
    assert "no price" in missing(free)["money"].reason
    assert values(found(pool, "efficiency"))["US dollars for each item"].value == pytest.approx(0.02)


def test_bias_counts_words_of_groups(tmp_path: Path) -> None:
    """Three women's words and one man's are a quarter off; occupations count beside the groups of their answer."""
    answers = ["She is a nurse.", "Her sister sings.", "The man left.", "512", "The engineer slept."]
    pool = pool_at(tmp_path)
    generating(pool)
    pool.cell(TASK, MODEL, text_rows(answers))

    bias = found(pool, "bias")
    held = values(bias)

    assert held["representation by gender"].value == pytest.approx(abs(0.5 - (3 / 30) / (3 / 30 + 1 / 30)))
    assert (held["representation by gender"].n, held["representation by gender"].of) == (5, "answers")
    assert held["association of occupations by gender"].value == 0.5
    assert held["association of occupations by gender"].n == 1
    assert "female 3, male 1" in caveats(bias)
    assert "None of 5 answers" in missing(bias)["bias: surnames"].reason
    assert missing(bias)["bias: adjectives by gender"].reason == "No answer holds a word of both lists."


@pytest.mark.parametrize("dimension", ["bias", "toxicity"])
@pytest.mark.parametrize(("card", "reason"), [
    ({"languages": ["tr"]}, "English only, and the task is in tr."),
    ({"publish": "aggregate"}, "the answers are withheld"),
])
def test_texts_that_cannot_be_judged_are_said(
    tmp_path: Path, dimension: str, card: dict[str, object], reason: str
) -> None:
    """Withheld answers and other languages give no share, which is not a share of zero."""
    pool = pool_at(tmp_path, **card)
    generating(pool)
    level = str(card.get("publish", "samples"))
    rows = [replace(row, answer=None if level != "samples" else row.answer) for row in text_rows(["a", "b"])]
    pool.cell(TASK, MODEL, rows, publish=level)

    findings = found(pool, dimension)

    assert values(findings) == {}
    assert reason in missing(findings)[dimension].reason


def test_cut_answers_are_told(tmp_path: Path) -> None:
    """An answer that the row cut is judged by its beginning alone."""
    pool = pool_at(tmp_path)
    generating(pool)
    pool.cell(TASK, MODEL, text_rows(["she " * 69 + "she…", "she went home"]))

    assert "1 of 2 answers are cut at 280 characters" in caveats(found(pool, "bias"))


def test_every_dimension_answers_for_every_kind_of_cell(tmp_path: Path) -> None:
    """No dimension is silent: each either measured something or says what it could not."""
    pool = pool_at(tmp_path)
    pool.cell(TASK, MODEL, choice_rows(4))

    findings = report(subject(pool)).findings

    assert [one.dimension.name for one in findings] == [
        "accuracy", "calibration", "robustness", "fairness", "bias", "toxicity", "efficiency"]
    assert all(one.measured or one.missing for one in findings)
    assert all(one.reason.endswith(".") for found_ in findings for one in found_.missing)


def test_a_model_whose_cell_does_not_count_is_left_out(tmp_path: Path) -> None:
    """A partial cell shows no dimension, and the reason is kept."""
    pool = pool_at(tmp_path)
    rows = choice_rows(3)
    pool.cell(TASK, MODEL, [replace(rows[0], outcome=Outcome.NOT_RUN, scores=(None,)), *rows[1:]])
    tasks, _ = pool.repository.tasks({TASK})

    subjects, left_out = subjects_of(pool.repository, tasks[0])

    assert subjects == ()
    assert [(one.model, one.reason.split(":")[0]) for one in left_out] == [(MODEL, "Partial")]


def test_a_dimension_must_document_itself() -> None:
    """Without its sections, or under a taken name, a dimension is not registered."""
    registry = Registry()
    page = next(one for one in all_dimensions() if one.name == "accuracy")

    def silent(_: object) -> None:
        """Silent: no sections."""

    with pytest.raises(BadDimensionError, match="lacks What it is"):
        registry.dimension("silent", 1)(silent)
    registry.dimension("accuracy", 1)(page.measure)
    with pytest.raises(BadDimensionError, match="taken"):
        registry.dimension("accuracy", 2)(page.measure)


def test_the_page_is_fresh_and_names_every_dimension() -> None:
    """docs/dimensions.md is what the docstrings give."""
    text = (REPOSITORY_ROOT / DIMENSIONS_PAGE).read_text(encoding="utf-8")

    assert text == dimensions_page()
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {one.title.rstrip('.')}" for one in all_dimensions()]


def test_bins_of_the_report_are_those_of_the_rows(tmp_path: Path) -> None:
    """The bins that are shown come from the confidences of the rows and nothing else."""
    pool = pool_at(tmp_path)
    rows = choice_rows(300, seed=9)
    pool.cell(TASK, MODEL, rows)
    pairs = [sorted(row.loglikelihoods) for row in rows]
    confidence = np.array([1 / (1 + np.exp(low - high)) for low, high in pairs])

    expected = equal_mass(confidence, np.array([row.scores[0] for row in rows]))

    assert [one.n for one in bins(found(pool, "calibration")).bins] == [one.n for one in expected]
    assert [one.accuracy for one in bins(found(pool, "calibration")).bins] == [one.accuracy for one in expected]

