"""The guard, on real repositories: what it stops, what it lets by, and that nothing in a name is obeyed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commons.cli import cli
from commons.errors import CannotRun
from commons.github.guard import MOST_PATHS, guard
from tests.builders import choice_task, generate_task, write_task
from tests.github.test_derive import Repo

STONE = {"schema_version": 1, "task": "pick", "title": "Pick", "date": "2026-11-01", "by": "someone", "reason": "x"}
WITHDRAWN = {"date": "2026-11-01", "kind": "withdrawn", "task": "pick", "reason": "x", "by": "someone"}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A pool with a branch for work."""
    return Repo(tmp_path / "pool")


def write(root: Path, name: str, text: str = "{}") -> None:
    """Write a file of the pool."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def stopped(repo: Repo) -> dict[str, str]:
    """Path -> what the guard says of it, of what stands in the work tree."""
    given = repo.pull()
    return {one.file: one.sentence for one in guard(repo.root, "main", given.pull.head_sha).guard.findings}


def run(repo: Repo, *arguments: str) -> Result:
    """Run the verb as the workflow does: in a checkout of the main line, with the head fetched."""
    given = repo.pull()
    return CliRunner().invoke(cli, ["github", "guard", "--base", "main", "--head", given.pull.head_sha, *arguments,
                                    "--root", str(repo.root)], standalone_mode=False)


def test_a_result_written_by_hand_is_stopped(repo: Repo) -> None:
    """Whatever lies under `results/` was measured after a merge, or is refused."""
    write(repo.root, "results/cells/pick/m.json")

    assert "written by hand" in stopped(repo)["results/cells/pick/m.json"]


def test_a_result_goes_with_an_amendment_or_not_at_all(repo: Repo) -> None:
    """A deleted result is stopped, and so is the folder of a task that was measured."""
    write(repo.root, "results/cells/pick/m.json")
    repo.git("branch", "-f", "main", repo.commit("results"))
    repo.git("rm", "-q", "-r", "tasks/pick", "results/cells")

    found = stopped(repo)

    assert "deleted without an amendment" in found["results/cells/pick/m.json"]
    assert "goes without an amendment" in found["tasks/pick/card.yaml"]


def test_a_withdrawal_passes(repo: Repo) -> None:
    """What `commons withdraw` leaves is let by: the task gone, its amendment, its tombstone."""
    write(repo.root, "results/cells/pick/m.json")
    repo.git("branch", "-f", "main", repo.commit("results"))
    repo.git("rm", "-q", "-r", "tasks/pick", "results/cells")
    write(repo.root, "results/withdrawn/pick.json", json.dumps(STONE))
    write(repo.root, "results/amendments.jsonl", json.dumps(WITHDRAWN) + "\n")

    assert stopped(repo) == {}


def test_a_tombstone_of_a_task_that_stays_is_stopped(repo: Repo) -> None:
    """A task that is still there was not taken down, whatever an amendment says."""
    write(repo.root, "results/withdrawn/pick.json", json.dumps(STONE))
    write(repo.root, "results/amendments.jsonl", json.dumps(WITHDRAWN) + "\n")

    assert list(stopped(repo)) == ["results/withdrawn/pick.json"]


def test_tasks_and_program_come_apart(repo: Repo) -> None:
    """A program that is judged by tasks does not bring them, and nor does a workflow."""
    write_task(repo.root, choice_task("fresh"))
    write(repo.root, "ci/commons/new.py", "")
    write(repo.root, ".github/workflows/pr.yml", "on: push\n")

    assert set(stopped(repo)) == {"ci/commons/new.py", ".github/workflows/pr.yml"}


def test_owners_change_with_their_file(repo: Repo) -> None:
    """CODEOWNERS is made from the cards, so both may change together."""
    write(repo.root, "tasks/pick/README.md", "# Other words\n")
    write(repo.root, ".github/CODEOWNERS", "/tasks/pick/ @ana\n")

    assert stopped(repo) == {}


@pytest.mark.parametrize("name", ["gone", "Gone", "g0ne"])
def test_the_name_of_a_task_that_was_taken_down_is_stopped(repo: Repo, name: str) -> None:
    """The name stays lost for a new task, in any capitals and with digits for letters."""
    write(repo.root, "results/withdrawn/gone.json")
    repo.git("branch", "-f", "main", repo.commit("a tombstone"))
    write_task(repo.root, choice_task(name))

    assert stopped(repo) == {f"tasks/{name}/card.yaml": f"The name `{name}` was that of `gone`, which was taken down: "
                             "old links and results still mean that one."}


def test_old_amendments_and_links_are_stopped(repo: Repo) -> None:
    """The file of amendments only grows, and a link is never followed."""
    write(repo.root, "results/amendments.jsonl", '{"a": 1}\n')
    repo.git("branch", "-f", "main", repo.commit("an amendment"))
    write(repo.root, "results/amendments.jsonl", '{"a": 2}\n')
    (repo.root / "tasks" / "pick" / "secret").symlink_to("/etc/hostname")

    assert set(stopped(repo)) == {"results/amendments.jsonl", "tasks/pick/secret"}


def test_only_the_changed_task_is_linted_and_marked_by_its_own_path(repo: Repo) -> None:
    """Lint looks at what changed, as data of the head, and its annotations name the files of the repository."""
    write(repo.root, "tasks/pick/card.yaml", "title: [\n")

    done = run(repo, "--format", "github")

    assert done.return_value == 1
    marks = [line for line in done.output.splitlines() if line.startswith("::error ")]
    assert marks
    assert all(line.startswith("::error file=tasks/pick/card.yaml,line=") for line in marks)
    assert "tasks/say" not in done.output


def test_changes_without_tasks_pass_in_one_sentence(repo: Repo) -> None:
    """A document needs no lint."""
    write(repo.root, "docs/page.md", "# Words\n")

    done = run(repo)

    assert (done.return_value, done.output) == (0, "The guard has nothing against these changes.\n")


def test_a_name_is_no_command(repo: Repo, tmp_path: Path) -> None:
    """Line breaks, commas, percent signs and whole commands in a file's name stay its name in every format."""
    for name in (b"a\n::error title=forged::b", b"x,title=forged::y", b"%0A::set-output name=a::b", b"\xff\x1b[31m",
                 b"::stop-commands::x", b"##[error]forged", b"-rf"):
        write(repo.root, f"results/cells/{os.fsdecode(name)}")

    shown = run(repo, "--format", "github", "--summary", str(tmp_path / "summary.md")).output
    first, *marks, last = shown.splitlines()

    assert (first, last) == ("The guard stops 7 files.", "7 lints in no task")
    assert len(marks) == 7
    for line in marks:
        properties = line.removeprefix("::error ").split("::", 1)[0]
        assert [part.split("=", 1)[0] for part in properties.split(",")] == ["file", "title"]
        assert line.startswith("::error file=results/cells/")
    assert not {"\x1b", "\r"} & set(shown)
    assert "\x1b" not in (tmp_path / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("style", [("--format", "console"), ("--json",)])
def test_no_other_format_holds_a_command_either(repo: Repo, style: tuple[str, ...]) -> None:
    """A log obeys lines that begin with two colons and any place with `##[`."""
    for name in ("::error::x", "##[error]x", "\x1b[31mx"):
        write(repo.root, f"results/cells/{name}")

    output = run(repo, *style).output

    assert not any(line.lstrip().startswith("::") for line in output.splitlines())
    assert "##[" not in output
    assert "\x1b" not in output


def test_of_many_files_the_first_are_marked_and_the_rest_counted(repo: Repo) -> None:
    """A thousand forged results make no thousand findings."""
    for number in range(MOST_PATHS + 5):
        write(repo.root, f"results/cells/pick/m{number:02}.json")

    found = stopped(repo)

    assert len(found) == MOST_PATHS
    assert all(sentence.endswith("And 5 more files.") for sentence in found.values())


def test_a_head_that_is_not_here_cannot_be_looked_at(repo: Repo) -> None:
    """What could not be looked at is no pass: the verb ends with 2, and says what to do."""
    with pytest.raises(CannotRun):
        guard(repo.root, "main", "1" * 40)


def test_changes_that_cannot_be_read_are_no_pass(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lint itself breaks, the guard could not look, and says so."""
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("commons.github.guard.lint_report", broken)
    write_task(repo.root, generate_task("fresh"))
    given = repo.pull()

    with pytest.raises(CannotRun, match="could not be looked at"):
        guard(repo.root, "main", given.pull.head_sha)
