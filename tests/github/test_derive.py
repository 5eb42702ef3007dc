"""Derive, on real repositories: facts from git's objects alone, whatever the head holds and whoever wrote it."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from commons.github.comment import MAX_CHARACTERS, length
from commons.github.compute import compute
from commons.github.derive import Given, derive
from commons.github.judgement import Verdict
from commons.github.report import REPORT_FILE, TaskReport, TrialReport
from commons.github.situation import Area, Arrival, Kind, LintHere, PullRequest, RowChanges, Situation
from commons.pool.hashing import folder_digest
from tests.builders import CHOICE_ROWS, choice_task, endpoint_entry, generate_task, write_pool, write_task
from tests.github.golden.situations import check, outline

NOBODY = LintHere(ran=False)
AUTHOR = "someone"


def no_lint(root: Path, scratch: Path, paths: Sequence[str], start: str) -> LintHere:
    """Stands in for lint where a test speaks of something else."""
    return NOBODY


class Repo:
    """A pool in git: a main line with two tasks, and a pull request beside it that is never checked out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        write_pool(root, [choice_task(), generate_task()], endpoint_entry("https://models.example/v1"))
        self.git("init", "-q", "-b", "main")
        self.commit("the pool")
        self.git("checkout", "-q", "-b", "work")

    def git(self, *arguments: str, given: str = "") -> str:
        """Run git as somebody."""
        environment = {**os.environ, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.example",
                       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.example", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(["git", *arguments], cwd=self.root, env=environment, input=given, check=True,
                              capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Commit everything."""
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def pull(self, report: Path | None = None, author: str = AUTHOR, **changes: object) -> Given:
        """Make what stands in the work tree the head of pull request 7, as a fork's is fetched; and go back to main."""
        return self.pull_of(self.commit("work"), report, author, **changes)

    def pull_of(self, head: str, report: Path | None = None, author: str = AUTHOR, **changes: object) -> Given:
        """The same of a commit that is there."""
        self.git("update-ref", "refs/pull/7/head", head)
        self.git("checkout", "-q", "-f", "main")
        self.git("branch", "-q", "-D", "work")
        return Given(PullRequest(7, "A title", author, head, fork=True), "main", report, **changes)  # type: ignore[arg-type]

    def derive(self, given: Given | None = None) -> Situation:
        """The situation, with no lint."""
        given = given or self.pull()
        before = self.git("status", "--porcelain")
        situation = derive(self.root, given, no_lint)
        assert self.git("status", "--porcelain") == before
        assert situation.problem == ""
        return situation


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A pool with a branch for work."""
    return Repo(tmp_path / "pool")


def test_a_new_task_is_its_authors(repo: Repo) -> None:
    """A new folder with the author among its owners is a new task, and nothing else is touched."""
    write_task(repo.root, choice_task("fresh"))

    found = repo.derive()

    assert [(one.name, one.kind, one.owned, one.owners) for one in found.tasks] == [
        ("fresh", Kind.ADDED, True, (AUTHOR,))]
    assert found.tasks[0].parts == ("card", "config", "data", "readme")
    assert found.only_own_tasks
    assert found.trial.arrival is Arrival.MISSING


def test_only_what_the_branch_did_counts(repo: Repo) -> None:
    """What the main line did since the branch left it is not the pull request's."""
    write_task(repo.root, choice_task("fresh"))
    given = repo.pull()
    write_task(repo.root, generate_task("later"))
    (repo.root / "ci").mkdir()
    (repo.root / "ci" / "program.py").write_text("pass\n", encoding="utf-8")
    repo.commit("the main line moves on")

    found = repo.derive(given)

    assert [one.name for one in found.tasks] == ["fresh"]
    assert (found.freshness.behind, found.freshness.both, found.freshness.program) == (1, (), True)


@pytest.mark.parametrize(("path", "counts"), [
    (".github/workflows/pr.yml", True), (".github/actions/setup/action.yml", True), ("docs/running.md", False),
])
def test_workflows_of_the_main_line_are_of_the_program(repo: Repo, path: str, counts: bool) -> None:
    """What tries a pull request changed since it was tried, wherever that is written."""
    write_task(repo.root, choice_task("fresh"))
    given = repo.pull()
    (repo.root / path).parent.mkdir(parents=True)
    (repo.root / path).write_text("name: pr\n", encoding="utf-8")
    repo.commit("the main line moves on")

    assert repo.derive(given).freshness.program is counts


def test_an_edited_row_is_named(repo: Repo) -> None:
    """Rows are compared as data, by id: one changed, one added, one gone."""
    rows = [dict(row) for row in CHOICE_ROWS]
    rows[1] = {**rows[1], "q": "Two and two is"}
    write_task(repo.root, choice_task(rows=[*rows[:3], rows[3], {"q": "Snow is", "c": ["white", "red"], "a": 0}]))
    path = repo.root / "tasks" / "pick" / "data" / "test.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:2], *lines[3:]]), encoding="utf-8")

    found = repo.derive()

    assert found.tasks[0].rows == RowChanges(("t4",), ("t1",), ("t2",), (1, 1, 1))
    assert found.tasks[0].parts == ("data",)
    assert not found.tasks[0].only_words


def on_main(repo: Repo) -> Path:
    """Commit the work tree to the main line, go on from there, and give back the folder of the task's data."""
    repo.git("checkout", "-q", "main")
    repo.commit("the pool as it was")
    repo.git("checkout", "-q", "-B", "work")
    return repo.root / "tasks" / "pick" / "data"


def test_rows_that_trade_places_with_examples_have_changed(repo: Repo) -> None:
    """Files are splits: a row in another one is no longer asked, or is now."""
    data = repo.root / "tasks" / "pick" / "data"
    (data / "dev.jsonl").write_text('{"id": "d0", "q": "Ice is", "c": ["hot", "cold"], "a": 1}\n', encoding="utf-8")
    on_main(repo)
    tests, examples = ((data / name).read_text(encoding="utf-8") for name in ("test.jsonl", "dev.jsonl"))
    (data / "test.jsonl").write_text(examples, encoding="utf-8")
    (data / "dev.jsonl").write_text(tests, encoding="utf-8")

    rows = repo.derive().tasks[0].rows

    assert rows is not None
    assert rows.counts == (len(CHOICE_ROWS) + 1, 0, len(CHOICE_ROWS) + 1)


def test_ids_that_begin_alike_are_not_one_row(repo: Repo) -> None:
    """Whatever is shown of an id, all of it counts; and so does a second row of one id."""
    data = repo.root / "tasks" / "pick" / "data"
    ids = [f"{'x' * 80}{number}" for number in range(30)] + ["same", "same"]
    for gold in (0, 1):
        lines = [json.dumps({"id": one, "q": "x", "c": ["a", "b"], "a": gold}) for one in ids]
        (data / "test.jsonl").write_text("\n".join(lines), encoding="utf-8")
        if gold == 0:
            on_main(repo)

    rows = repo.derive().tasks[0].rows

    assert rows is not None
    assert rows.counts == (0, 32, 0)


def test_a_merge_that_hides_what_it_undoes_is_not_judged(repo: Repo) -> None:
    """A head with two parents of a merge on the main line: held against one, it hides what it undoes of the other."""
    hole = repo.root / "ci" / "guard.py"
    hole.parent.mkdir(exist_ok=True)
    hole.write_text("hole\n", encoding="utf-8")
    on_main(repo)
    hole.write_text("mended\n", encoding="utf-8")
    mended = repo.commit("mend the program")
    repo.git("checkout", "-q", "main")
    (repo.root / "NEWS.md").write_text("News.\n", encoding="utf-8")
    before = repo.commit("something else")
    repo.git("merge", "-q", "--no-ff", "-m", "merge the mend", "work")
    tree = repo.git("rev-parse", f"{before}^{{tree}}")
    head = repo.git("commit-tree", tree, "-p", before, "-p", mended, "-m", "innocent")

    found = derive(repo.root, repo.pull_of(head), no_lint)

    assert "left the main line at several commits" in found.problem
    assert compute(found).judgement.verdict is Verdict.UNCHECKED


@pytest.mark.parametrize(("old", "new", "words"), [
    ("summary: A task for tests.", "summary: Another sentence.", True), ("publish: samples", "publish: none", False),
    ("id: id,", "id: q,", False),
])
def test_a_card_can_change_words_or_more(repo: Repo, old: str, new: str, words: bool) -> None:
    """A summary is words; the publish level and the column of ids are not."""
    path = repo.root / "tasks" / "pick" / "card.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    found = repo.derive().tasks[0]

    assert (found.parts, found.only_words) == (("card",), words)
    assert len(found.card_keys) == 1


def test_owners_are_those_of_the_main_line(repo: Repo) -> None:
    """Who writes themselves into the card of an existing task does not own it thereby."""
    path = repo.root / "tasks" / "pick" / "card.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[someone]", "[mallory]"), encoding="utf-8")

    found = repo.derive(repo.pull(author="mallory"))

    assert (found.tasks[0].owners, found.tasks[0].owned) == (("someone",), False)
    assert not found.only_own_tasks


