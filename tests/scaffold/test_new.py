"""``commons new``: every type of task, from nothing and from each kind of file, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from commons.errors import BadFile, CannotRun, CommonsError
from commons.pool.card import LifecycleState
from commons.pool.task import read_task
from commons.scaffold.columns import KINDS, Kind
from commons.scaffold.folder import DATA_FILE, files_of, handle_of, write_folder
from commons.scaffold.yamltext import template_path
from tests.scaffold.making import (
    CANARY,
    SHEETS,
    TODAY,
    UNIQUE,
    WHO,
    data_of,
    empty_pool,
    items_of,
    make,
    new,
    write_sheet,
    write_text,
)

CORE = {
    "multiple_choice": {"question", "choices", "answer"},
    "generate_until": {"question", "answer"},
    "loglikelihood": {"context", "target"},
    "loglikelihood_rolling": {"text"},
    "structured": {"input", "answer"},
}


@pytest.fixture
def pool(pool_folder: Path) -> Path:
    """A pool without tasks."""
    return empty_pool(pool_folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_made_from_nothing_reads_back(pool: Path, kind: Kind) -> None:
    """Each type made from nothing is a task that reads, with eight items, unique ids and the canary in each row."""
    result = new(pool, "my_task", "--type", kind)
    assert result.exit_code == 0, result.output
    task = read_task(pool / "tasks" / "my_task")
    rows = data_of(task)
    assert len(rows) == 8
    assert {row["canary"] for row in rows} == {task.card.canary}
    assert len({row["id"] for row in rows}) == 8
    assert all(re.fullmatch(r"q-[0-9a-f]{6}", row["id"]) for row in rows)
    assert all(CORE[kind] <= row.keys() for row in rows)
    assert "examples" in (task.folder / "README.md").read_text(encoding="utf-8")
    assert bool(task.hook_files) == (kind == "structured")
    assert task.card.lifecycle.state is LifecycleState.DRAFT
    assert task.card.ai_use == "none"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_task_made_from_a_file_reads_back(pool: Path, tmp_path: Path, kind: Kind, suffix: str) -> None:
    """Each type made from each kind of file holds all its rows; the type is told from the columns, and said."""
    source = write_sheet(tmp_path / f"items{suffix}", SHEETS[kind])
    result = new(pool, "my_task", "--from", str(source))
    assert result.exit_code == 0, result.output or result.exception
    assert f"The type {kind} was told from the columns" in result.output
    task = read_task(pool / "tasks" / "my_task")
    rows = data_of(task)
    assert len(rows) == len(SHEETS[kind])
    assert {row["canary"] for row in rows} == {task.card.canary}
    assert all(row.keys() == {"id", "canary", *CORE[kind]} for row in rows)


def test_all_kinds_of_file_give_the_same_rows(tmp_path: Path) -> None:
    """The same sheet as CSV, workbook and JSON Lines gives the same data rows."""
    for kind in KINDS:
        made = []
        for suffix in (".csv", ".xlsx", ".jsonl"):
            items = items_of(write_sheet(tmp_path / f"{kind}{suffix}", SHEETS[kind]), kind)
            made.append(files_of(WHO, items, today=TODAY, unique=UNIQUE, seed=3, examples=False)[DATA_FILE])
        assert len(set(made)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes(kind: Kind) -> None:
    """Same items, day, canary and seed: the same bytes in every file; another seed: another order, the same ids."""
    items = items_of(template_path(f"{kind}.jsonl"), kind)
    first, again, other = (
        files_of(WHO, items, today=TODAY, unique=UNIQUE, seed=seed, examples=True) for seed in (5, 5, 6)
    )
    assert first == again
    assert first[DATA_FILE] != other[DATA_FILE]
    ids = [{json.loads(line)["id"] for line in made[DATA_FILE].splitlines()} for made in (first, other)]
    assert ids[0] == ids[1]


def test_gold_still_points_at_the_right_text_after_shuffling(tmp_path: Path) -> None:
    """Whatever the seed, the index leads to the text that was right in the sheet, and its places are balanced."""
    source = write_sheet(tmp_path / "items.csv", SHEETS["multiple_choice"])
    items = items_of(source, "multiple_choice")
    right = {row["Question"]: row["A"] for row in SHEETS["multiple_choice"]}
    for seed in range(5):
        _, rows = make(tmp_path / f"tasks{seed}", items, seed=seed)
        assert {row["question"]: row["choices"][row["answer"]] for row in rows} == right
        places = [row["answer"] for row in rows]
        assert sorted(places) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
        assert all(type(place) is int for place in places)


def test_the_card_says_what_the_items_can_show(tmp_path: Path) -> None:
    """The card carries the seed, chance and the difference that the number of items can show."""
    items = items_of(write_sheet(tmp_path / "items.csv", SHEETS["multiple_choice"]), "multiple_choice")
    task, _ = make(tmp_path / "tasks", items, seed=41)
    assert task.card.shuffle_seed == 41
    assert task.card.canary == CANARY
    assert task.card.headline.chance == pytest.approx(1 / 3, abs=1e-6)
    assert task.card.claims.smallest_difference == 0.66  # 2.8 * sqrt(0.5 / 9) = 0.65997
    assert (task.card.fields.question, task.card.fields.choices, task.card.fields.gold) == (
        "question", "choices", "answer")
    assert task.card.lifecycle.since == TODAY


def test_a_thousand_items_show_a_small_difference(tmp_path: Path) -> None:
    """The claimed difference shrinks with the square root of the number of items."""
    sheet = [{"question": f"q{n}", "answer": f"a{n}"} for n in range(1000)]
    task, _ = make(tmp_path / "tasks", items_of(write_sheet(tmp_path / "items.csv", sheet), "generate_until"))
    assert task.card.claims.smallest_difference == 0.07


@pytest.mark.parametrize("title", [
    'Say "no": a test', "it's # not a comment", "[a, b]: {c}", "- dash", "漢字 \\n é", "null", "$task ${title}",
])
def test_odd_titles_come_back_as_they_were(pool: Path, title: str) -> None:
    """A title with quotes, colons, brackets or any script is read back from the card unchanged."""
    assert new(pool, "my_task", "--title", title).exit_code == 0
    assert read_task(pool / "tasks" / "my_task").card.title == title


@pytest.mark.parametrize("name", ["null", "true", "yes", "off"])
def test_names_that_yaml_reads_otherwise_stay_names(pool: Path, name: str) -> None:
    """A task called `null` is called `null`, and not nothing; so with languages such as `no`."""
    assert new(pool, name, "--language", "no", "--owner", "123").exit_code == 0
    task = read_task(pool / "tasks" / name)
    assert task.name == name
    assert task.card.languages == ["no"]
    assert task.card.owners == ["123"]


def test_json_says_what_was_made(pool: Path) -> None:
    """With --json, one document names the files, the seed and the next commands."""
    result = new(pool, "my_task", "--type", "generation", "--seed", "9", "--owner", "@ana", "--json")
    said = json.loads(result.output)
    assert said["type"] == "generate_until"
    assert said["shuffle_seed"] == 9
    assert said["owner"] == "ana"
    assert said["files"] == ["my_task.yaml", "card.yaml", "README.md", "data/test.jsonl"]
    assert said["next"][1:] == ["commons lint tasks/my_task", "commons run my_task --model smollm2-135m-instruct"]


def test_the_next_commands_are_printed(pool: Path) -> None:
    """After what was made, the three next commands stand at the end."""
    lines = new(pool, "my_task").output.splitlines()
    assert lines[0] == "Made tasks/my_task/ (multiple_choice, 8 example items):"
    assert [line.split()[0] for line in lines[-3:]] == ["edit", "commons", "commons"]
    assert lines[-1].endswith("commons run my_task --model smollm2-135m-instruct")


def test_help_names_every_column_spelling() -> None:
    """The help tells all names that a column may have."""
    from commons.scaffold.columns import ROLES

    said = " ".join(new(Path(), "--help").output.split())
    for roles in ROLES.values():
        for names in roles.values():
            assert f"{names[0]} (or {', '.join(names[1:])})" in said


def test_extra_columns_are_kept_and_the_cluster_is_named(pool: Path, tmp_path: Path) -> None:
    """Columns without a role stay in the rows as text, and a `source` column becomes the card's cluster field."""
    source = write_text(tmp_path / "items.csv", "question,answer,Source,level\nq1?,a1,book,1\nq2?,a2,web,\n")
    result = new(pool, "my_task", "--from", str(source))
    assert "Kept, but not shown to models: Source, level." in result.output
    task = read_task(pool / "tasks" / "my_task")
    assert task.card.fields.cluster == "Source"
    assert {(row["Source"], row["level"]) for row in data_of(task)} == {("book", "1"), ("web", "")}


