"""Landing variants: beside a canonical form that landed before, by name, and with the reason where one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.plan.plan import Plan
from commons.pool.repository import Repository
from tests.builders import endpoint_entry, generate_task, write_pool
from tests.evaluate.sharding import edited, identity, run_shard
from tests.github.landing import QUICK, Scene, answering_by_rule, git, landed
from tests.plan.making import plan_in

pytestmark = pytest.mark.model

SPACES = "robustness-spaces"
LOWER = "robustness-lowercase"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A remote with one task, and two plans of it that were run: the canonical cell, and two variants."""
    pool = write_pool(tmp_path / "origin", [generate_task(settings=QUICK)],
                      endpoint_entry("http://127.0.0.1:1/v1", "one"))
    (pool.root / ".gitignore").write_text(".commons/\n*.part\n")
    git(pool.root, "init", "--quiet", "-b", "main")
    git(pool.root, "add", ".")
    git(pool.root, "commit", "--quiet", "-m", "The pool")
    git(tmp_path, "clone", "--quiet", "--bare", str(pool.root), "remote.git")
    plans: list[Plan] = []
    with answering_by_rule():
        for number, names in enumerate((("canonical",), (SPACES, LOWER))):
            plans.append(plan_in(pool, *names, commit=git(pool.root, "rev-parse", "HEAD")).plan)
            run_shard(pool, plans[-1], 1, tmp_path / "shards" / str(number))
    return Scene(tmp_path / "remote.git", tuple(plans), (tmp_path / "shards" / "0", tmp_path / "shards" / "1"),
                 tmp_path)


@pytest.fixture
def pool(scene: Scene, tmp_path: Path) -> Repository:
    """A checkout of the remote."""
    return scene.clone(tmp_path / "checkout")


def test_variants_land_beside_the_canonical_form(scene: Scene, pool: Repository) -> None:
    """Every file by its name; the items that readers see stay those of the canonical form, which landed before."""
    landed(pool, scene.plans[0], scene.shards[0])
    rendered = pool.ledger.rendered_path("say").read_bytes()
    ended = landed(pool, scene.plans[1], scene.shards[1])

    assert (ended.state, ended.whole) == ("landed", True)
    assert scene.files() == {f"results/cells/say/one{name}.json" for name in ("", f"@{SPACES}", f"@{LOWER}")} | {
        "results/rendered/say.jsonl"}
    assert pool.ledger.rendered_path("say").read_bytes() == rendered
    assert f"  say on one ({SPACES})  " in ended.message
    assert scene.log()[0] == "Results: 2 cells (2 new) [skip ci]"


def test_a_variant_that_was_not_planned_does_not_land(scene: Scene, pool: Repository) -> None:
    """Under a plan of the canonical cell nothing of it is committed."""
    ended = landed(pool, scene.plans[0], scene.shards[1])

    assert (ended.state, ended.whole, scene.files()) == ("nothing", False, set())
    assert [one.sentence for one in ended.collection.refused] == [
        f"The cell of say on one ({name}) is not planned." for name in (LOWER, SPACES)]


def test_a_variant_that_is_missing_is_named_with_its_reason(scene: Scene, pool: Repository) -> None:
    """Its file was refused, or its shard said what went wrong with it."""
    files = next(scene.shards[1].glob("shard-1/cells/say"))
    edited(files / f"one@{SPACES}.json", identity(comparability_version=7))
    (files / f"one@{LOWER}.json").unlink()
    report = scene.shards[1] / "shard-1" / "report.json"
    said = f'"what": "say on one@{LOWER}", "sentence": "The endpoint is down.", "where": null, "mend": ""'
    report.write_text(report.read_text().replace('"errors": []', f'"errors": [{{{said}}}]'))

    ended = landed(pool, scene.plans[1], scene.shards[1])

    assert {one.name: one.why for one in ended.account.absent} == {
        f"say on one ({SPACES})": "The cell has comparability version 7; the card says 1.",
        f"say on one ({LOWER})": "The endpoint is down."}
    assert ended.account.moved == ()
