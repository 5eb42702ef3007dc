"""Proposals from end to end: a pool in git, a bare remote, a fake GitHub on the loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from commons.cli.lifecycle import command
from tests.cli.running import Ran
from tests.github.fake_api import REPOSITORY, Failure, serving
from tests.github.fake_proposals import FakeProposals
from tests.github.lifecycle_pool import OLD, Stage

OWNERS = ".github/CODEOWNERS"
BRANCH = "commons/lifecycle/owners-file"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A merged task whose owners are not in the file of owners yet."""
    stage = Stage(tmp_path)
    stage.task("sums")
    stage.merged()
    return stage


@pytest.fixture
def fake(stage: Stage) -> Iterator[FakeProposals]:
    """A fake that serves."""
    with serving(FakeProposals(remote=stage.remote)) as fake:
        assert isinstance(fake, FakeProposals)
        yield fake


def propose(stage: Stage, fake: FakeProposals, *options: str, today: str = "2026-12-31") -> Ran:
    """Run the verb as a workflow does, but in this process, which is quicker."""
    given = ["--root", str(stage.root), "--repository", REPOSITORY, "--today", today, *options]
    ran = CliRunner().invoke(command, given, standalone_mode=False, catch_exceptions=False,
                             env={"GITHUB_API_URL": fake.url, "GITHUB_TOKEN": "a-token"})
    return Ran(ran.return_value, ran.stdout, ran.stderr)


def done(stage: Stage, fake: FakeProposals, *options: str, today: str = "2026-12-31") -> Ran:
    """Run it with --execute, and see that all went well."""
    ran = propose(stage, fake, "--execute", *options, today=today)
    assert ran.code == 0, ran.out + ran.err
    return ran


def test_a_dry_run_says_what_and_why_and_writes_nothing(stage: Stage, fake: FakeProposals) -> None:
    """What would be proposed is printed with the change in short; GitHub and the remote stay as they were."""
    ran = propose(stage, fake)

    assert ran.code == 0, ran.err
    assert ran.out.startswith("open pull request: owners-file\n")
    assert "+/tasks/sums/ @ada" in ran.out
    assert fake.written() == []
    assert stage.pushed() == set()


def test_a_pull_request_is_opened_once_and_holds_exactly_the_proposed_file(stage: Stage, fake: FakeProposals) -> None:
    """One commit on the default branch with one file changed; a second run writes nothing at all."""
    before = stage.git("status", "--porcelain")
    done(stage, fake)
    wrote = fake.written()
    again = done(stage, fake)

    (pull,) = fake.pulls
    stage.owners_file()
    assert stage.changes(BRANCH) == {OWNERS: (stage.root / OWNERS).read_text()}
    assert (pull["head"]["ref"], pull["base"]["ref"]) == (BRANCH, "main")
    assert pull["body"].endswith("<!-- eval-commons:lifecycle:owners-file -->\n")
    assert fake.labels[1] == ["lifecycle"]
    assert fake.written() == wrote
    assert again.out.startswith("leave pull request #1: owners-file\n")
    assert before == ""


def test_a_pull_request_follows_what_changes_and_goes_with_its_reason(stage: Stage, fake: FakeProposals) -> None:
    """Another merged task changes its file in place; once the file is right, it is closed and its branch removed."""
    done(stage, fake)
    stage.task("more")
    stage.merged()
    done(stage, fake)

    assert "/tasks/more/ @ada" in stage.changes(BRANCH)[OWNERS]
    assert [one["state"] for one in fake.pulls] == ["open"]

    stage.owners_file()
    stage.merged()
    done(stage, fake)

    assert [one["state"] for one in fake.pulls] == ["closed"]
    assert "reason for this is gone" in fake.comments[1][0]["body"]
    assert stage.pushed() == set()


def test_a_branch_is_made_again_where_main_changed_the_same_file(stage: Stage, fake: FakeProposals) -> None:
    """The proposed text is the same, but it no longer fits what it was made from."""
    done(stage, fake)
    (stage.root / OWNERS).write_text("* @eve\n")
    main = stage.merged()
    done(stage, fake)

    assert stage.git("ls-remote", "origin", BRANCH).split()[0] == fake.end_of(BRANCH)
    assert stage.changes(BRANCH).keys() == {OWNERS}
    assert stage.git("rev-parse", f"{fake.end_of(BRANCH)}^") == main