def refusal(pool: Path, *arguments: str) -> CommonsError:
    """The error that ``commons new`` ends with; it has left nothing in the pool."""
    before = sorted((pool / "tasks").rglob("*"))
    result = new(pool, *arguments)
    assert isinstance(result.exception, CommonsError), result.output
    assert sorted((pool / "tasks").rglob("*")) == before
    return result.exception


@pytest.mark.parametrize("name", ["My Task", "ab", "9lives", "a" * 65, "../up", "tiret-bas", "con", "", "task\n"])
def test_a_bad_name_is_refused_with_the_rule(pool: Path, name: str) -> None:
    """A name that breaks the rule is refused with the rule."""
    error = refusal(pool, name)
    assert isinstance(error, CannotRun)
    assert "cannot be a task's name" in error.sentence
    assert "3 to 64 characters: lower-case letters a-z, digits and underscores, beginning with a letter" in error.mend


def test_a_bad_name_is_refused_with_a_proposal(pool: Path) -> None:
    """Where a good name lies near, it is proposed."""
    assert refusal(pool, "My Task!").mend.endswith("for example `my_task`.")


def test_an_existing_folder_is_never_overwritten(pool: Path) -> None:
    """A second task of the same name is refused, and the first stays byte for byte."""
    new(pool, "my_task", "--seed", "1")
    card = (pool / "tasks/my_task/card.yaml").read_bytes()
    error = refusal(pool, "my_task", "--seed", "2")
    assert error.sentence == "The task `my_task` exists, and nothing here is ever overwritten."
    assert error.where is not None
    assert error.where.path == pool.resolve() / "tasks" / "my_task"
    assert (pool / "tasks/my_task/card.yaml").read_bytes() == card


