"""The states of a pair: each said in words, none shown as a number it is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commons.publish.build import build
from commons.publish.snapshot import Snapshot, take_snapshot
from commons.publish.states import State

from .reading import Page, read_page, read_site
from .synthetic import Pool, items, model, rows


@pytest.fixture(scope="module")
def snapshot(pool: Pool) -> Snapshot:
    """The pool as pages see it."""
    return take_snapshot(pool.repository)


def line(page: Page, words: str) -> str:
    """The text of the table row that holds ``words`` in its first cell."""
    return next(row.text for row in page.all("tr") if row.text.startswith(words))


def test_every_state_is_told_apart(snapshot: Snapshot) -> None:
    """Measured, partial, missing, inapplicable, broken and withheld each come from their own cause."""
    states = {pair: state.state for pair, state in snapshot.states.items()}
    assert states["sums", "alpha"] is State.MEASURED
    assert states["sums", "beta"] is State.PARTIAL
    assert states["sums", "gamma"] is State.MISSING
    assert states["sums", "served"] is State.INAPPLICABLE
    assert states["words", "served"] is State.MEASURED
    assert states["words", "beta"] is State.BROKEN
    assert states["prose", "beta"] is State.WITHHELD
    assert len(states) == 5 * 4


def test_as_of_is_the_newest_start_of_a_cell(snapshot: Snapshot) -> None:
    """The date of the site comes from the cells."""
    assert str(snapshot.as_of) == "2026-11-20"


def test_a_partial_cell_has_no_headline_anywhere(site: Path) -> None:
    """56 of 58 graded answers right are shown on no page and in no file as a score; what lacks a score is said."""
    for path, page in read_site(site).items():
        links = [one for one in page.all("a") if one.attributes.get("href", "").endswith("r/sums/beta.html")]
        for link in (one for one in links if "pair" in one.attributes.get("class", "")):
            assert "partial" in link.text, path
            assert not re.search(r"\d\d ±", link.text), path
    cell = read_page(site / "r/sums/beta.html")
    assert cell.all("data") == []
    assert cell.all("div", class_="headline") == []
    assert "2 of 60 rows have no score: 1 instrument fault, 1 not run." in cell.text
    assert "time-out after 120 s" in cell.text
    lines = [one for one in (site / "data/cells.csv").read_text().splitlines() if one.startswith("sums,beta")]
    assert len(lines) == 1
    assert ",partial,,acc,none,yes,,,,,,,,proportion," in lines[0]


def test_missing_and_inapplicable_are_said_in_words(site: Path) -> None:
    """A pair without a cell says why, on the first page, its task's page and the coverage page."""
    home = read_page(site / "index.html")
    assert "inapplicable gives no log-likelihoods" in line(home, "Served")
    assert "not run" in line(home, "Beta")
    task = read_page(site / "t/sums.html")
    assert "Nobody has run it yet. Needs a CUDA GPU and the weights of made/gamma" in line(task, "Gamma")
    reason = "needs log-likelihoods, which the backend openai-chat-completions does not give"
    assert reason in line(task, "Served")
    assert reason in read_page(site / "coverage.html").text


def test_a_model_without_cells_is_listed_with_what_it_takes(site: Path) -> None:
    """A registered model that nobody ran stands on the first page."""
    home = read_page(site / "index.html")
    assert "Gamma cuda Needs a CUDA GPU" in home.text
    assert "3 run, 1 registered and not yet run" in home.text


def test_broken_files_are_named_and_stop_nothing(site: Path) -> None:
    """The coverage page names the broken cell and the broken task, and every other page is there."""
    coverage = read_page(site / "coverage.html")
    assert "results/cells/words/beta.json" in coverage.text
    assert "tasks/halfway" in coverage.text
    assert "broken file" in line(read_page(site / "index.html"), "Beta")
    assert (site / "r/words/alpha.html").is_file()


def test_a_stale_cell_says_so_with_its_reason(site: Path, snapshot: Snapshot) -> None:
    """A cell of an older comparability version shows its number with the word stale, and counts in nothing."""
    state = snapshot.states["later", "alpha"]
    assert not state.counts
    page = read_page(site / "r/later/alpha.html")
    assert "stale Measured under comparability version 1; the card is at 2." in page.text
    assert "stale" in line(read_page(site / "index.html"), "Alpha")


