"""Names that are taken and files that cannot be kept, and the list of the harness's names against the harness."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from commons.harness.builtin_names import write
from commons.lint.builtin_names import NAMES_FILE, builtin_names
from commons.lint.registry import all_rules
from commons.lint.runner import lint_repository, lint_task
from commons.pool.repository import Repository
from tests.lint.builders import MULTIPLE_CHOICE, Edit

NAMES = [rule for rule in all_rules() if rule.code in {"R004", "R005", "R006"}]
_NAMED = re.compile(r"^(?:task|group):[ \t]*[\"']?([A-Za-z0-9_.+-]+)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)


def test_the_list_has_every_name_of_the_harness() -> None:
    """The file is sorted, without repeats, and has as many names as the pinned harness."""
    lines = NAMES_FILE.read_text(encoding="utf-8").splitlines()

    assert len(lines) == len(builtin_names()) == 14_683
    assert lines == sorted(set(lines))
    assert {"hellaswag", "mmlu", "gsm8k", "arc_easy", "leaderboard"} <= builtin_names()


@pytest.mark.skipif(find_spec("lm_eval") is None, reason="the harness is not installed")
def test_the_list_agrees_with_the_installed_harness() -> None:
    """The names that the harness's files give to tasks and groups, every fortieth file, are in the list."""
    spec = find_spec("lm_eval")
    assert spec is not None
    assert spec.origin is not None
    files = sorted((Path(spec.origin).parent / "tasks").rglob("*.yaml"))
    named = {name for path in files[::40] for name in _NAMED.findall(path.read_text(encoding="utf-8"))}

    assert len(named) > 200
    assert named - builtin_names() == set()


def test_the_script_writes_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are written one a line, with line feeds on every system."""
    monkeypatch.setattr("commons.harness.builtin_names.builtin_names", lambda: ["arc", "mmlu"])

    assert write(tmp_path / "names.txt") == 2
    assert (tmp_path / "names.txt").read_bytes() == b"arc\nmmlu\n"


def test_a_task_may_not_have_a_name_of_the_harness(pool: Path) -> None:
    """A folder that is called like a built-in task is reported at `task:`."""
    folder = (pool / "tasks" / MULTIPLE_CHOICE).rename(pool / "tasks" / "hellaswag")
    (folder / f"{MULTIPLE_CHOICE}.yaml").rename(folder / "hellaswag.yaml")
    Edit("hellaswag.yaml", f"task: {MULTIPLE_CHOICE}", "task: hellaswag").apply(folder)

    (found,) = lint_task(folder, rules=NAMES).findings

    assert (found.code, found.where.line) == ("R004", 1)
    assert "hellaswag_commons" in found.mend


@pytest.mark.parametrize(("group", "words"), [("mmlu", "harness has built in"), ("next_word", "task of the pool")])
def test_a_suite_may_not_take_a_name(pool: Path, group: str, words: str) -> None:
    """A suite called like a built-in group, or like a task, is reported at `group:`."""
    suites = pool / "tasks" / "_suites"
    (suites / "ward_round.yaml").rename(suites / f"{group}.yaml")
    Edit(f"{group}.yaml", "group: ward_round", f"group: {group}").apply(suites)

    (found,) = [one for one in lint_repository(Repository(pool)).findings if one.code == "R002"]

    assert words in found.sentence
    assert found.where.line == 1


@pytest.mark.parametrize("tag", ["doses", "[doses, ward_sums]"])
def test_tags_of_their_own_are_free(pool: Path, tag: str) -> None:
    """A tag that is nobody's name gives no finding."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    Edit(f"{MULTIPLE_CHOICE}.yaml", "metadata:", f"tag: {tag}\nmetadata:").apply(folder)

    assert lint_task(folder, rules=NAMES).findings == ()


@pytest.mark.parametrize("name", ["notes.txt", "auxiliary.txt", "make items.py", ".gitattributes", "консоль.md"])
def test_ordinary_files_are_free(pool: Path, name: str) -> None:
    """Names that every system stores give no finding."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    (folder / name).write_text("x", encoding="utf-8")

    assert lint_task(folder, rules=NAMES).findings == ()


def test_a_link_is_found_wherever_it_leads(pool: Path) -> None:
    """A link in the folder, to a file or to a folder, is reported and not followed."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    (folder / "notes.txt").symlink_to("/etc/hostname")
    (folder / "up").symlink_to(pool, target_is_directory=True)

    found = lint_task(folder, rules=NAMES).findings

    assert [(one.code, one.where.path.name) for one in found] == [("R006", "notes.txt"), ("R006", "up")]


def test_a_linked_data_file_is_reported_once(pool: Path) -> None:
    """A link that `data_files` names is D001's alone."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    (folder / "data" / "test.jsonl").rename(pool / "real.jsonl")
    (folder / "data" / "test.jsonl").symlink_to(pool / "real.jsonl")

    assert {one.code for one in lint_task(folder).findings} == {"D001"}


def test_a_huge_file_is_not_read(pool: Path) -> None:
    """A file above the limit is reported by its size."""
    path = pool / "tasks" / MULTIPLE_CHOICE / "notes.txt"
    with path.open("wb") as file:
        file.truncate(60_000_000)

    (found,) = lint_task(path.parent, rules=NAMES).findings

    assert "60 MB" in found.sentence
