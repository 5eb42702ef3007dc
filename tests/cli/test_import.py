"""``commons import`` as a person runs it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

pytest.importorskip("scipy")

from commons.cli.import_ import command as import_command
from tests.builders import choice_task, write_pool
from tests.cli.running import Ran, commons
from tests.publish.synthetic import Pool, items, model

OPTIONS = ("--task", "sums", "--model", "some-model", "--source", "https://example.org/x", "--measured", "2026-01-02")


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """A pool, and a file of outcomes beside it."""
    write_pool(tmp_path, [choice_task()])
    (tmp_path / "outcomes.csv").write_text("id,right\na,1\nb,0\nc,1\n", encoding="utf-8")
    return tmp_path


def test_an_import_is_written_once_and_verifies(pool: Path) -> None:
    """The cell stands beside our own; a second import of it is refused until it is asked for."""
    given = ("import", "outcomes.csv", *OPTIONS, "--item", "id", "--score", "right")

    first = commons(*given, cwd=pool)
    again = commons(*given, cwd=pool)
    replaced = commons(*given, "--replace", "--json", cwd=pool)

    assert first.code == 0
    assert "some-model@external.json: 3 items, external" in first.out
    assert again.code == 2
    assert "--replace" in again.err
    assert json.loads(replaced.out)["metrics"]["acc,none"]["n"] == 3
    assert commons("verify", cwd=pool).code == 0


def test_what_is_missing_is_said_before_anything_is_read(pool: Path) -> None:
    """Without the columns, a date in the address or a plain name nothing is written, and the option is named."""
    without = commons("import", "outcomes.csv", *OPTIONS, cwd=pool)
    named = commons("import", "outcomes.csv", *OPTIONS, "--model", "../evil", "--item", "id", "--score", "right",
                    cwd=pool)

    nothing = commons("import", "outcomes.csv", cwd=pool)

    assert (without.code, named.code, nothing.code) == (2, 2, 2)
    for option in ("--task NAME", "--model ID", "--source", "--measured 2026-05-01", "--item COLUMN", "id, right"):
        assert option in nothing.err
    assert "--item COLUMN --score COLUMN" in without.err
    assert "--model" in named.err
    assert not (pool / "results").exists()


def test_a_dry_run_writes_nothing(pool: Path) -> None:
    """The numbers are shown and the ledger stays as it is."""
    ran = commons("import", "outcomes.csv", *OPTIONS, "--item", "id", "--score", "right", "--dry-run", cwd=pool)

    assert ran.code == 0
    assert "Would write" in ran.out
    assert not list(pool.rglob("*@external.json"))


def given(pool: Path, text: str, *more: str) -> Ran:
    """Import a table that holds ``text``."""
    (pool / "given.csv").write_text(text, encoding="utf-8")
    return commons("import", "given.csv", *OPTIONS, "--item", "id", "--score", "right", *more, cwd=pool)


def test_a_dry_run_is_refused_nothing_and_a_bad_file_is_read_first(pool: Path) -> None:
    """What stands there already is in the way of writing only, and a fault of the file comes before it."""
    given(pool, "id,right\na,1\nb,0\n")
    dry = given(pool, "id,right\na,1\nb,0\n", "--dry-run")
    broken = given(pool, "id,right\na,maybe\n")

    assert dry.code == 0
    assert "stands there already, which --replace would replace" in dry.out
    assert broken.code == 1
    assert "maybe" in broken.err


@pytest.mark.parametrize(("text", "more", "said"), [
    ("id,right\na,76.667\nb,0\n", (), "The item `a` scores 76.667, and `acc` lies between 0 and 1"),
    ("id,right\na,1\n", ("--measured", "2999-01-01"), "still to come"),
    ("id,right\na,1\n", ("--measured", "1 May"), "2026-05-01"),
    ("id,right\na,1\n", ("--task", "My Wards"), "for example my_wards"),
    ("id,right\na,1\n", ("--model", "GPT 4"), "for example my-model-7b"),
    ("id,right\na,1\n", ("--as", "Chain Of"), "for example cot"),
    ("id,right\na,1\n", ("--source", "me"), "sentence of three words"),
])
def test_what_is_surely_wrong_is_refused_in_words(pool: Path, text: str, more: tuple[str, ...], said: str) -> None:
    """Percentages, a date to come and names of another form: nothing is written, and no pattern is shown."""
    ran = given(pool, text, *more)

    assert ran.code in {1, 2}
    assert said in ran.err
    assert "[a-z" not in ran.err
    assert not list(pool.rglob("*@external*.json"))


@pytest.mark.parametrize(("text", "more", "said"), [
    ("id,right\na,80\nb,0\n", ("--metric", "points"), "percentages, divide"),
    ("id,right\na,1\nb,0\n", ("--task", "pickk"), "Did you mean `pick`?"),
    ("id,right\na,1\nb,0\n", ("--model", "smollm2-135m-instrct"), "Did you mean `smollm2-135m-instruct`?"),
    ("id,right\na,0.8\n", (), "a single item"),
])
def test_what_is_odd_is_said_and_written(pool: Path, text: str, more: tuple[str, ...], said: str) -> None:
    """Perhaps percentages, perhaps a slip in a name, perhaps a mean: whoever imports knows."""
    ran = given(pool, text, *more)

    assert ran.code == 0
    assert said in " ".join(ran.out.split())


def test_items_of_another_task_are_refused(tmp_path: Path) -> None:
    """A file that holds none of the items of the pool's task; where it holds some, the others are counted."""
    made = Pool(tmp_path / "pool")
    made.models(model("alpha"))
    made.task("sums")
    made.rendered("sums", items(4))
    none = given(made.root, "id,right\nx,1\ny,0\n")
    some = given(made.root, "id,right\ns0,1\ny,0\n")

    assert none.code == 1
    assert "None of the 2 items is one of the task `sums`" in none.err
    assert some.code == 0
    assert "1 of 2 items are none of the task's" in some.out