def test_a_new_card_that_names_somebody_else_is_not_own(repo: Repo) -> None:
    """A new task whose card names others blocks until the author stands there too."""
    write_task(repo.root, choice_task("fresh"))

    found = repo.derive(repo.pull(author="mallory"))

    assert not found.tasks[0].owned
    assert compute(found).judgement.verdict is Verdict.CHANGES


def test_a_renamed_folder_is_one_change(repo: Repo) -> None:
    """A folder that goes and comes back with the same files under another name was renamed."""
    repo.git("mv", "tasks/pick", "tasks/choose")
    repo.git("mv", "tasks/choose/pick.yaml", "tasks/choose/choose.yaml")

    found = repo.derive()

    assert [(one.name, one.was, one.kind, one.owned) for one in found.tasks] == [
        ("choose", "pick", Kind.RENAMED, True)]


def test_results_go_only_with_an_amendment(repo: Repo) -> None:
    """Deleted results need an added line that withdraws them; a task that was measured does too."""
    for folder in ("cells/pick", "cells/say"):
        (repo.root / "results" / folder).mkdir(parents=True)
        (repo.root / "results" / folder / "m.json").write_text("{}", encoding="utf-8")
    line = json.dumps({"date": "2026-11-01", "kind": "withdrawn", "task": "pick", "reason": "wrong", "by": "someone"})
    repo.git("branch", "-f", "main", repo.commit("results"))
    repo.git("rm", "-q", "-r", "tasks/pick", "tasks/say", "results/cells")
    (repo.root / "results").mkdir(exist_ok=True)
    (repo.root / "results" / "amendments.jsonl").write_text(line + "\n", encoding="utf-8")

    found = repo.derive()

    assert {one.name: one.accounted for one in found.tasks} == {"pick": True, "say": False}
    assert found.results.unexplained == ("results/cells/say/m.json",)
    assert (found.results.deleted, found.results.amendments) == (2, ("pick",))


