"""Two versions of one cell: which items flipped, why that may be, and whether it is more than noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from commons.analyse.finding import side_of
from commons.analyse.versions import Versions, compare_versions
from commons.errors import CannotRun
from commons.pool import cellfile
from commons.pool.cell import Row
from commons.pool.git import GitFailed, git
from commons.pool.hashing import model_hash
from commons.pool.sentinels import SentinelFile, sentinel_path, to_text
from tests.pool.checks import check, item
from tests.publish.synthetic import Pool, endpoint, items, model, rows


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    """A pool under git with two models, one of them served, and nothing measured."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"), endpoint("served"))
    pool.task("sums")
    pool.rendered("sums", items(6))
    git(pool.root, "init", "--quiet", "--initial-branch=main")
    git(pool.root, "config", "user.name", "Nobody")
    git(pool.root, "config", "user.email", "nobody@example.org")
    return pool


def commit(pool: Pool) -> None:
    """Commit all of the pool."""
    git(pool.root, "add", "--all")
    git(pool.root, "commit", "--quiet", "--message", "a version")


def twice(pool: Pool, before: list[Row], after: list[Row], name: str = "alpha", publish: str = "samples") -> Versions:
    """Commit one version of a cell, write another, and compare them."""
    pool.cell("sums", name, before, publish=publish)
    commit(pool)
    pool.cell("sums", name, after, publish=publish)
    return compare_versions(pool.repository, side_of(name), "sums", "HEAD")


def test_flipped_items_stand_side_by_side(pool: Pool) -> None:
    """Both answers of each flipped item are there, the better ones first."""
    found = twice(pool, rows([1.0, 0.0, 1.0, 1.0]), rows([0.0, 1.0, 1.0, 1.0]))

    assert [(one.item, one.better) for one in found.flipped] == [("s1", True), ("s0", False)]
    assert (found.flipped[0].before, found.flipped[0].after) == ("answer 1", "answer 1")
    assert (found.flips.deterministic, found.flips.expected) == (True, 0.0)
    assert found.changed == ()


def test_other_surroundings_turn_answers_too(pool: Pool) -> None:
    """Nothing is sampled, but another library or host rounds otherwise: a flip is then no change by itself."""
    path = pool.cell("sums", "alpha", rows([1.0, 0.0, 1.0, 1.0]))
    cell = cellfile.read_cell(path)
    older = cell.provenance.model_copy(update={"host": "darwin-arm64", "versions": {"lm_eval": "0.4.12"}})
    pool.repository.ledger.write_cell(replace(cell, provenance=older))
    commit(pool)
    found = twice(pool, rows([1.0, 0.0, 1.0, 1.0]), rows([0.0, 1.0, 1.0, 1.0]))
    pool.cell("sums", "alpha", rows([0.0, 1.0, 1.0, 1.0]))
    apart = compare_versions(pool.repository, side_of("alpha"), "sums", "HEAD~1")

    assert (found.surroundings, found.flips.deterministic) == ((), True)
    assert apart.surroundings == ("host darwin-arm64 then, linux-x86_64-cpu now", "lm_eval 0.4.12 then, 0.4.13 now")
    assert (apart.greedy, apart.flips.deterministic, apart.flips.p) == (True, False, None)


def test_a_drop_one_way_is_a_change_where_the_flips_are_few(pool: Pool) -> None:
    """Six items got worse and none better: as many as noise flips, but noise flips both ways."""
    noisy = check([item(number, second="no" if number < 10 else "yes") for number in range(20)],
                  model_hash=model_hash(pool.model("served")))
    path = sentinel_path(pool.repository.ledger.root, "served")
    path.parent.mkdir(parents=True)
    path.write_text(to_text(SentinelFile(model="served", checks=(noisy,))))
    found = twice(pool, rows([1.0] * 20), rows([0.0] * 6 + [1.0] * 14), name="served")

    assert found.flips.p > 0.05
    assert found.flips.borrowed == (10, 20)
    assert found.shifted
    assert found.difference.p == pytest.approx(2 / 2**6)


