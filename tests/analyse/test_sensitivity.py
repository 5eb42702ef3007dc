"""Formats as cells: which of them count, and what they say of a headline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from commons.analyse.sensitivity import headline_prompts, sensitivity
from commons.pool.hashing import sha256_text
from commons.stats.prompt import prompt_spread
from tests.analyse.format_pool import format_pool, prompt, put, sums, ten_formats
from tests.publish.synthetic import accuracy

RIGHT = [10, 12, 8, 10, 11, 9, 10, 13, 7, 10]


def test_ten_formats_are_the_formulas_on_the_matrix(tmp_path: Path) -> None:
    """Mean, error and shares are those of the formulas; each format has its words, the canonical one first."""
    pool = format_pool(tmp_path, "alpha")
    ten_formats(pool, "alpha", RIGHT)
    one = sensitivity(pool.repository, sums(pool)).models[0]
    scores = np.array([[1.0] * right + [0.0] * (20 - right) for right in RIGHT])

    assert one.prompts == headline_prompts(pool.repository, sums(pool), "alpha") == 10
    alone = prompt_spread(scores, [str(number) for number in range(20)])
    assert (one.spread.mean, one.spread.stderr, one.spread.sd, *one.spread.interval) == pytest.approx(
        (alone.mean, alone.stderr, alone.sd, *alone.interval))
    assert one.spread.components.share_of_score == pytest.approx(alone.components.share_of_score)
    assert [each.value for each in one.formats] == [right / 20 for right in RIGHT]
    assert (one.formats[0].variant, one.formats[0].words) == ("canonical", "as its folder has it")
    assert len({each.words for each in one.formats}) == 10
    assert one.missing == ()


def test_one_prompt_says_nothing_of_formats(tmp_path: Path) -> None:
    """With the canonical cell alone the headline is over one prompt, and every format is named as not run."""
    pool = format_pool(tmp_path, "alpha", "beta")
    put(pool, "alpha", "canonical", [1.0, 0.0])
    one = sensitivity(pool.repository, sums(pool)).models[0]

    assert (one.prompts, one.spread) == (1, None)
    assert one.why_not == "It was measured in 1 format, and 3 are needed."
    assert {each.reason for each in one.missing} == {"It was not run."}
    assert len(one.missing) == 9
    assert headline_prompts(pool.repository, sums(pool), "alpha") == 1
    assert headline_prompts(pool.repository, sums(pool), "beta") == 0


def test_formats_that_do_not_count_are_named_with_why(tmp_path: Path) -> None:
    """Of another canonical form, of another model entry, imported or broken: none of them counts."""
    pool = format_pool(tmp_path, "alpha")
    ten_formats(pool, "alpha", RIGHT[:7])
    put(pool, "alpha", "format-2", [1.0] * 20, of=sha256_text("an older form"))
    put(pool, "alpha", "format-3", [1.0] * 20, model_hash=sha256_text("another entry"))
    put(pool, "alpha", "format-4", [1.0] * 20, origin="external")
    put(pool, "alpha", "format-5", [1.0] * 20, protocol_hash=sha256_text("another"))
    pool.repository.ledger.cell_path("sums", "alpha", "format-6").write_text("{}")
    one = sensitivity(pool.repository, sums(pool)).models[0]
    reasons = {each.variant: each.reason for each in one.missing}

    assert [each.variant for each in one.formats] == ["canonical", "format-1"]
    assert "another version" in reasons["format-2"]
    assert "entry changed" in reasons["format-3"]
    assert "imported" in reasons["format-4"]
    assert "another version" in reasons["format-5"]
    assert "broken" in reasons["format-6"]
    assert one.spread is None


def test_perturbations_are_no_formats(tmp_path: Path) -> None:
    """A robustness variant changes what is asked, so it is in no mean over formats."""
    pool = format_pool(tmp_path, "alpha")
    ten_formats(pool, "alpha", RIGHT)
    put(pool, "alpha", "robustness-spaces", [0.0] * 20)

    assert sensitivity(pool.repository, sums(pool)).models[0].prompts == 10


def test_models_that_change_places_are_told(tmp_path: Path) -> None:
    """Only formats that all models have are compared; a model without formats is left out of the order."""
    pool = format_pool(tmp_path, "alpha", "beta", "gamma", "delta")
    ten_formats(pool, "alpha", RIGHT)
    ten_formats(pool, "beta", [11, 11, 11, 11, 11])
    ten_formats(pool, "gamma", [20, 20, 20, 20])
    put(pool, "delta", "canonical", [1.0] * 20)
    found = sensitivity(pool.repository, sums(pool))

    assert found.shared_formats == ("canonical", "format-1", "format-2", "format-3")
    pairs = {(one.first, one.second): one.order for one in found.orders}
    assert set(pairs) == {("alpha", "beta"), ("alpha", "gamma"), ("beta", "gamma")}
    assert (pairs["alpha", "beta"].above, pairs["alpha", "beta"].below) == (1, 3)
    assert pairs["alpha", "gamma"].kept


def test_a_task_without_a_template_says_so(tmp_path: Path) -> None:
    """Where nothing can be written otherwise, that is the reason, and not that nothing was run."""
    pool = format_pool(tmp_path, "alpha")
    put(pool, "alpha", "canonical", [1.0, 0.0])
    prompt(pool, "question")
    found = sensitivity(pool.repository, sums(pool))

    assert found.possible == 0
    assert "without a template" in found.why_none
    assert found.models[0].missing == ()


def test_a_headline_that_is_no_mean_gives_its_values_alone(tmp_path: Path) -> None:
    """No variances of an F1: its values in each format stand, and the reason."""
    pool = format_pool(tmp_path, "alpha")
    for number in range(4):
        scores = [1.0, 0.0] * 5
        put(pool, "alpha", "canonical" if number == 0 else f"format-{number}", scores,
            metrics={"acc,none": accuracy(scores, aggregation="f1", value=0.4 + number / 10)})
    one = sensitivity(pool.repository, sums(pool)).models[0]

    assert one.spread is None
    assert "no mean over items" in one.why_not
    assert [each.value for each in one.formats] == pytest.approx([0.4, 0.5, 0.6, 0.7])