def test_a_withdrawal_is_no_result_written_by_hand(repo: Repo) -> None:
    """What `commons withdraw` leaves, a tombstone beside its amendment, is no forged result; its name stays taken."""
    folder = repo.root / "results"
    (folder / "withdrawn").mkdir(parents=True)
    repo.git("rm", "-q", "-r", "tasks/pick")
    stone = {"schema_version": 1, "task": "pick", "title": "Pick", "date": "2026-11-01", "by": "someone", "reason": "x"}
    (folder / "withdrawn" / "pick.json").write_text(json.dumps(stone), encoding="utf-8")
    (folder / "withdrawn" / "say.json").write_text(json.dumps({**stone, "task": "say"}), encoding="utf-8")
    line = {"date": "2026-11-01", "kind": "withdrawn", "task": "pick", "reason": "x", "by": "someone"}
    (folder / "amendments.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")

    found = repo.derive()

    assert found.results.edited == ("results/withdrawn/say.json",)
    assert found.tasks[0].accounted


def test_the_name_of_a_withdrawn_task_stays_taken(repo: Repo) -> None:
    """No task comes back under the name of one that was taken down."""
    (repo.root / "results" / "withdrawn").mkdir(parents=True)
    (repo.root / "results" / "withdrawn" / "gone.json").write_text("{}", encoding="utf-8")
    repo.git("branch", "-f", "main", repo.commit("a tombstone"))
    write_task(repo.root, choice_task("gone"))

    assert repo.derive().tasks[0].withdrawn == "gone"