def test_a_changed_model_makes_its_cells_stale(tmp_path: Path) -> None:
    """When the weights' revision in models.yaml changes, the old cell says that the entry changed."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    pool.models(model("alpha", weights={"repository": "made/alpha", "revision": "b" * 40}))
    state = take_snapshot(pool.repository).states["sums", "alpha"]
    assert state.stale == ("The model's entry changed since: its weights, endpoint, arguments or chat template.",)
    assert not state.counts


def test_a_withdrawn_result_leaves_its_reason_and_no_number(site: Path) -> None:
    """The pair says withheld, its page gives the amendment, and the coverage page lists it."""
    page = read_page(site / "r/prose/beta.html")
    assert "Withdrawn on 21 November 2026 by @ada: Wrong data." in page.text
    assert page.all("data") == []
    assert "withheld" in line(read_page(site / "index.html"), "Beta")
    assert "before 1.93, after nothing" in read_page(site / "coverage.html").text


def test_a_cell_measured_after_a_withdrawal_counts_again(tmp_path: Path, pool: Pool) -> None:
    """The withdrawal covers what was measured up to its day."""
    assert take_snapshot(pool.repository).states["prose", "beta"].state is State.WITHHELD
    later = Pool(tmp_path / "pool")
    later.models(model("alpha"))
    later.task("sums")
    later.cell("sums", "alpha", rows([1.0]), started="2026-11-22T00:00:00Z")
    (later.root / "results/amendments.jsonl").write_text(
        '{"date": "2026-11-21", "kind": "withdrawn", "task": "sums", "reason": "Wrong data.", "by": "ada"}\n'
    )
    assert take_snapshot(later.repository).states["sums", "alpha"].state is State.MEASURED


def test_cells_of_unknown_tasks_are_listed(site: Path) -> None:
    """A cell whose task is gone is named on the coverage page."""
    assert "ghost on alpha: The task `ghost` is not in the pool" in read_page(site / "coverage.html").text


def test_a_variant_has_its_page_and_stands_beside_the_canonical_cell(site: Path) -> None:
    """Another variant's number is on the task's page and not in the first page's table."""
    assert "options-reversed" in read_page(site / "t/sums.html").text
    assert "options-reversed" not in read_page(site / "index.html").text


def test_a_cell_that_stands_elsewhere_than_it_says_is_broken(tmp_path: Path) -> None:
    """A file copied to another model's name is not taken for that model's result."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), model("beta"))
    pool.task("sums")
    path = pool.cell("sums", "alpha", rows([1.0]))
    path.with_name("beta.json").write_text(path.read_text())
    snapshot = take_snapshot(pool.repository)
    assert snapshot.states["sums", "beta"].state is State.BROKEN
    assert "does not stand where its identity says" in snapshot.broken[0].faults[0]


def test_a_row_of_an_item_that_was_not_rendered_says_so(tmp_path: Path) -> None:
    """Rows stay, and the page says that their item is not rendered."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0]))
    build(pool.repository, tmp_path / "_site")
    assert "The item is not rendered." in read_page(tmp_path / "_site/r/sums/alpha.html").text


def test_items_of_another_version_are_not_shown_beside_a_cell(tmp_path: Path) -> None:
    """Prompts that were rendered from an edited task are not passed off as what the cell was measured with."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    pool.rendered("sums", items(1, "A new prompt {n}"))
    pool.cell("sums", "alpha", rows([1.0]), task_hash="f" * 64)
    build(pool.repository, tmp_path / "_site")
    page = read_page(tmp_path / "_site/r/sums/alpha.html")
    assert "A new prompt" not in page.text
    assert "another version of this task" in page.text


@pytest.mark.parametrize(("written", "edited"), [
    ('"answer 0"', "5"), ("[-1.25, -2.5]", '"none"'), ('"scored", 1.0', '"scored", [null, 1]'),
    ('"value": 0.5', '"value": NaN'),
])
def test_a_cell_edited_into_nonsense_breaks_only_itself(tmp_path: Path, written: str, edited: str) -> None:
    """A value of the wrong type, or one that is no finite number, makes the file broken and stops no page."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    path = pool.cell("sums", "alpha", rows([1.0, 0.0]))
    text = path.read_text()
    assert written in text
    path.write_text(text.replace(written, edited))
    assert len(build(pool.repository, tmp_path / "_site").broken) == 1
    assert "broken file" in read_page(tmp_path / "_site/index.html").text
