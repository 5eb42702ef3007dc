"""``commons lint``: what it prints, with which exit code, and how little it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from commons.cli import main
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import Edit


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command; give its exit code, what it printed, and what it said on standard error."""
    with pytest.raises(SystemExit) as stop:
        main(["lint", *map(str, arguments)])
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out, printed.err


def test_a_clean_task_exits_with_zero(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A task in order is one line and the exit code 0."""
    assert run(capsys, pool / "tasks" / MC, "--root", pool) == (0, "tasks/dose_check: in order (6 items).\n", "")


def test_a_task_may_be_given_by_its_name(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bare name of a task stands for its folder, as it does for `commons run`."""
    assert run(capsys, MC, "--root", pool) == (0, "tasks/dose_check: in order (6 items).\n", "")


def test_paths_may_be_seen_from_the_root(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --root, a path that is not below the working directory is looked for in the pool."""
    assert run(capsys, f"tasks/{MC}", "--root", pool)[0] == 0


def test_a_pool_in_order_exits_with_zero(
    pool: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without paths the pool around the working directory is checked whole."""
    monkeypatch.chdir(pool / "tasks" / MC)

    code, out, _ = run(capsys)

    assert code == 0
    assert out.endswith("Nothing to mend in 4 tasks, models.yaml and 1 suite.\n")


def test_a_lint_exits_with_one(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding that blocks gives the exit code 1, and the report goes to standard output."""
    Edit("data/test.jsonl", '"answer": 1', '"answer": "B"').apply(pool / "tasks" / MC)

    code, out, err = run(capsys, "--root", pool)

    assert code == 1
    assert "tasks/dose_check/data/test.jsonl\n  1       D007" in out
    assert err == ""


def test_a_hint_exits_with_zero(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hint alone does not block."""
    Edit("hooks.py", None, "x = 1\n").apply(pool / "tasks" / MC)

    code, out, _ = run(capsys, "--root", pool)

    assert code == 0
    assert "S002 (hint)" in out


def test_a_path_that_does_not_exist_exits_with_two(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path that does not exist is an error of its own kind, said on standard error."""
    code, out, err = run(capsys, "tasks/gone", "--root", pool)

    assert code == 2
    assert out == ""
    assert "`tasks/gone` does not exist." in err


def test_no_pool_exits_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside a pool the command cannot run, and says so."""
    assert run(capsys, "--root", tmp_path)[0] == 2


@pytest.mark.parametrize("arguments", [["--json"], ["--format", "json"]])
def test_json_is_one_document(pool: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """--json and --format json print one JSON document."""
    _, out, _ = run(capsys, *arguments, "--root", pool)

    assert json.loads(out)["blocking"] is False


@pytest.mark.parametrize(("style", "words"), [("github", "::error file=tasks/dose_check/README.md"),
                                              ("markdown", "| lint | T006 |"), ("sarif", '"ruleId": "T006"')])
def test_formats_for_github(pool: Path, capsys: pytest.CaptureFixture[str], style: str, words: str) -> None:
    """--format chooses annotations, a table or the document of a code scanner."""
    Edit("README.md", None, None).apply(pool / "tasks" / MC)

    assert words in run(capsys, "--format", style, "--root", pool)[1]


def test_a_page_is_printed_without_a_pool(capsys: pytest.CaptureFixture[str]) -> None:
    """--explain prints a rule's page wherever it is asked."""
    code, out, _ = run(capsys, "--explain", "D007")

    assert code == 0
    assert out.startswith("# D007: ")


def test_an_unknown_code_exits_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    """--explain of an unknown code says where the codes are listed."""
    code, _, err = run(capsys, "--explain", "D999")

    assert code == 2
    assert "commons lint --rules" in err


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """--rules lists every rule, one a line below the name of its family, or as JSON."""
    _, text, _ = run(capsys, "--rules")
    _, document, _ = run(capsys, "--rules", "--json")

    lines = text.splitlines()
    assert lines[0].startswith("Task: ")
    assert sum(line.startswith("  ") for line in lines) == len(json.loads(document))
    assert any(line.startswith("  T001  lint  ") for line in lines)


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """The help shows examples and the exit codes."""
    code, out, _ = run(capsys, "--help")

    assert code == 0
    assert "commons lint --explain D007" in out
    assert "Exit codes" in out


def test_lint_loads_no_heavy_package(pool: Path) -> None:
    """Linting a task that has hooks imports neither the harness nor torch, data or number packages, nor the hooks."""
    Edit("hooks.py", None, "x = 1\n").apply(pool / "tasks" / MC)
    program = (
        "import sys\n"
        "from commons.cli import _run\n"
        f"assert _run(['lint', {str(pool / 'tasks' / MC)!r}, '--root', {str(pool)!r}]) == 0\n"
        "heavy = {'lm_eval', 'torch', 'datasets', 'numpy', 'pandas', 'scipy', 'transformers', 'openpyxl', 'hooks'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("place", ["report.sarif", "out/report.sarif"])
def test_a_report_is_not_written_through_a_link(
    pool: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """A link that lies in the checkout where a report is to go is refused, and what it leads to stays as it is."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "report.sarif").write_text("Mine.")
    link = pool / place.split("/")[0]
    link.symlink_to(elsewhere / "report.sarif" if "/" not in place else elsewhere)

    code, _, err = run(capsys, MC, "--root", pool, "--output", pool / place)

    assert code == 2
    assert "through this link" in err
    assert (elsewhere / "report.sarif").read_text() == "Mine."


def test_an_empty_base_is_an_error(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--base ''`, as an unset variable of a workflow gives it, compares with nothing else in silence."""
    code, _, err = run(capsys, MC, "--root", pool, "--base", "")

    assert code == 2
    assert "--base is empty" in err