def test_old_amendments_are_never_rewritten(repo: Repo) -> None:
    """The file of amendments only grows: a change in its lines is seen, and so is a forged result."""
    path = repo.root / "results" / "amendments.jsonl"
    path.parent.mkdir()
    path.write_text('{"a": 1}\n', encoding="utf-8")
    repo.git("branch", "-f", "main", repo.commit("an amendment"))
    path.write_text('{"a": 2}\n', encoding="utf-8")
    (path.parent / "cells" / "pick").mkdir(parents=True)
    (path.parent / "cells" / "pick" / "m.json").write_text("{}", encoding="utf-8")

    found = repo.derive()

    assert found.results.rewritten
    assert found.results.edited == ("results/cells/pick/m.json",)


def test_a_models_meaning_is_its_hash(repo: Repo) -> None:
    """A new price is words, another snapshot is not, and an id that looks like another is seen."""
    first = endpoint_entry("https://models.example/v1")
    priced = first.replace("input_per_million: 1.0", "input_per_million: 9.0")
    (repo.root / "models.yaml").write_text(
        "models:\n" + priced + endpoint_entry("https://models.example/v1", "fake-endpo1nt"), encoding="utf-8")

    found = repo.derive()

    assert [(one.id, one.kind, one.meaning, one.alike) for one in found.models] == [
        ("fake-endpo1nt", Kind.ADDED, True, "fake-endpoint"), ("fake-endpoint", Kind.CHANGED, False, "")]
    assert all(one.endpoint for one in found.models)


@pytest.mark.parametrize(("name", "alike", "taken"), [
    ("p1ck", "pick", ""), ("рick", "pick", ""), ("Pick", "pick", "pick"), ("pick_2", "", ""),
])
def test_names_that_look_alike_are_seen(repo: Repo, name: str, alike: str, taken: str) -> None:
    """Letters of another alphabet, digits for letters and other capitals do not make another name."""
    write_task(repo.root, choice_task(name))

    found = repo.derive().tasks[0]

    assert (found.alike, found.taken) == (alike, taken)


def test_a_name_that_was_taken_meanwhile_is_seen(repo: Repo) -> None:
    """Two pull requests with one name: the second learns of it when the first is merged."""
    write_task(repo.root, choice_task("fresh"))
    given = repo.pull()
    write_task(repo.root, generate_task("fresh"))
    repo.commit("the other one lands")

    found = repo.derive(given)

    assert found.tasks[0].taken == "fresh"
    assert found.freshness.both


def test_links_and_submodules_are_named_and_never_followed(repo: Repo, tmp_path: Path) -> None:
    """A link to a secret and a submodule are facts: no byte behind them is read."""
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2", encoding="utf-8")
    folder = write_task(repo.root, choice_task("fresh"))
    (folder / "data" / "test.jsonl").unlink()
    (folder / "data" / "test.jsonl").symlink_to(secret)
    other = repo.git("rev-parse", "HEAD")
    repo.git("add", "-A")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{other},tasks/fresh/sub")
    repo.git("commit", "-q", "-m", "strange")

    situation = derive(repo.root, repo.pull_of(repo.git("rev-parse", "HEAD")), no_lint)

    assert {one.path: one.special for one in situation.special} == {
        "tasks/fresh/data/test.jsonl": "a link", "tasks/fresh/sub": "a submodule"}
    assert "hunter2" not in repr(situation)
    assert compute(situation).judgement.verdict is Verdict.CHANGES


def test_any_path_can_be_shown(repo: Repo) -> None:
    """A name that is no UTF-8, or holds line breaks and quotes, neither stops derive nor breaks the comment."""
    folder = write_task(repo.root, choice_task("fresh"))
    for name in (b"\xff\xfe.txt", b"a\nb`c`.txt", b'"; $(id).txt'):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_bytes(b"x\0y")

    body = compute(repo.derive()).body

    assert body.encode("utf-8").decode("utf-8") == body
    assert "3 more" not in body or body.count("```") == 2


def test_a_thousand_files_are_counted(repo: Repo) -> None:
    """A pull request of a thousand files gives one comment that fits."""
    for number in range(250):
        folder = repo.root / "tasks" / f"task_{number:03}"
        folder.mkdir()
        for name in ("card.yaml", "README.md", "a.txt", f"{folder.name}.yaml"):
            (folder / name).write_text(f"owners: [{AUTHOR}]\n{number}", encoding="utf-8")

    found = repo.derive()

    assert (len(found.files), len(found.tasks)) == (1000, 250)
    assert length(compute(found).body) <= MAX_CHARACTERS