def test_a_branch_that_somebody_pushed_to_is_left_to_them(stage: Stage, fake: FakeProposals) -> None:
    """A person's commit on our branch is never overwritten."""
    done(stage, fake)
    stage.git("fetch", "-q", "origin", BRANCH)
    stage.git("checkout", "-q", "FETCH_HEAD")
    (stage.root / "note").write_text("mine\n")
    stage.git("add", "note")
    stage.git("commit", "-q", "-m", "mine")
    stage.git("push", "-q", "origin", f"HEAD:{BRANCH}")
    tip = stage.git("rev-parse", "HEAD")
    stage.git("checkout", "-q", "main")
    stage.task("more")
    stage.merged()

    done(stage, fake)

    assert fake.end_of(BRANCH) == tip


def test_who_closes_a_proposal_is_heard_for_half_a_year(stage: Stage, fake: FakeProposals) -> None:
    """Closed by a person it is not opened again, and a dry run says until when; after that it is."""
    done(stage, fake)
    fake.close(1, day="2026-12-31T10:00:00Z")
    done(stage, fake, today="2027-01-10")
    told = propose(stage, fake, today="2027-01-10")

    assert len(fake.pulls) == 1
    assert "do not open pull request: owners-file" in told.out
    assert "again from 2027-06-29" in told.out

    done(stage, fake, today="2027-06-30")

    assert len(fake.pulls) == 2


def test_what_we_closed_ourselves_is_opened_again(stage: Stage, fake: FakeProposals) -> None:
    """A reason that comes back was nobody's refusal."""
    done(stage, fake)
    fake.close(1, who="github-actions[bot]")
    done(stage, fake)

    assert [one["state"] for one in fake.pulls] == ["closed", "open"]


def test_without_a_bot_proposals_are_issues(stage: Stage, fake: FakeProposals) -> None:
    """The issue shows the change, is opened once, and nothing is pushed; with a bot, a pull request takes its place."""
    done(stage, fake, "--as", "issues")
    wrote = fake.written()
    done(stage, fake, "--as", "issues")

    (issue,) = fake.issues
    assert "+/tasks/sums/ @ada" in issue["body"]
    assert "no bot here" in issue["body"]
    assert (fake.labels[1], stage.pushed(), fake.written()) == (["lifecycle"], set(), wrote)

    done(stage, fake)
    done(stage, fake)

    assert [one["state"] for one in fake.pulls] == ["open"]
    assert issue["state"] == "closed"
    assert "#2 stands for it" in fake.comments[1][0]["body"]


def test_an_issue_of_a_stranger_with_our_hidden_line_is_not_ours(stage: Stage, fake: FakeProposals) -> None:
    """Only what our own account opened stands for a proposal."""
    fake.open_issue("mine", "text\n\n<!-- eval-commons:lifecycle:owners-file -->", "mallory")
    done(stage, fake, "--as", "issues")

    assert [one["user"]["login"] for one in fake.issues] == ["mallory", "github-actions[bot]"]
    assert fake.issues[0]["body"].startswith("text")


def test_ten_are_opened_in_a_run_oldest_first_and_the_rest_is_said(stage: Stage, fake: FakeProposals) -> None:
    """Thirteen tasks without an owner make ten issues now and three in the next run."""
    for number in range(12):
        stage.task(f"old{number:02}", since=f"2024-02-{number + 1:02}")
    stage.task("oldest", since=OLD)
    stage.owners_file()
    stage.merged()
    first = done(stage, fake)

    assert [one["title"].rpartition(" ")[2] for one in fake.issues] == [
        "oldest", *(f"old{number:02}" for number in range(9))]
    assert first.out.count("do not open issue: absent-owners--old") == 3

    done(stage, fake)

    assert len(fake.issues) == 13


def test_one_that_fails_stops_no_other(stage: Stage, fake: FakeProposals) -> None:
    """Where GitHub refuses one issue, the others are opened, and the exit code says that something is missing."""
    for name in ("first", "second", "third"):
        stage.task(name, since=OLD)
    stage.owners_file()
    stage.merged()
    fake.failures = [("POST", "issues$", Failure(422))]
    ran = propose(stage, fake, "--execute")

    assert ran.code == 1
    assert "absent-owners--first: GitHub answers POST /issues with 422." in ran.err
    assert [one["title"].rpartition(" ")[2] for one in fake.issues] == ["second", "third"]