def test_a_direction_that_is_not_the_tasks_is_refused(tmp_path: Path) -> None:
    """Where the card says that a higher score is better, an import cannot say the opposite of the same metric."""
    made = Pool(tmp_path / "pool")
    made.models(model("alpha"))
    made.task("sums")
    ran = given(made.root, "id,right\ns0,1\ns1,0\n", "--lower-is-better")

    assert ran.code == 1
    assert "a higher score is better" in ran.err


def test_what_to_do_next_is_said(pool: Path) -> None:
    """The first import names the kind of comparison, the second of the same items the comparison itself."""
    first = given(pool, "id,right\na,1\nb,0\n")
    second = given(pool, "id,right\na,0\nb,0\n", "--model", "other-model")
    ran = commons(*second.out.splitlines()[-1].removeprefix("Next: commons ").split(), cwd=pool)

    assert "commons compare some-model@external OTHER@external --task sums" in first.out
    assert "Next: commons compare other-model@external some-model@external --task sums" in second.out
    assert ran.code == 0


def test_the_examples_of_its_help_work(tmp_path: Path) -> None:
    """Each is run as it stands, from the pool's root, where its files are."""
    write_pool(tmp_path, [choice_task()])
    examples = (import_command.epilog or "").replace("\\\n", " ").splitlines()
    lines = [shlex.split(line) for line in examples if line.strip().startswith("commons import")]

    assert len(lines) == 3
    for line in lines:
        ran = commons(*line[1:], "--root", str(tmp_path), cwd=Path(__file__).resolve().parents[2])
        assert ran.code == 0, ran.err
        assert "8 items" in ran.out


def test_show_says_what_was_imported(pool: Path) -> None:
    """A model of which all is imported is shown as such, a cell that was only imported is named, and no stray space."""
    given(pool, "id,right\na,0.25\nb,0.5\nc,0.125\n")
    shown = commons("show", "some-model", cwd=pool)
    sought = commons("show", "sums", "some-model", cwd=pool)

    assert "imported, not measured here" in shown.out
    assert "nothing of it was measured here" in shown.out
    assert " ," not in shown.out
    assert "commons show sums some-model@external" in sought.err


def test_an_imported_cell_enters_no_plan_and_no_rank(pool: Path) -> None:
    """An external cell of a task and model of the pool does not pass for our measurement."""
    commons("import", "outcomes.csv", *OPTIONS[2:], "--task", "pick", "--model", "smollm2-135m-instruct",
            "--item", "id", "--score", "right", cwd=pool)
    from commons.analyse.entering import entering
    from commons.pool.repository import Repository

    repository = Repository(pool)
    seen = entering(repository, repository.tasks()[0][0])

    assert seen.cells == ()
    assert [one.variant for one in seen.left_out] == ["external"]