@pytest.mark.parametrize(("arguments", "sentence", "mend"), [
    (["--type", "multiple"], "`multiple` is not a type of task.", "Did you mean `multiple_choice`?"),
    (["--domain", "cooking"], "The domain `cooking` is not known.", "mathematics"),
    (["--language", "English"], "`--language English` cannot stand in a card.", "BCP 47"),
    (["--owner", "Ana María"], "`--owner Ana María` cannot stand in a card.", "GitHub"),
    (["--licence", "free for all!"], "`--licence free for all!` cannot stand in a card.", "SPDX"),
    (["--title", "  "], "The title '' cannot stand in a card.", "1 to 80 characters"),
    (["--title", "x" * 81], "cannot stand in a card.", "1 to 80 characters"),
    (["--title", "bell \a"], "The title 'bell \\x07' cannot stand in a card.", "1 to 80 characters"),
    (["--answers-from", "1", "--type", "generation"], "`--answers-from` is for multiple_choice.", "Leave it out"),
    (["--multiple-answers"], "`--multiple-answers` is for generate_until.", "Leave it out"),
])
def test_bad_settings_are_refused(pool: Path, arguments: list[str], sentence: str, mend: str) -> None:
    """Every setting that cannot stand in a card is refused with what may stand there."""
    error = refusal(pool, "my_task", *arguments)
    assert sentence in error.sentence
    assert mend in error.mend
    assert error.exit_code == 2


def test_faulty_rows_write_nothing(pool: Path, tmp_path: Path) -> None:
    """One faulty row stops the whole folder, with its line and exit code 1."""
    source = write_text(tmp_path / "items.csv", "question,answer\nq1?,a1\nq2?,\n")
    error = refusal(pool, "my_task", "--from", str(source))
    assert isinstance(error, BadFile)
    assert error.exit_code == 1
    assert [(problem.where.path, problem.where.line) for problem in error.problems] == [(source, 3)]


def test_columns_that_say_nothing_are_refused(pool: Path, tmp_path: Path) -> None:
    """Where no type can be told from the columns, what each type needs is said."""
    source = write_text(tmp_path / "items.csv", "colour,size\nred,3\n")
    error = refusal(pool, "my_task", "--from", str(source))
    assert error.sentence == "The columns `colour`, `size` do not say which type of task this is."
    assert "question, choices, answer (multiple_choice)" in error.mend


def test_a_write_that_fails_leaves_nothing(pool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails half way leaves no half folder."""
    written = Path.write_text

    def full(path: Path, *arguments: str, **options: str) -> int:
        if path.name == "README.md":
            raise OSError(28, "No space left on device")
        return written(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", full)
    error = refusal(pool, "my_task")
    assert error.sentence == "The folder cannot be written: No space left on device."


def test_a_folder_that_appears_meanwhile_is_kept(pool: Path) -> None:
    """The folder is looked for again at the moment of writing."""
    files = files_of(WHO, items_of(template_path("loglikelihood.jsonl"), "loglikelihood"), today=TODAY,
                     unique=UNIQUE, seed=1, examples=True)
    (pool / "tasks/my_task").mkdir()
    with pytest.raises(CannotRun, match="exists"):
        write_folder(pool / "tasks", "my_task", files)


@pytest.mark.parametrize(("user", "name", "handle"), [
    ("octo-cat", "Somebody Else", "octo-cat"),
    ("", "Zoë van 't Hoff", "zoe-van-t-hoff"),
    ("not a handle", "", "your-github-handle"),
    ("", "漢字", "your-github-handle"),
    ("", "x" * 60, "x" * 39),
])
def test_the_owner_is_what_git_knows(user: str, name: str, handle: str) -> None:
    """The owner is git's GitHub user, else a handle made of the user's name, else a placeholder."""
    assert handle_of(user, name) == handle