def test_a_lost_answer_doubles_no_pull_request(stage: Stage, fake: FakeProposals) -> None:
    """Where the pull request was opened and the answer was lost, it is found and labelled."""
    fake.failures = [("POST", "pulls$", Failure(502, done=True))]
    done(stage, fake)

    assert len(fake.pulls) == 1
    assert fake.labels[1] == ["lifecycle"]


def test_a_remote_that_refuses_is_an_error_and_opens_nothing(stage: Stage, fake: FakeProposals) -> None:
    """A push that is refused leaves no pull request behind it; hooks of the checkout are never run."""
    (stage.root / ".git/hooks/pre-push").write_text("#!/bin/sh\ntouch ran\n")
    (stage.root / ".git/hooks/pre-push").chmod(0o755)
    hook = stage.remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    ran = propose(stage, fake, "--execute")

    assert ran.code == 1
    assert "owners-file: `git push` failed" in ran.err
    assert (fake.pulls, (stage.root / "ran").exists()) == ([], False)


def test_what_is_not_merged_is_not_proposed(stage: Stage, fake: FakeProposals) -> None:
    """A checkout with a commit or a change of its own pushes nothing of it."""
    (stage.root / OWNERS).write_text("* @eve\n")
    changed = propose(stage, fake, "--execute")
    stage.git("add", "-A")
    stage.git("commit", "-q", "-m", "not merged")
    ahead = propose(stage, fake, "--execute")
    stage.git("reset", "-q", "--hard", "HEAD^")
    stage.task("mine")
    own = propose(stage, fake, "--execute")

    assert (changed.code, ahead.code, own.code) == (1, 1, 1)
    assert "`tasks/mine/card.yaml` is not as it was committed" in own.err
    assert f"`{OWNERS}` is not as it was committed" in changed.err
    assert "is not on `main`" in ahead.err
    assert (stage.pushed(), fake.pulls) == (set(), [])


def test_a_task_that_cannot_be_read_closes_nothing(stage: Stage, fake: FakeProposals) -> None:
    """What stands open about a task that is broken today stays; of tasks that are gone it is closed."""
    stage.task("broken", since=OLD)
    stage.task("gone", since=OLD)
    stage.owners_file()
    stage.merged()
    done(stage, fake, "--only", "absent-owners")
    (stage.root / "tasks/broken/card.yaml").write_text("title: [\n")
    (stage.root / "tasks/gone").rename(stage.root / "elsewhere")
    stage.merged()
    done(stage, fake, "--only", "absent-owners")

    assert {one["title"].rpartition(" ")[2]: one["state"] for one in fake.issues} == {
        "broken": "open", "gone": "closed"}


def test_only_one_proposer_is_asked_and_the_others_are_left(stage: Stage, fake: FakeProposals) -> None:
    """With --only, what other proposers have open is neither updated nor closed."""
    done(stage, fake)
    ran = done(stage, fake, "--only", "absent-owners", "--json")

    assert [(one["action"], one["slug"]) for one in json.loads(ran.out)["steps"]] == [("leave", "owners-file")]
    assert fake.pulls[0]["state"] == "open"


def test_a_hostile_card_formats_calls_and_ends_nothing(stage: Stage, fake: FakeProposals) -> None:
    """A title of Markdown, mentions and hidden lines stands as words; nobody but owners and maintainers is called."""
    title = "@victim `x` <!-- eval-commons:lifecycle:a --> [a](https://evil.example) #7"
    stage.task("trap", state="draft", since=OLD, title=title, owners=["ada", "bo"], citation="```\n@victim\n```")
    commit = stage.merged()
    stage.measured("trap", commit=commit)
    stage.owners_file()
    stage.merged()
    done(stage, fake, "--as", "issues")

    assert [one["title"] for one in fake.issues] == ["A new owner is wanted: trap", "Set trap active"]
    for one in fake.issues:
        prose = one["body"].partition("````diff")[0] + one["body"].rpartition("````")[2]
        assert "@victim" not in prose
        assert one["body"].count("<!--") == 1
        assert "evil.example)" not in prose
        assert "Asked: @ada" in prose
    wrote = fake.written()
    done(stage, fake, "--as", "issues")
    assert fake.written() == wrote
