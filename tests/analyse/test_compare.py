"""Comparing two models: which cells are meant, what is said of them, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commons.analyse.compare import compare
from commons.analyse.finding import imported_names, side_of, task_names
from commons.analyse.matrix import matrix_from
from commons.errors import CannotRun
from commons.pool import cellfile
from commons.pool.cell import Cell, Metric, Outcome, Row, Source
from commons.pool.hashing import sha256_text
from commons.stats.differences import difference_of_means
from tests.publish.synthetic import Pool, model, rows

ALPHA_RIGHT = [1.0] * 50 + [0.0] * 10
BETA_RIGHT = [1.0] * 25 + [0.0] * 35


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """Two models on three tasks: one clear, one not, and one that only the first was put to."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    for task in ("sums", "doubles", "alone"):
        pool.task(task)
    pool.cell("sums", "alpha", rows(ALPHA_RIGHT))
    pool.cell("sums", "beta", rows(BETA_RIGHT))
    pool.cell("doubles", "alpha", rows([1.0, 0.0] * 30))
    pool.cell("doubles", "beta", rows([1.0, 0.0] * 29 + [0.0, 0.0]))
    pool.cell("alone", "alpha", rows([1.0, 0.0]))
    return pool


def external(pool: Pool, model_id: str, scores: list[float], variant: str = "external", **identity: Any) -> None:
    """Write an imported cell of a task that the pool has not got."""
    path = pool.cell("web_of_lies", "alpha", rows(scores), variant=variant, origin="external",
                     model_hash=sha256_text(model_id), **identity)
    cell = cellfile.read_cell(path)
    path.unlink()
    source = Source(url="https://example.org/outputs", sha256=sha256_text("file"))
    pool.repository.ledger.write_cell(replace(
        cell, identity=cell.identity.model_copy(update={"model": model_id}),
        provenance=cell.provenance.model_copy(update={"source": source})))


def both(pool: Pool, *tasks: str, one: str = "alpha", other: str = "beta", **options: bool) -> Any:
    """Compare alpha and beta."""
    return compare(pool.repository, side_of(one), side_of(other), tasks, **options)


def test_the_better_model_is_ahead(pool: Pool) -> None:
    """A clear difference names who is ahead, and the numbers are those of the paired formulas."""
    found = both(pool, "sums").tasks[0]
    alone = difference_of_means(np.array(ALPHA_RIGHT), np.array(BETA_RIGHT), [str(one) for one in range(60)])

    assert found.verdict == "first ahead"
    assert (found.difference.value, found.difference.p) == (pytest.approx(alone.value), pytest.approx(alone.p))
    assert (found.difference.first_only, found.difference.second_only) == (25, 0)


def test_p_values_are_adjusted_for_the_tasks_shown(pool: Pool) -> None:
    """Two tasks: the smaller p counts twice, and what is no clear difference says how many items would show it."""
    found = both(pool, "sums", "doubles")
    clear, not_clear = found.tasks

    assert clear.adjusted == pytest.approx(2 * clear.difference.p)
    assert not_clear.verdict == "no clear difference"
    assert not_clear.more is not None
    assert not_clear.more > 0
    assert not_clear.detectable > not_clear.difference.value


def test_lower_may_be_better(pool: Pool) -> None:
    """Where a lower score is better, the model that scores less is ahead."""
    headline = {"metric": "acc", "direction": "lower", "chance": None, "unit": "proportion"}
    pool.task("errors", headline=headline)
    for name, scores in (("alpha", ALPHA_RIGHT), ("beta", BETA_RIGHT)):
        pool.cell("errors", name, rows(scores))

    assert both(pool, "errors").tasks[0].verdict == "second ahead"


def test_the_mean_over_tasks_has_its_own_error(pool: Pool) -> None:
    """The mean of the tasks' differences, with the root of the summed squares over their number."""
    found = both(pool, "sums", "doubles")
    parts = [one.difference for one in found.tasks]

    assert found.macro.difference == pytest.approx((parts[0].value + parts[1].value) / 2)
    assert found.macro.stderr == pytest.approx((parts[0].stderr**2 + parts[1].stderr**2) ** 0.5 / 2)


def test_tasks_in_different_units_have_no_mean(pool: Pool) -> None:
    """Points and nats cannot be averaged, and that is said."""
    pool.task("bits", headline={"metric": "acc", "direction": "lower", "chance": None, "unit": "nats"})
    for name, scores in (("alpha", [0.5, 0.7, 0.2]), ("beta", [0.6, 0.9, 0.1])):
        pool.cell("bits", name, rows(scores))
    found = both(pool, "sums", "bits")

    assert found.macro is None
    assert "different units" in found.why_no_macro


