"""A change of what is asked or scored raises the card's comparability version."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.lint.runner import lint_paths
from commons.lint.suppression import may_suppress
from commons.pool.repository import Repository
from tests.lint.builders import GENERATE, MULTIPLE_CHOICE, Edit, line_of


def git(pool: Path, *arguments: str) -> None:
    """Run git in the pool, with nothing of this machine's settings."""
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=pool, check=True, capture_output=True)


@pytest.fixture
def history(pool: Path) -> Path:
    """A pool on a branch off the main line, where two of its tasks are active."""
    for task in (MULTIPLE_CHOICE, GENERATE):
        Edit("card.yaml", "state: draft", "state: active").apply(pool / "tasks" / task)
    git(pool, "init", "-q", "-b", "main")
    git(pool, "add", ".")
    git(pool, "commit", "-q", "-m", "Two tasks")
    git(pool, "switch", "-q", "-c", "change")
    return pool


def found(pool: Path, task: str, base: str | None = None) -> list[tuple[str, str]]:
    """The code and sentence of what is said about the version."""
    report = lint_paths(Repository(pool), [pool / "tasks" / task], base=base)
    return [(one.code, one.sentence) for one in report.findings if one.code == "C012"]


EDITS = [
    (Edit("data/test.jsonl", "2 mg and 3 mg?", "2 mg and 3.0 mg?"), "items"),
    (Edit("data/dev.jsonl", "21 mg and 3 mg?", "21 mg and 3.0 mg?"), "few-shot examples"),
    (Edit(f"{MULTIPLE_CHOICE}.yaml", "num_fewshot: 2", "num_fewshot: 3"), "settings"),
    (Edit("hooks.py", None, '"""A hook."""\n'), "items and hooks"),
]


@pytest.mark.parametrize(("edit", "what"), EDITS, ids=lambda one: str(one)[:40])
def test_a_change_of_what_is_scored_needs_a_new_version(history: Path, edit: Edit, what: str) -> None:
    """An edited item, example, setting or hook of an active task is a finding at the version's line."""
    folder = history / "tasks" / MULTIPLE_CHOICE
    card = folder / "card.yaml"
    Edit("card.yaml", "ai_use: none", "ai_use: none\ncomparability_version: 1").apply(folder)
    edit.apply(folder)

    assert found(history, MULTIPLE_CHOICE) == [
        ("C012", f"The task's {what} changed, and its comparability version did not.")
    ]
    report = lint_paths(Repository(history), [folder])
    place = next(one.where for one in report.findings if one.code == "C012")
    assert place.line == line_of(card, "comparability_version")

    Edit("card.yaml", "comparability_version: 1", "comparability_version: 2").apply(folder)
    assert found(history, MULTIPLE_CHOICE) == []


@pytest.mark.parametrize(
    "edit",
    [
        Edit("README.md", None, "Other prose.\n"),
        Edit("card.yaml", "small numbers only", "small numbers"),
        Edit(f"{MULTIPLE_CHOICE}.yaml", "num_fewshot: 2", "num_fewshot: 2  # two are enough"),
        Edit("data/test.jsonl", '"note": "sums"', '"note": "adding"'),
    ],
    ids=["README", "card", "comment", "unused column"],
)
def test_a_change_of_words_needs_none(history: Path, edit: Edit) -> None:
    """Prose, comments and columns that no prompt uses change nothing that is scored."""
    edit.apply(history / "tasks" / MULTIPLE_CHOICE)

    assert found(history, MULTIPLE_CHOICE) == []


def test_only_what_changed_since_the_main_line_counts(history: Path) -> None:
    """A committed change counts as one, an unchanged task says nothing, and a base may be named."""
    EDITS[0][0].apply(history / "tasks" / MULTIPLE_CHOICE)
    git(history, "commit", "-q", "-am", "Change an item")

    assert found(history, GENERATE) == []
    assert len(found(history, MULTIPLE_CHOICE)) == 1
    assert found(history, MULTIPLE_CHOICE, base="HEAD") == []
    with pytest.raises(CannotRun, match="is no revision"):
        found(history, MULTIPLE_CHOICE, base="no-such-branch")
    with pytest.raises(CannotRun, match="is no revision"):
        found(history, MULTIPLE_CHOICE, base="--output=x")


def test_a_draft_may_change_freely(history: Path) -> None:
    """A task that was no more than a draft on the main line needs no new version."""
    Edit("data/test.jsonl", "2 mg and 3 mg?", "2 mg and 3.0 mg?").apply(history / "tasks" / "next_word")

    assert found(history, "next_word") == []


def test_a_pool_without_git_has_no_history(pool: Path) -> None:
    """Outside a repository nothing is compared, and nothing fails."""
    assert found(pool, MULTIPLE_CHOICE) == []


def test_attributes_of_a_task_switch_nothing_off(history: Path) -> None:
    """A task that leaves itself out of git's archives and comparisons is compared all the same."""
    folder = history / "tasks" / MULTIPLE_CHOICE
    Edit(".gitattributes", None, "* export-ignore -diff binary\n").apply(folder)
    EDITS[0][0].apply(folder)
    git(history, "add", "-f", ".")

    assert len(found(history, MULTIPLE_CHOICE)) == 1


def test_no_program_of_the_settings_is_started(history: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Filters, drivers, monitors and hooks that settings and attributes name between them are never run."""
    trace = tmp_path_factory.mktemp("trace") / "trace"
    for key in (
        "filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.textconv", "diff.x.command", "diff.external",
        "core.fsmonitor", "core.pager", "core.sshCommand", "tar.tar.command", "gpg.program",
    ):
        git(history, "config", key, f"touch {trace}; false")
    git(history, "config", "filter.x.required", "true")
    folder = history / "tasks" / MULTIPLE_CHOICE
    Edit(".gitattributes", None, "* filter=x diff=x\n").apply(folder)
    EDITS[0][0].apply(folder)

    assert len(found(history, MULTIPLE_CHOICE, base="main")) == 1
    assert not trace.exists()


def test_a_task_that_cannot_be_read_back_is_a_finding(history: Path) -> None:
    """Where a stored part is gone, or a name leads out of the folder, the rule says that it does not know."""
    EDITS[0][0].apply(history / "tasks" / MULTIPLE_CHOICE)
    card = subprocess.run(["git", "rev-parse", f"main:tasks/{MULTIPLE_CHOICE}/card.yaml"],
                          cwd=history, check=True, capture_output=True, text=True).stdout.strip()
    (history / ".git" / "objects" / card[:2] / card[2:]).unlink()

    (code, sentence), = found(history, MULTIPLE_CHOICE)

    assert code == "C012"
    assert "cannot be read, so nobody knows what changed" in sentence
    assert "is not in this copy" in sentence


def test_an_empty_base_is_no_base(history: Path) -> None:
    """An empty `--base`, as an unset variable of a workflow gives, is an error and not another revision."""
    with pytest.raises(CannotRun, match="--base is empty"):
        found(history, MULTIPLE_CHOICE, base="")


def test_a_card_cannot_explain_it_away(history: Path) -> None:
    """Neither a change without a new version nor an endless pattern is the author's to explain away."""
    Edit("card.yaml", "ai_use: none", "ai_use: none\nsuppress: [{code: C012, reason: It is the same to me}]").apply(
        history / "tasks" / MULTIPLE_CHOICE
    )
    EDITS[0][0].apply(history / "tasks" / MULTIPLE_CHOICE)

    assert len(found(history, MULTIPLE_CHOICE)) == 1
    assert not may_suppress("M010")
