"""``commons items``: what it says first, its list, its exit codes, and that nothing it prints is obeyed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.analyse.item_pool import graded, guessing_pool, item_pool, two_of_one_family
from tests.publish.synthetic import Pool, model, rows

from .running import commons


def test_a_small_pool_is_told_honestly(tmp_path: Path) -> None:
    """Two models of one family: said first, no key judged, difficulty and dead items shown, nothing to act on."""
    done = commons("items", "sums", "--irt", cwd=two_of_one_family(tmp_path).root)

    assert done.code == 0, done.err
    assert done.out.startswith("sums: 4 items, 2 models, of which 1 counts as diverse")
    assert "Golds are not judged: not enough models to say." in done.out
    assert "Next: measure models of other families (`commons run sums --model ID`" in done.out
    assert "the same score: 2 of 4: 1 at 0%, 1 at 100%." in done.out
    assert "No item response theory: 1 diverse models are too few" in done.out


def test_the_list_comes_with_its_evidence(tmp_path: Path) -> None:
    """With 24 models the planted items lead, with reasons and what was chosen; there is something to act on."""
    made = item_pool(tmp_path, 24)
    done = commons("items", "sums", cwd=made.pool.root)

    assert done.code == 1, done.err
    assert "Items to read (3 of 60), the most suspicious first:\n  Probably most of these" in done.out
    assert "If every gold were right, about 1 would be" in done.out
    assert "  s00: score 0% (0 to 13.8), no item-rest correlation\n    What is 0?\n" in done.out
    assert all(len(line) <= 100 for line in done.out.splitlines() if "option" not in line)
    assert "    - nobody chose the gold, and more than 60% of the best models chose one other option\n" in done.out
    assert "    gold option 3 of 0: chosen by 0 of the best quarter, 0 of the middle, 0 of the worst" in done.out
    assert "about 7 in 10 turn out wrong" in done.out
    assert "s30" not in done.out


def test_guessers_are_held_against_nothing(tmp_path: Path) -> None:
    """Twenty guessers and right golds: no item is called questionable, the reason is said, and the exit code is 0."""
    done = commons("items", "sums", cwd=guessing_pool(tmp_path, 20).root)

    assert done.code == 0, done.err
    assert "Golds are not judged: these items do not tell the models apart (reliability " in done.out
    assert "probably" not in done.out.casefold()


def test_every_item_and_the_fit_on_demand(tmp_path: Path) -> None:
    """--all has a line for each item, --irt adds slopes and the models' abilities."""
    made = item_pool(tmp_path, 12)
    done = commons("items", "sums", "--all", "--irt", cwd=made.pool.root)

    assert done.code == 1, done.err
    assert sum(line.startswith("s") and line[1:3].isdigit() for line in done.out.splitlines()) == 60
    assert "all items share one slope" in done.out
    assert done.out.count(": ability ") == 12
    assert "add --all" not in done.out
    assert "add --all" in commons("items", "sums", "--irt", cwd=made.pool.root).out


def test_a_list_that_luck_gives_is_nothing_to_act_on(tmp_path: Path) -> None:
    """Hard items and right golds put some on the list: it is shown with what luck would list, and the code is 0."""
    draw = np.random.default_rng(1)
    pool = Pool(tmp_path / "pool")
    pool.models(*(model(f"m{n}", family=f"f{n}") for n in range(12)))
    pool.task("sums", headline={"metric": "acc", "direction": "higher", "chance": 0.25})
    gap = np.linspace(-2.5, 1.0, 12)[:, None] - draw.normal(1.0, 1.0, 200)
    right = draw.random(gap.shape) < 0.25 + 0.75 / (1 + np.exp(-1.3 * gap))
    for number, values in enumerate(right):
        pool.cell("sums", f"m{number}", graded(values))
    done = commons("items", "sums", cwd=pool.root)

    assert "Items to read (" in done.out
    assert "Nothing to act on: if every gold were right, about " in done.out
    assert done.code == 0, done.err


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