def test_a_file_that_is_larger_than_any_is_not_read(repo: Repo) -> None:
    """Of a file over the limit only the size is known; what lint sees is a hole of that size."""
    folder = write_task(repo.root, choice_task("fresh"))
    with (folder / "data" / "huge.bin").open("wb") as file:
        file.truncate(60_000_000)
    seen: list[int] = []

    def look(root: Path, scratch: Path, paths: Sequence[str], start: str) -> LintHere:
        path = scratch / "tasks" / "fresh" / "data" / "huge.bin"
        seen.extend([path.stat().st_size, path.stat().st_blocks])
        return NOBODY

    situation = derive(repo.root, repo.pull(), look)

    assert seen == [60_000_000, 0]
    assert max(one.size for one in situation.files) == 60_000_000


def test_settings_of_the_repository_start_nothing(repo: Repo, tmp_path: Path) -> None:
    """Filters and drivers that attributes name are not started, and submodules that are to be ignored are not."""
    trap, sprung = tmp_path / "trap.sh", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n", encoding="utf-8")
    trap.chmod(0o755)
    folder = write_task(repo.root, choice_task("fresh"))
    (folder / ".gitattributes").write_text("* filter=trap diff=trap merge=trap\n", encoding="utf-8")
    given = repo.pull()
    for key in ("filter.trap.smudge", "filter.trap.clean", "diff.trap.command", "diff.trap.textconv",
                "diff.external", "core.fsmonitor"):
        repo.git("config", key, str(trap))

    situation = derive(repo.root, given, no_lint)

    assert [one.name for one in situation.tasks] == ["fresh"]
    assert not sprung.exists()


def test_lint_runs_here_on_the_heads_files(repo: Repo) -> None:
    """Lint is run again on what the head holds, and compares with what was."""
    folder = write_task(repo.root, choice_task("fresh"))
    (folder / "card.yaml").write_text("title: [\n", encoding="utf-8")

    situation = derive(repo.root, repo.pull())

    assert situation.lint.ran
    assert situation.lint.lints
    assert all(one.place.startswith("tasks/fresh/") for one in situation.lint.findings if one.blocks)
    assert not (repo.root / "tasks" / "fresh").exists()


def test_lint_here_knows_what_was(repo: Repo) -> None:
    """A rule that compares with the main line works on files that are in no work tree."""
    card = repo.root / "tasks" / "pick" / "card.yaml"
    card.write_text(card.read_text(encoding="utf-8").replace("state: draft", "state: active"), encoding="utf-8")
    repo.git("branch", "-f", "main", repo.commit("the task is active"))
    path = repo.root / "tasks" / "pick" / "data" / "test.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("Two plus two", "Three less one"), encoding="utf-8")

    situation = derive(repo.root, repo.pull())

    assert "C012" in {one.code for one in situation.lint.findings}


def trial_report(repo: Repo, given: Given, folder: Path, **changes: object) -> Situation:
    """Derive with a report that a trial of ``fresh`` left in ``folder``."""
    digest = folder_digest(folder.parent / "copy")
    told = TaskReport(task="fresh", folder=digest, check=check(), before=None, after=outline("2" * 64))
    values = {"head_sha": given.pull.head_sha, "tasks": [told], "plan": None, **changes}
    folder.mkdir()
    (folder / REPORT_FILE).write_text(TrialReport(**values).model_dump_json(), encoding="utf-8")  # type: ignore[arg-type]
    return repo.derive(dataclasses.replace(given, report=folder))


@pytest.fixture
def fresh(repo: Repo, tmp_path: Path) -> Given:
    """A pull request with one new task, of which a copy is kept as the trial saw it."""
    folder = write_task(repo.root, choice_task("fresh"))
    subprocess.run(["cp", "-r", str(folder), str(tmp_path / "copy")], check=True)
    return repo.pull()


def test_a_report_of_this_head_is_believed(repo: Repo, fresh: Given, tmp_path: Path) -> None:
    """The report names this commit and exactly the folder that this commit holds."""
    situation = trial_report(repo, fresh, tmp_path / "trial")

    assert (situation.trial.arrival, situation.trial.doubts) == (Arrival.PRESENT, ())
    assert compute(situation).status.state == "success"


