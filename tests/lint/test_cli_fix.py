"""``commons lint --fix`` and ``--output``: what is asked, what is written, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commons.cli import cli
from commons.cli import mend as dialogue
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import Edit, write_pool


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A pool with a misspelt key in a task and, hidden behind it, a letter for a gold."""
    folder = write_pool(tmp_path) / "tasks" / MC
    Edit("data/test.jsonl", '"answer": 1', '"answer": "B"').apply(folder)
    Edit(f"{MC}.yaml", "test_split: test", "test_spilt: test").apply(folder)
    return tmp_path


def lint(root: Path, *arguments: str, words: str = "") -> Result:
    """Lint the task of the pool at ``root``."""
    given = ["lint", MC, "--root", str(root), *arguments]
    return CliRunner().invoke(cli, given, input=words, standalone_mode=False)


def texts(root: Path) -> str:
    """The two files that have a defect, one after the other."""
    folder = root / "tasks" / MC
    return (folder / f"{MC}.yaml").read_text("utf-8") + (folder / "data/test.jsonl").read_text("utf-8")


def test_without_a_terminal_it_only_shows(broken: Path) -> None:
    """Nobody can be asked, so the diff and the report are shown, nothing is written, and the exit code is 1."""
    before = texts(broken)

    result = lint(broken, "--fix")

    assert result.return_value == 1
    assert "-test_spilt: test\n+test_split: test\n" in result.stdout
    assert "Nothing was written. To write this change: commons lint --fix --yes" in result.stdout
    assert texts(broken) == before


def test_yes_writes_until_nothing_is_left(broken: Path) -> None:
    """--yes mends also what comes to light behind the first mend, shows each diff, and ends with the new report."""
    result = lint(broken, "--fix", "--yes")

    assert result.return_value == 0
    assert '"answer": "B"' not in texts(broken)
    assert "test_split: test\n" in texts(broken)
    assert result.stdout.count("+++ b/") == 2
    assert result.stdout.endswith(f"tasks/{MC}: in order (6 items).\n")
    assert lint(broken, "--fix", "--yes").stdout == f"tasks/{MC}: in order (6 items).\n"


@pytest.mark.parametrize(("words", "code"), [("y\ny\n", 0), ("n\n", 1), ("y\nn\n", 1)])
def test_a_person_is_asked(broken: Path, monkeypatch: pytest.MonkeyPatch, words: str, code: int) -> None:
    """Each diff is followed by a question, and a no leaves the files as they are."""
    monkeypatch.setattr(dialogue, "_at_terminal", lambda: True)

    result = lint(broken, "--fix", words=words)

    assert result.return_value == code
    assert result.stdout.count("Write this change?") == words.count("\n")
    assert ("test_split: test\n" in texts(broken)) == words.startswith("y")
    assert ('"answer": "B"' in texts(broken)) == (code == 1)


def test_what_waits_is_said_by_the_exit_code_in_every_format(broken: Path) -> None:
    """Shown and not written is the exit code 1, in every format; the diff does not stand in a program's document."""
    result = lint(broken, "--fix", "--json")

    assert result.return_value == 1
    assert json.loads(result.stdout)["fixable"] == 1
    assert "+test_split: test" in result.stderr


def test_a_task_in_order_asks_nothing(tmp_path: Path) -> None:
    """With nothing to mend, --fix is a plain lint."""
    result = lint(write_pool(tmp_path), "--fix")

    assert (result.return_value, result.stdout) == (0, f"tasks/{MC}: in order (6 items).\n")


def test_yes_alone_is_a_mistake(broken: Path) -> None:
    """--yes without --fix is refused before anything is looked at."""
    assert "--yes goes with --fix" in str(lint(broken, "--yes").exception)


def test_reports_are_written_beside_the_one_on_the_terminal(broken: Path, tmp_path: Path) -> None:
    """Each --output is a file, in the format that its prefix or its name's end says."""
    made = {name: tmp_path / name for name in ("a.sarif", "b.txt", "c.md", "d.json")}

    result = lint(broken, "--output", str(made["a.sarif"]), "--output", f"github:{made['b.txt']}",
                  "--output", str(made["c.md"]), "--output", f"json:{made['d.json']}")

    assert result.stdout.startswith(f"tasks/{MC}/{MC}.yaml\n")
    assert json.loads(made["a.sarif"].read_text("utf-8"))["version"] == "2.1.0"
    assert made["b.txt"].read_text("utf-8").startswith("::error file=")
    assert made["c.md"].read_text("utf-8").startswith("**To mend before a merge:**")
    assert json.loads(made["d.json"].read_text("utf-8"))["blocking"] is True


def test_an_output_whose_format_is_not_said_is_refused(broken: Path) -> None:
    """A name without a known end needs the format before it."""
    result = lint(broken, "--output", "report.out")

    assert "the name does not say the format" in str(result.exception)
    assert "sarif:FILE" in str(result.exception)