def test_what_cannot_be_compared_says_why(pool: Pool) -> None:
    """A model that was not measured, and a partial cell, are named with their reason."""
    partial = [*rows([1.0, 0.0]), Row(item="s9", repeat=0, outcome=Outcome.NOT_RUN, scores=(None,))]
    pool.task("partly")
    pool.cell("partly", "alpha", rows([1.0, 0.0, 1.0]))
    pool.cell("partly", "beta", partial)
    found = both(pool, "alone", "partly")

    assert found.tasks == ()
    assert [one.task for one in found.not_compared] == ["alone", "partly"]
    assert "beta was not measured" in found.not_compared[0].reason
    assert "Partial" in found.not_compared[1].reason


def test_models_that_answer_alike(pool: Pool) -> None:
    """No item differs: that is said, and no number of further items is named."""
    pool.task("same")
    for name in ("alpha", "beta"):
        pool.cell("same", name, rows([1.0, 0.0, 1.0]))
    found = both(pool, "same").tasks[0]

    assert (found.verdict, found.more, found.adjusted) == ("alike", None, 1.0)


def clustered(scores: list[float], size: int) -> list[Row]:
    """Rows of which so many in a row share a source."""
    return [replace(row, cluster=f"p{index // size}") for index, row in enumerate(rows(scores))]


def test_opposites_that_cancel_are_not_alike(pool: Pool) -> None:
    """Four sources of two items, right one and wrong one the other way round: the mean is the same and nothing else."""
    pool.task("opposite")
    for name, scores in (("alpha", [1.0, 0.0] * 4), ("beta", [0.0, 1.0] * 4)):
        pool.cell("opposite", name, clustered(scores, 2))
    found = both(pool, "opposite", "sums")
    one = found.tasks[0]

    assert (one.difference.value, one.difference.stderr) == (0, None)
    assert (one.same, one.verdict) == (False, "no clear difference")
    assert found.macro is None
    assert "opposite has no standard error" in found.why_no_macro


def test_repeats_that_cancel_are_not_alike(pool: Pool) -> None:
    """Three answers to each item, one of them right, but not the same one."""
    pool.task("repeated")
    for name, scores in (("alpha", [1.0, 0.0, 0.0]), ("beta", [0.0, 1.0, 0.0])):
        made = [replace(row, repeat=repeat) for repeat, score in enumerate(scores) for row in rows([score] * 7)]
        pool.cell("repeated", name, made)
    one = both(pool, "repeated").tasks[0]

    assert (one.difference.value, one.same, one.verdict) == (0, False, "no clear difference")


def test_the_order_of_the_two_decides_nothing(pool: Pool) -> None:
    """One cell names the sources of its items and the other none: the same verdict both ways, and a note."""
    pool.task("half")
    right = [1.0] * 20 + [0.0] * 4
    pool.cell("half", "alpha", clustered(right, 4))
    pool.cell("half", "beta", rows([0.0] * 24))
    one, other = both(pool, "half").tasks[0], both(pool, "half", one="beta", other="alpha").tasks[0]

    assert (one.difference.units, other.difference.units) == (6, 6)
    assert (one.difference.p, one.difference.value) == (other.difference.p, -other.difference.value)
    assert one.verdict == other.verdict == "no clear difference"
    assert any("which items share a source" in note for note in one.notes)
    assert not any("which items share a source" in note for note in both(pool, "sums").tasks[0].notes)


def test_a_matrix_joins_the_sources_of_all_its_cells(pool: Pool) -> None:
    """Items that one cell puts together and items that another does form one source, in any order of the cells."""
    pool.task("half")
    first = [replace(row, cluster="a" if index < 2 else None) for index, row in enumerate(rows([1.0, 0.0, 1.0, 0.0]))]
    second = [replace(row, cluster="b" if 0 < index < 3 else None) for index, row in enumerate(rows([1.0] * 4))]
    cells = [cellfile.read_cell(pool.cell("half", name, made)) for name, made in (("alpha", first), ("beta", second))]
    card = pool.repository.tasks({"half"})[0][0].card

    def partition(ordered: list[Cell]) -> list[int]:
        matrix = matrix_from("half", card, ordered, ["made-up"] * 2)
        assert matrix is not None
        return matrix.cluster_index.tolist()

    assert partition(cells) == partition(cells[::-1]) == [0, 0, 0, 1]


