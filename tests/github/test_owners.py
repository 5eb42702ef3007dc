"""Owners: CODEOWNERS from cards and MAINTAINERS, and owners who are gone."""

from __future__ import annotations

import datetime
import fnmatch
from pathlib import Path

import pytest

from commons.cli.documents import stale
from commons.errors import BadFile
from commons.github.owners import (
    CODEOWNERS_FILE,
    codeowners,
    codeowners_of,
    gone_owners,
    is_handle,
    only_lags,
    read_maintainers,
)
from tests.builders import REPOSITORY_ROOT, choice_task, write_pool

TODAY = datetime.date(2026, 11, 23)


def who_owns(text: str, path: str) -> str:
    """Who owns ``path``, read as GitHub reads the file: the last line that matches decides."""
    found = ""
    for line in text.splitlines():
        pattern, _, owners = line.partition(" ")
        if not pattern or pattern.startswith("#"):
            continue
        inside = path.startswith(pattern.lstrip("/")) if pattern.endswith("/") else fnmatch.fnmatch(
            path, pattern.lstrip("/").replace("**/", "*"))
        found = owners if inside else found
    return found


@pytest.mark.parametrize(("path", "owner"), [
    ("tasks/sums/data/test.jsonl", "@ana @bo"), ("tasks/sums/card.yaml", "@ana @bo"), ("tasks/other/card.yaml", "@me"),
    ("tasks/sums/hooks.py", "@me"), ("ci/commons/errors.py", "@me"), (".github/workflows/pr.yml", "@me"),
    (".github/CODEOWNERS", "@me"), ("models.yaml", "@me"), ("results/cells/sums/a.json", "@me"), ("README.md", "@me"),
    ("site/static/site.css", "@me"), ("tasks/_suites/all.yaml", "@me"), ("MAINTAINERS", "@me"),
])
def test_who_decides_about_a_file(path: str, owner: str) -> None:
    """Owners have their task's words and data; hooks, models, results and the program are the maintainers'."""
    assert who_owns(codeowners({"sums": ["ana", "bo"]}, ["me"]), path) == owner


def test_the_order_of_cards_changes_nothing() -> None:
    """The file is the same whatever order tasks come in, and names nobody twice."""
    one = codeowners({"b": ["x", "x"], "a": ["y"]}, ["me", "org/team"])

    assert one == codeowners({"a": ["y"], "b": ["x", "x"]}, ["me", "org/team"])
    assert "/tasks/b/ @x\n" in one
    assert "* @me @org/team\n" in one


def test_a_file_that_lags_behind_a_new_task_passes_and_one_that_names_a_stranger_fails(tmp_path: Path) -> None:
    """Two pull requests that each add a task need not both touch the file; any other difference is a finding."""
    pool = write_pool(tmp_path, [choice_task("sums"), choice_task("words")])
    (tmp_path / "MAINTAINERS").write_text("me\n")
    wanted = codeowners_of(pool)
    assert wanted is not None
    file = tmp_path / CODEOWNERS_FILE
    file.parent.mkdir()

    def found() -> bool:
        return any(one.path == CODEOWNERS_FILE for one in stale(tmp_path, lagging=False))

    file.write_text(wanted.replace("/tasks/words/ @someone\n", ""))
    assert not found()
    assert any(one.path == CODEOWNERS_FILE for one in stale(tmp_path))
    file.write_text(wanted.replace("/tasks/words/ @someone", "/tasks/words/ @eve"))
    assert found()
    file.write_text(wanted + "/ci/ @eve\n")
    assert found()
    file.unlink()
    assert found()


def test_a_line_for_a_task_that_is_not_there_is_a_finding() -> None:
    """Nobody can own a name before its task is reviewed."""
    wanted = codeowners({}, ["me"])

    assert not only_lags(codeowners({"later": ["eve"]}, ["me"]), wanted)


def test_a_card_that_cannot_be_read_leaves_its_task_to_the_maintainers(tmp_path: Path) -> None:
    """A broken card gives nobody a right."""
    pool = write_pool(tmp_path, [choice_task("sums")])
    (tmp_path / "MAINTAINERS").write_text("me\n")
    (tmp_path / "tasks/sums/card.yaml").write_text("owners: [eve]\n")

    assert who_owns(codeowners_of(pool) or "", "tasks/sums/card.yaml") == "@me"


def test_a_line_of_maintainers_that_is_no_handle_is_named(tmp_path: Path) -> None:
    """The message gives the line; comments, @ and teams are understood."""
    (tmp_path / "MAINTAINERS").write_text("# people\n@ana  # since 2026\norg/core-team\n")
    assert read_maintainers(tmp_path) == ("ana", "org/core-team")

    (tmp_path / "MAINTAINERS").write_text("ana\n* @eve\n")
    with pytest.raises(BadFile) as error:
        read_maintainers(tmp_path)
    assert error.value.where is not None
    assert error.value.where.line == 2


def test_the_repository_has_maintainers_and_its_file_is_fresh() -> None:
    """The pool's own CODEOWNERS says what its cards and MAINTAINERS say."""
    assert read_maintainers(REPOSITORY_ROOT)
    assert not [one.path for one in stale(REPOSITORY_ROOT, lagging=False) if one.path == CODEOWNERS_FILE]


def test_a_task_is_surfaced_when_all_its_owners_are_gone_for_a_year() -> None:
    """One owner who is about is enough; case does not matter; a new owner is not gone; the longest comes first."""
    old, lately = datetime.date(2020, 1, 1), datetime.date(2026, 6, 1)
    tasks = {"left": (["Ana"], old), "kept": (["ana", "bo"], old), "new": (["cy"], lately), "lost": (["di"], old)}
    seen = {"ana": datetime.date(2025, 11, 23), "bo": lately}

    found = gone_owners(tasks, seen, TODAY)

    assert [(one.task, one.since) for one in found] == [("lost", old), ("left", datetime.date(2025, 11, 23))]
    assert gone_owners({"left": (["ana"], old)}, {"ana": datetime.date(2025, 11, 24)}, TODAY) == ()


def test_handles_are_as_on_github() -> None:
    """What could not be an account is none."""
    assert is_handle("ana-perez")
    assert not any(is_handle(one) for one in ("", "-ana", "ana--p", "a" * 40, "ana\n", "@ana", "org/team"))