def test_a_report_of_another_commit_is_doubted(repo: Repo, fresh: Given, tmp_path: Path) -> None:
    """A good report of an earlier push, or of another task, earns no green status."""
    situation = trial_report(repo, fresh, tmp_path / "trial", head_sha="1" * 40)

    assert situation.trial.doubts == ("the report speaks of another commit",)
    assert compute(situation).status.state == "pending"


def test_what_was_tried_must_be_what_is_held(repo: Repo, fresh: Given, tmp_path: Path) -> None:
    """A trial that saw other files than the head holds says nothing of the head."""
    (tmp_path / "copy" / "README.md").write_text("other\n", encoding="utf-8")

    situation = trial_report(repo, fresh, tmp_path / "trial")

    assert situation.trial.doubts == ("what was tried of `fresh` is not what this commit holds",)


def test_a_rendering_of_the_caller_is_held_against_the_report(repo: Repo, fresh: Given, tmp_path: Path) -> None:
    """A hash that the caller's own sandbox gave agrees with the report, or the report is doubted."""
    agreed = trial_report(repo, dataclasses.replace(fresh, rendered={"fresh": "2" * 64}), tmp_path / "one")
    other = trial_report(repo, dataclasses.replace(fresh, rendered={"fresh": "3" * 64}), tmp_path / "two")

    assert (agreed.trial.recomputed, agreed.trial.doubts) == ({"fresh"}, ())
    assert other.trial.doubts == ("`fresh` renders otherwise here than the report says",)


def test_one_file_elsewhere_makes_the_gates_unverified(repo: Repo, tmp_path: Path) -> None:
    """A workflow that the pull request edited may have written any report."""
    folder = write_task(repo.root, choice_task("fresh"))
    subprocess.run(["cp", "-r", str(folder), str(tmp_path / "copy")], check=True)
    (repo.root / ".github" / "workflows").mkdir(parents=True)
    (repo.root / ".github" / "workflows" / "pr.yml").write_text("on: push\n", encoding="utf-8")

    situation = trial_report(repo, repo.pull(), tmp_path / "trial")

    assert Area.WORKFLOW in situation.areas
    assert "files outside its task folders" in situation.trial.doubts[0]
    assert compute(situation).status.state != "success"


@pytest.mark.parametrize("content", [
    b"", b"[]", b'{"schema_version": 1}', b"[" * 100_000, b'{"a":' * 5_000, b"\xff\xfe", b"x" * 9_000_000,
    b'{"schema_version":1,"head_sha":"' + b"1" * 40 + b'","tasks":[],"plan":null,"problem":"","pull":3}',
])
def test_a_report_of_another_form_is_not_believed(repo: Repo, fresh: Given, tmp_path: Path, content: bytes) -> None:
    """Whatever lies in the artifact, it is a report of the strict form or nothing; a number in it is refused."""
    (tmp_path / "trial").mkdir()
    (tmp_path / "trial" / REPORT_FILE).write_bytes(content)

    situation = repo.derive(dataclasses.replace(fresh, report=tmp_path / "trial"))

    assert situation.trial.arrival is Arrival.UNREADABLE
    assert compute(situation).judgement.verdict is Verdict.UNCHECKED


def test_a_report_that_is_a_link_is_not_followed(repo: Repo, fresh: Given, tmp_path: Path) -> None:
    """A link in the artifact leads nowhere, even where what it leads to is missing."""
    (tmp_path / "trial").mkdir()
    (tmp_path / "trial" / REPORT_FILE).symlink_to(tmp_path / "nothing")

    assert repo.derive(dataclasses.replace(fresh, report=tmp_path / "trial")).trial.arrival is Arrival.UNREADABLE


def test_a_head_that_is_not_here_is_said(repo: Repo) -> None:
    """Where the head was not fetched, the comment says that the changes could not be read."""
    situation = derive(repo.root, Given(PullRequest(7, "t", "a", "1" * 40), "main"), no_lint)

    assert situation.problem
    assert compute(situation).judgement.verdict is Verdict.UNCHECKED


def test_whatever_cannot_be_read_stops_no_comment(repo: Repo) -> None:
    """An error that nobody foresaw becomes a sentence in the comment."""

    def broken(root: Path, scratch: Path, paths: Sequence[str], start: str) -> LintHere:
        raise RecursionError

    write_task(repo.root, choice_task("fresh"))

    assert "RecursionError" in derive(repo.root, repo.pull(), broken).problem