def test_directions_that_disagree_are_refused(pool: Pool) -> None:
    """Where a higher score is better for one cell and worse for the other, nobody is ahead, in either order."""
    external(pool, "davinci", ALPHA_RIGHT)
    external(pool, "curie", BETA_RIGHT)
    path = pool.repository.ledger.cell_path("web_of_lies", "curie", "external")
    cell = cellfile.read_cell(path)
    turned = {name: one.model_copy(update={"higher_is_better": False}) for name, one in cell.metrics.items()}
    pool.repository.ledger.write_cell(replace(cell, metrics=turned))

    for one, other in (("davinci", "curie"), ("curie", "davinci")):
        found = both(pool, "web_of_lies", one=one, other=other, external=True)
        assert found.tasks == ()
        assert "a lower one" in found.not_compared[0].reason


def test_the_metric_does_not_hang_on_the_order_either(pool: Pool) -> None:
    """Two cells that list two metrics the other way round are compared on the same one both ways."""
    external(pool, "davinci", ALPHA_RIGHT)
    external(pool, "curie", BETA_RIGHT)
    for name, order in (("davinci", ("acc,none", "f1,none")), ("curie", ("f1,none", "acc,none"))):
        cell = cellfile.read_cell(pool.repository.ledger.cell_path("web_of_lies", name, "external"))
        made = tuple(replace(row, scores=(row.scores[0], row.scores[0])) for row in cell.rows)
        pool.repository.ledger.write_cell(replace(
            cell, rows=made, metric_names=order, metrics=dict.fromkeys(order, cell.metrics["acc,none"])))
    found = [both(pool, "web_of_lies", one=one, other=other, external=True).tasks[0].metric
             for one, other in (("davinci", "curie"), ("curie", "davinci"))]

    assert found == ["acc,none", "acc,none"]


def test_five_items_show_nothing_and_one_more_would(pool: Pool) -> None:
    """Five of five against none of five: nothing can be clear or detectable, and a sixth item is named."""
    pool.task("few")
    pool.cell("few", "alpha", rows([1.0] * 5))
    pool.cell("few", "beta", rows([0.0] * 5))
    alone, among = both(pool, "few").tasks[0], both(pool, "few", "sums").tasks[0]

    assert (alone.verdict, alone.detectable, alone.more) == ("no clear difference", None, 1)
    assert any("With 5 items" in note for note in alone.notes)
    assert among.more == 2


def test_where_formula_and_test_disagree_nothing_is_said_to_be_detectable(pool: Pool) -> None:
    """Five sources of six all one way and the sixth neither: too lopsided for the formula of means."""
    pool.task("lopsided")
    pool.cell("lopsided", "alpha", clustered([1.0] * 20 + [0.0] * 4, 4))
    pool.cell("lopsided", "beta", clustered([0.0] * 24, 4))
    one = both(pool, "lopsided").tasks[0]

    assert one.difference.p > 0.05
    assert (one.verdict, one.detectable, one.more) == ("no clear difference", None, None)


def test_more_tasks_ask_for_more(pool: Pool) -> None:
    """What the items can show is reckoned at the level that Holm's correction asks for first."""
    alone, among = both(pool, "doubles").tasks[0], both(pool, "doubles", "sums").tasks[0]

    assert among.detectable > alone.detectable
    assert among.more > alone.more


def test_imported_results_are_told_of(pool: Pool) -> None:
    """A model that was only imported says so in its reason, and its imports can be listed."""
    external(pool, "davinci", ALPHA_RIGHT)
    external(pool, "davinci", ALPHA_RIGHT, "external-cot")

    assert "--external" in both(pool, "web_of_lies", one="davinci").not_compared[0].reason
    assert imported_names(pool.repository, "davinci") == {
        "davinci@external": ["web_of_lies"], "davinci@external-cot": ["web_of_lies"]}


def test_only_the_shared_items_count(pool: Pool) -> None:
    """A cell with fewer items is compared on those that both have, and a note says so."""
    pool.task("fewer")
    pool.cell("fewer", "alpha", rows(ALPHA_RIGHT))
    pool.cell("fewer", "beta", rows(BETA_RIGHT)[:40])
    found = both(pool, "fewer").tasks[0]

    assert found.difference.n == 40
    assert "alpha has 20 more" in " ".join(found.notes)


