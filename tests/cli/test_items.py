"""``commons items``: what it says first, its list, its exit codes, and that nothing it prints is obeyed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.analyse.item_pool import item_pool, two_of_one_family
from tests.publish.synthetic import Pool, model, rows

from .running import commons


def test_a_small_pool_is_told_honestly(tmp_path: Path) -> None:
    """Two models of one family: said first, no key judged, difficulty and dead items shown, nothing to act on."""
    done = commons("items", "sums", "--irt", cwd=two_of_one_family(tmp_path).root)

    assert done.code == 0, done.err
    assert done.out.startswith("sums: 4 items, 2 models, of which 1 counts as diverse")
    assert "Keys are not judged: not enough models to say." in done.out
    assert "Items worth a look: not judged." in done.out
    assert "the same score: 2 of 4: 1 at the lowest score of all, 1 at the highest." in done.out
    assert "No item response theory: 1 diverse models are too few" in done.out


def test_the_list_comes_with_its_evidence(tmp_path: Path) -> None:
    """With 24 models the planted items lead, with reasons and what was chosen; there is something to act on."""
    made = item_pool(tmp_path, 24)
    done = commons("items", "sums", cwd=made.pool.root)

    assert done.code == 1, done.err
    assert "Items worth a look (3 of 60), the most suspicious first:\n  s00: score 0% [0%, " in done.out
    assert "    - nobody chose the gold, and more than 60% of the best models chose one other option\n" in done.out
    assert "    gold option 3 of 0: chosen by 0 of the best quarter, 0 of the middle, 0 of the worst" in done.out
    assert "70% of the 25 most suspicious items had a wrong key" in done.out
    assert "s30" not in done.out


def test_every_item_and_the_fit_on_demand(tmp_path: Path) -> None:
    """--all has a line for each item, --irt adds slopes and the models' abilities."""
    made = item_pool(tmp_path, 12)
    done = commons("items", "sums", "--all", "--irt", cwd=made.pool.root)

    assert done.code == 1, done.err
    assert sum(line.startswith("s") and line[1:3].isdigit() for line in done.out.splitlines()) == 60
    assert "1PL (one slope of" in done.out
    assert done.out.count(": ability ") == 12


def test_json_is_whole(tmp_path: Path) -> None:
    """The document holds every item, what may be said, and the fit."""
    made = item_pool(tmp_path, 12, twins=1)
    done = commons("items", "sums", "--irt", "--json", cwd=made.pool.root)
    told = json.loads(done.out)

    assert done.code == 1
    assert (told["diverse_models"], len(told["models"]), len(told["items"])) == (12, 13, 60)
    assert told["trust"] == "for a person to look at"
    assert set(told["worth_a_look"]) == made.wrong
    assert told["irt"]["model"] == "1PL"
    assert all(one["information_at_the_best"] > 0 for one in told["irt"]["items"])
    assert ["m0", "twin0"] in told["groups"]


def test_a_task_that_cannot_be_looked_at(tmp_path: Path) -> None:
    """No such task, and one without cells, could not run and say why."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums")
    for name, why in (("ghost", "There is no task `ghost`"), ("sums", "No cell of sums can be looked at")):
        done = commons("items", name, cwd=pool.root)
        assert done.code == 2
        assert why in done.err


def test_names_of_others_are_made_harmless(tmp_path: Path) -> None:
    """An item's id that a terminal or a runner would obey is printed and does nothing."""
    pool = Pool(tmp_path / "pool")
    pool.models(model("alpha"))
    pool.task("sums", known_broken=[{"item": "::error::x", "reason": "\x1b[31mred"}])
    held = rows([1.0, 0.0])
    pool.cell("sums", "alpha", [*held[:1], *(type(row)(**{**vars(row), "item": "::error::x"}) for row in held[1:])])
    done = commons("items", "sums", "--all", cwd=pool.root)

    assert done.code == 0, done.err
    assert "\x1b" not in done.out
    assert "error::x" in done.out
    assert not [line for line in done.out.splitlines() if line.lstrip().startswith("::")]


def test_a_score_that_is_no_number_is_named(tmp_path: Path) -> None:
    """A cell that holds infinity is named with the way to mend it, and without a traceback."""
    pool = two_of_one_family(tmp_path)
    path = pool.root / "results/cells/sums/alpha.json"
    path.write_text(path.read_text().replace('"scored", 1.0', '"scored", 1e999'))
    done = commons("items", "sums", cwd=pool.root)

    assert done.code == 2
    assert "on alpha holds a score that is no finite number" in done.err


def test_one_model_tells_no_dead_items(tmp_path: Path) -> None:
    """With a single model every item would be dead; that is not said."""
    pool = two_of_one_family(tmp_path)
    (pool.root / "results/cells/sums/beta.json").unlink()
    done = commons("items", "sums", cwd=pool.root)

    assert done.code == 0, done.err
    assert "it takes two models to tell" in done.out