def test_a_chosen_option_is_shown_by_its_text(pool: Pool) -> None:
    """Where no answer was written, the option that was chosen stands for it."""
    bare = [[replace(row, answer=None) for row in rows(scores)] for scores in ([1.0, 0.0], [0.0, 0.0])]
    found = twice(pool, *bare)

    assert (found.flipped[0].before, found.flipped[0].after) == ("right 0", "wrong 0")


def test_answers_that_are_not_published_stay_hidden(pool: Pool) -> None:
    """Under the publish level `aggregate` the flipped items are named, and nothing of their answers."""
    found = twice(pool, rows([1.0, 0.0]), rows([0.0, 0.0]), publish="aggregate")

    assert [(one.item, one.before, one.after) for one in found.flipped] == [("s0", None, None)]


def test_a_served_model_may_be_noisy(pool: Pool) -> None:
    """One answer each from an endpoint: flips are named, and no noise is claimed to be known."""
    found = twice(pool, rows([1.0, 0.0]), rows([0.0, 0.0]), name="served")

    assert (found.flips.deterministic, found.flips.p) == (False, None)


def test_what_a_served_model_did_when_asked_twice_is_its_noise(pool: Pool) -> None:
    """The last check of the endpoint says how many answers change by themselves; eight flips of ten are more."""
    quiet = check(model_hash=model_hash(pool.model("served")))
    path = sentinel_path(pool.repository.ledger.root, "served")
    path.parent.mkdir(parents=True)
    path.write_text(to_text(SentinelFile(model="served", checks=(quiet,))))
    found = twice(pool, rows([1.0] * 10), rows([0.0] * 8 + [1.0] * 2), name="served").flips

    assert (found.moved, found.expected, found.deterministic) == (8.0, 0.0, False)
    assert found.p < 0.001
    assert "0 of 20 answers" in found.test


def test_repeats_measure_the_noise(pool: Pool) -> None:
    """Three answers to each item in both versions give the flips that noise predicts."""
    def repeated(right: list[int]) -> list[Row]:
        return [replace(row, repeat=repeat) for repeat in range(3)
                for row in rows([float(repeat < count) for count in right])]

    found = twice(pool, repeated([3, 3, 3, 3, 0, 2]), repeated([0, 0, 0, 0, 0, 1]))

    assert not found.flips.deterministic
    assert found.flips.expected < found.flips.moved
    # Five items have three right of six: each is as far apart as can be with probability 2/20, and here four are.
    assert found.flips.p == pytest.approx(5 * 0.1**4 * 0.9 + 0.1**5)


def test_other_prompts_and_items_are_told_apart(pool: Pool) -> None:
    """Items that came, went or were put otherwise are named."""
    before = [replace(row, input="a" * 8) for row in rows([1.0, 0.0, 1.0])]
    after = [replace(row, input="b" * 8 if row.item == "s1" else "a" * 8) for row in rows([1.0, 1.0, 1.0, 1.0])]
    found = twice(pool, before, after[:2] + after[3:])

    assert (found.other_input, found.added, found.removed) == (("s1",), ("s3",), ("s2",))


def test_the_same_rows_are_no_change(pool: Pool) -> None:
    """A cell that was measured again with the same outcome is unchanged."""
    assert twice(pool, rows([1.0, 0.0]), rows([1.0, 0.0])).unchanged


def test_what_is_not_there_is_said(pool: Pool) -> None:
    """No such commit, no such cell then, no such cell now."""
    commit(pool)
    with pytest.raises(CannotRun, match="no cell of sums on alpha"):
        compare_versions(pool.repository, side_of("alpha"), "sums", "HEAD")
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    with pytest.raises(CannotRun, match="holds no cell"):
        compare_versions(pool.repository, side_of("alpha"), "sums", "HEAD")
    with pytest.raises(GitFailed, match="no commit"):
        compare_versions(pool.repository, side_of("alpha"), "sums", "nowhere")