def test_clusters_are_read_from_the_rows(pool: Pool) -> None:
    """Items that share a source are tested by sources."""
    pool.task("passages")
    for name, scores in (("alpha", ALPHA_RIGHT), ("beta", BETA_RIGHT)):
        shared = [replace(row, cluster=f"p{index // 6}") for index, row in enumerate(rows(scores))]
        pool.cell("passages", name, shared)
    found = both(pool, "passages").tasks[0].difference

    assert (found.n, found.units) == (60, 10)
    assert "clusters" in found.test


def test_too_few_sources_are_said_to_be_too_few(pool: Pool) -> None:
    """Four sources cannot make a test clear, however large the difference, and the least that can are named."""
    pool.task("passages")
    for name, scores in (("alpha", [1.0] * 19 + [0.0]), ("beta", [0.0] * 20)):
        pool.cell("passages", name, [replace(row, cluster=f"p{index // 5}") for index, row in enumerate(rows(scores))])
    found = both(pool, "passages").tasks[0]

    assert found.verdict == "no clear difference"
    assert "With 4 clusters" in " ".join(found.notes)
    assert found.more == 2


def test_imported_cells_are_compared_when_named_and_said_to_be_imported(pool: Pool) -> None:
    """Two imports of a task that is not in the pool: compared by name, with their source, in no ranks."""
    external(pool, "davinci", ALPHA_RIGHT, "external-cot")
    external(pool, "davinci", BETA_RIGHT, "external-direct")
    found = both(pool, "web_of_lies", one="davinci@external-cot", other="davinci@external-direct").tasks[0]

    assert found.verdict == "first ahead"
    assert (found.metric, found.unit) == ("acc,none", "proportion")
    assert sum("https://example.org/outputs" in note for note in found.notes) == 2


def test_imports_of_other_items_are_refused(pool: Pool) -> None:
    """Other golds make another task hash, and then item ids say nothing."""
    external(pool, "davinci", ALPHA_RIGHT)
    external(pool, "curie", BETA_RIGHT, task_hash=sha256_text("other golds"))
    found = both(pool, "web_of_lies", one="davinci", other="curie", external=True)

    assert found.tasks == ()
    assert "not of the same items" in found.not_compared[0].reason


def test_imports_stand_in_only_where_asked_for(pool: Pool) -> None:
    """Without --external a model that was only imported was not measured."""
    external(pool, "davinci", ALPHA_RIGHT)
    external(pool, "curie", BETA_RIGHT)

    assert both(pool, "web_of_lies", one="davinci", other="curie").tasks == ()
    assert len(both(pool, "web_of_lies", one="davinci", other="curie", external=True).tasks) == 1


def test_other_prompts_are_compared_with_a_loud_note(pool: Pool) -> None:
    """A variant is put otherwise: its difference may be the prompt's, and the note says it."""
    pool.cell("sums", "beta", rows(BETA_RIGHT), variant="lowercase", task_hash=sha256_text("other prompts"))
    found = both(pool, "sums", other="beta@lowercase").tasks[0]

    assert any("NOT put the same way" in note for note in found.notes)
    assert any("is a variant" in note for note in found.notes)


def test_a_metric_that_is_no_item_mean_is_compared_by_bootstrap(pool: Pool) -> None:
    """Bits per byte are compared from their sufficient statistics."""
    pool.task("texts", headline={"metric": "bits_per_byte", "direction": "lower", "chance": None, "unit": "bits"})
    metric = Metric(value=1.0, stderr=0.1, interval=(0.9, 1.1), method="given", n=20, aggregation="bits_per_byte",
                    higher_is_better=False)
    for name, scale in (("alpha", 1.0), ("beta", 1.2)):
        made = [Row(item=f"s{index}", repeat=0, outcome=Outcome.SCORED,
                    scores=((-scale * (100.0 + index % 7), 100.0),)) for index in range(20)]
        pool.cell("texts", name, made, {"bits_per_byte,none": metric}, names=("bits_per_byte,none",))
    found = both(pool, "texts").tasks[0]

    assert found.verdict == "first ahead"
    assert "exchange of items" in found.difference.test


def test_tasks_of_either_model_are_the_default(pool: Pool) -> None:
    """Every task on which one of them has a cell is looked at, so that what is missing is said."""
    assert task_names(pool.repository, side_of("alpha"), side_of("beta"), external=False) == [
        "alone", "doubles", "sums"]


@pytest.mark.parametrize("text", ["../escape", "alpha@../x", "Alpha", "alpha@", ""])
def test_names_become_no_other_paths(text: str) -> None:
    """What is no model's id is refused before it becomes a path."""
    with pytest.raises(CannotRun, match="no model's id"):
        side_of(text)
