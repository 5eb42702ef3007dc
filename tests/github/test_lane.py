"""The low-risk lane, on a real repository and a fake GitHub: what merges itself, what does not, and what is done."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from commons.cli import cli
from commons.errors import CannotRun
from commons.github.api import Api, ApiFailed
from commons.github.derive import Given, Lint
from commons.github.execute import Hand
from commons.github.judgement import CONTEXT, LOW_RISK
from commons.github.lane_decide import Decided, Order, decide_again
from commons.github.lane_merge import Ending, Pin, merge
from commons.github.report import REPORT_FILE, TaskReport, TrialReport
from commons.github.situation import LintHere
from commons.pool.hashing import folder_digest
from tests.github.fake_api import BOT, REPOSITORY, Failure, FakeGitHub, make_pull, serving
from tests.github.golden.situations import check, outline
from tests.github.test_derive import AUTHOR, Repo

BY_US = {"state": "success", "context": CONTEXT, "description": "", "creator": BOT}


def clean(root: Path, scratch: Path, paths: Sequence[str], start: str) -> LintHere:
    """Lint that finds nothing."""
    return LintHere()


class Lane:
    """Pull request 7, in which the owner of `pick` changes something, on GitHub and judged as good."""

    def __init__(self, fake: FakeGitHub, folder: Path) -> None:
        self.fake, self.folder = fake, folder
        self.repo = Repo(folder / "pool")
        self.said: list[str] = []
        self.slept: list[float] = []
        self.order = Order(Pin(7, ""), "main", lane_open=True)

    @property
    def sha(self) -> str:
        """The head that was judged."""
        return self.order.pin.sha

    def api(self, *, execute: bool = False) -> Api:
        """A client of the fake."""
        return Api(REPOSITORY, self.fake.url, "a-token", execute=execute, say=self.said.append,
                   sleep=self.slept.append)

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a file of the task."""
        path = self.repo.root / "tasks" / "pick" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def opened(self, *, after: str = "1" * 64, **changes: Any) -> Lane:
        """Open it; the trial's report says that the task renders as ``after``, and as ones before."""
        shutil.copytree(self.repo.root / "tasks" / "pick", self.folder / "copy")
        given: Given = self.repo.pull()
        sha = given.pull.head_sha
        (self.folder / "trial").mkdir()
        told = TaskReport(task="pick", folder=folder_digest(self.folder / "copy"), check=check(),
                          before=outline("1" * 64), after=outline(after))
        (self.folder / "trial" / REPORT_FILE).write_text(
            TrialReport(head_sha=sha, tasks=[told]).model_dump_json(), encoding="utf-8")
        self.fake.pulls = [make_pull(7, sha, owner=AUTHOR, **{"mergeable": True, **changes})]
        self.fake.merged[AUTHOR] = 9
        self.fake.statuses[sha] = [dict(BY_US)]
        self.fake.tip = self.repo.git("rev-parse", "main")
        self.order = dataclasses.replace(self.order, pin=Pin(7, sha), report=self.folder / "trial")
        return self

    def decide(self, lint: Lint = clean, **changes: Any) -> Decided:
        """The first step, with a client that cannot write."""
        order = dataclasses.replace(self.order, **changes)
        return decide_again(self.api(), self.repo.root, order, self.slept.append, lint)

    def bring_about(self, base: str, *, execute: bool = True) -> Ending:
        """The second step, which is told nothing but numbers and digests."""
        hand = Hand(self.api(execute=execute), "commons-bot[bot]")
        return merge(hand, self.order.pin, base, "evaluate.yml", self.slept.append)

    def merge(self, *, execute: bool = True, **changes: Any) -> Ending:
        """Run the lane: both steps, the second where the first says so."""
        decided = self.decide(**changes)
        return Ending(False, decided.reasons) if decided.reasons else self.bring_about(decided.base, execute=execute)

    def failing(self, **changes: Any) -> list[str]:
        """Which conditions do not hold; nothing was merged."""
        ending = self.merge(**changes)
        assert not ending.merged
        assert self.fake.written() == []
        return [reason.partition(":")[0] for reason in ending.reasons]


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    """The stage, with nothing changed yet."""
    with serving(FakeGitHub()) as fake:
        yield Lane(fake, tmp_path)


def test_an_owners_fix_is_merged_and_its_evaluation_started(lane: Lane) -> None:
    """Label, squash of exactly this head with a title of our own, then the evaluation on the main line."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened(title="Fix [skip ci] @everyone closes #1")

    assert lane.merge() == Ending(True)

    asked = {(one.method, one.path): one.body for one in lane.fake.asked if one.method != "GET"}
    assert list(asked) == [("POST", "/issues/7/labels"), ("PUT", "/pulls/7/merge"),
                           ("POST", "/actions/workflows/evaluate.yml/dispatches")]
    assert asked["POST", "/issues/7/labels"] == {"labels": [LOW_RISK]}
    assert asked["PUT", "/pulls/7/merge"]["sha"] == lane.sha
    assert asked["PUT", "/pulls/7/merge"]["merge_method"] == "squash"
    assert asked["PUT", "/pulls/7/merge"]["commit_title"] == "An owner's fix of their own tasks (#7)"
    assert "skip" not in str(asked["PUT", "/pulls/7/merge"])
    assert asked["POST", "/actions/workflows/evaluate.yml/dispatches"] == {"ref": "main"}


def test_nothing_is_written_unless_it_is_asked_for(lane: Lane) -> None:
    """A dry run says what would be done, in its order."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()

    assert lane.merge(execute=False).merged
    assert lane.fake.written() == []
    assert [one.partition(" ")[0] for one in lane.said] == ["would"] * 3


def test_a_changed_meaning_is_declared_or_refused(lane: Lane) -> None:
    """Where the task renders otherwise, the card's comparability version was raised, or a person looks."""
    lane.edit("data/test.jsonl", "Two plus two", "Two and two")
    lane.opened(after="2" * 64)

    assert lane.failing() == ["meaning_is_declared"]


def test_a_declared_change_of_one_row_is_merged(lane: Lane) -> None:
    """One row of few, with the comparability version raised."""
    lane.edit("data/test.jsonl", "Two plus two", "Two and two")
    card = lane.repo.root / "tasks" / "pick" / "card.yaml"
    text = card.read_text(encoding="utf-8")
    assert "comparability_version" not in text or "comparability_version: 1" in text
    card.write_text(text.replace("comparability_version: 1\n", "") + "comparability_version: 2\n", encoding="utf-8")

    assert lane.opened(after="2" * 64).merge() == Ending(True)


def test_a_large_split_beside_it_excuses_no_change_of_a_small_one(lane: Lane) -> None:
    """A tenth is one of the rows of the smallest split that changed, whatever else the task holds."""
    data = lane.repo.root / "tasks" / "pick" / "data"
    for name, rows in (("test", 50), ("train", 5_000)):
        (data / f"{name}.jsonl").write_text("".join(f'{{"id": "{name}{one}", "q": "old"}}\n' for one in range(rows)),
                                            encoding="utf-8")
    lane.repo.git("checkout", "-q", "main")
    lane.repo.commit("two splits")
    lane.repo.git("checkout", "-q", "-B", "work")
    text = (data / "test.jsonl").read_text(encoding="utf-8")
    (data / "test.jsonl").write_text(text.replace("old", "new", 20), encoding="utf-8")
    lane.opened()

    assert lane.failing() == ["few_rows_change"]


def test_a_change_of_a_large_split_alone_is_held_against_that_split(lane: Lane) -> None:
    """A small split that did not change makes no change of another one too large."""
    data = lane.repo.root / "tasks" / "pick" / "data"
    (data / "train.jsonl").write_text("".join(f'{{"id": "{one}", "q": "old"}}\n' for one in range(200)),
                                      encoding="utf-8")
    lane.repo.git("checkout", "-q", "main")
    lane.repo.commit("another split")
    lane.repo.git("checkout", "-q", "-B", "work")
    text = (data / "train.jsonl").read_text(encoding="utf-8")
    (data / "train.jsonl").write_text(text.replace("old", "new", 20), encoding="utf-8")
    lane.opened()

    assert lane.merge() == Ending(True)


def test_items_that_a_gate_shall_pass_over_are_for_people(lane: Lane) -> None:
    """An owner does not excuse an item from the gates alone."""
    card = lane.repo.root / "tasks" / "pick" / "card.yaml"
    text = card.read_text(encoding="utf-8")
    card.write_text(f"{text}known_broken: [{{item: t1, reason: two right answers}}]\n", encoding="utf-8")
    lane.opened()

    assert lane.failing() == ["terms_are_unchanged"]


@pytest.mark.parametrize(("changes", "order", "condition"), [
    ({"draft": True}, {}, "is_no_draft"), ({"body": "No sign-off."}, {}, "is_signed_off"),
    ({"labels": [{"name": "hold"}]}, {}, "nobody_holds_it"), ({"mergeable": False}, {}, "base_is_fresh"),
    ({"mergeable": None}, {}, "base_is_fresh"), ({"author_association": "NONE"}, {}, "author_was_merged_before"),
    ({}, {"lane_open": False}, "lane_is_open"), ({}, {"report": None}, "gates_are_verified"),
    ({"author_association": "SOMETHING_NEW"}, {}, "author_was_merged_before"),
    ({"user": {"login": "mallory", "type": "User"}}, {}, "author_owns_every_task"),
])
def test_what_github_says_can_refuse(
    lane: Lane, changes: dict[str, Any], order: dict[str, Any], condition: str
) -> None:
    """Each fact of the API reaches its condition, and nothing is written."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened(**changes)

    assert condition in lane.failing(**order)


def test_a_review_that_asks_for_changes_stands_until_it_is_taken_back(lane: Lane) -> None:
    """A comment or a push takes it not back; an approval by the same person does."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    bo = {"login": "bo", "type": "User"}
    lane.fake.reviews[7] = [{"user": bo, "state": "CHANGES_REQUESTED", "commit_id": "3" * 40},
                            {"user": bo, "state": "COMMENTED", "commit_id": lane.sha}]
    assert lane.failing() == ["nobody_asked_for_changes"]

    lane.fake.reviews[7].append({"user": bo, "state": "APPROVED", "commit_id": lane.sha})
    assert lane.merge().merged


def test_a_task_that_the_main_line_changed_meanwhile_is_not_merged(lane: Lane) -> None:
    """Another file of the same task, merged since the branch left: what was tried is not what would be merged."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.edit("card.yaml", "summary: A task for tests.", "summary: Another sentence.")
    lane.repo.commit("the main line moves on")
    lane.fake.tip = lane.repo.git("rev-parse", "main")

    assert lane.failing() == ["base_is_fresh"]


@pytest.mark.parametrize("status", [
    [], [{**BY_US, "state": "pending"}], [{**BY_US, "creator": {"login": "mallory", "type": "User"}}],
    [BY_US, {**BY_US, "state": "failure"}], [{**BY_US, "context": "other"}],
])
def test_only_a_green_status_of_our_own_counts(lane: Lane, status: list[dict[str, Any]]) -> None:
    """Missing, not green, of another account, overtaken, or of another name: not merged."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.statuses[lane.sha] = status

    assert "is no success" in lane.merge().reasons[0]
    assert lane.fake.written() == []


def test_only_the_head_that_was_judged_is_merged(lane: Lane) -> None:
    """A later push, a closed pull request and another branch are not what was judged."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.pulls[0]["base"]["ref"] = "release"
    lane.fake.pulls[0]["state"] = "closed"

    reasons = lane.merge(pin=Pin(7, "9" * 40)).reasons

    assert [one.split()[0] for one in reasons] == ["It", "Its", "It", "The"]
    assert lane.fake.written() == []


@pytest.mark.parametrize(("change", "said"), [
    ({"labels": [{"name": "hold"}]}, "nobody_holds_it"), ({"draft": True}, "is_no_draft"), ({"state": "closed"}, "It"),
])
def test_what_a_person_does_while_lint_runs_counts(lane: Lane, change: dict[str, Any], said: str) -> None:
    """GitHub is asked last, when the files were read."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()

    def slow(root: Path, scratch: Path, paths: Sequence[str], start: str) -> LintHere:
        lane.fake.pulls[0].update(change)
        return LintHere()

    assert any(reason.startswith(said) for reason in lane.decide(slow).reasons)


def test_a_push_in_the_last_moment_is_not_merged(lane: Lane) -> None:
    """GitHub refuses another head than the pinned one; that is no error."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.failures = [("PUT", "merge", Failure(409))]

    assert "another commit by now" in lane.merge().reasons[0]
    assert not any("dispatches" in path for _, path in lane.fake.written())


def test_a_lost_answer_is_looked_up(lane: Lane) -> None:
    """Where the merge was done and the answer lost, the evaluation is started all the same; where not, it is said."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.failures = [("PUT", "merge", Failure(405))]
    with pytest.raises(ApiFailed, match="405"):
        lane.merge()

    lane.fake.failures = [("PUT", "merge", Failure(502, done=True))]
    assert lane.merge().merged
    assert any("dispatches" in path for _, path in lane.fake.written())


def test_an_evaluation_that_does_not_start_is_an_error(lane: Lane) -> None:
    """The merge is done, and the sentence says what is left to do by hand."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.failures = [("POST", "dispatches", Failure(403))]

    with pytest.raises(CannotRun, match="#7 is merged, and its evaluation was not started"):
        lane.merge()


def test_a_main_line_that_moved_on_stops_the_merge(lane: Lane) -> None:
    """What was decided about an older main line is decided again."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.tip = "9" * 40

    with pytest.raises(CannotRun, match="moved on"):
        lane.merge()
    assert lane.fake.written() == []


def test_silence_about_the_limit_stops_the_merge(lane: Lane) -> None:
    """The comment lets nobody wait for an answer that GitHub does not give; the lane does."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.failures = [("GET", "^/commits$", Failure(404))]

    with pytest.raises(CannotRun):
        lane.merge()
    assert lane.fake.written() == []


def verb(lane: Lane, *arguments: str) -> Result:
    """Run ``commons github`` as the workflow does."""
    known = {"GITHUB_API_URL": lane.fake.url, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": "a-token"}
    return CliRunner().invoke(cli, ["github", *arguments, "--base", "main", "--root", str(lane.repo.root)], env=known,
                              standalone_mode=False)


def test_the_verb_says_why_it_does_not_merge(lane: Lane) -> None:
    """Not merging is no failure: 0, with each condition and its words, and the next step is told."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()

    done = verb(lane, "merge", "--pull", "7", "--sha", lane.sha, "--report", str(lane.order.report), "--outputs",
                str(lane.folder / "outputs"))

    assert done.return_value == 0, (done.output, done.exception)
    assert "#7 is not merged by the low-risk lane" in done.output
    assert "lane_is_open: The maintainers opened the lane" in done.output
    assert (lane.folder / "outputs").read_text(encoding="utf-8") == "merge=false\n"
    assert lane.fake.written() == []


def test_a_short_commit_is_refused(lane: Lane) -> None:
    """A pin is a whole digest."""
    lane.opened()

    assert "whole digest" in repr(verb(lane, "merge", "--pull", "7", "--sha", lane.sha[:12]).exception)


def test_the_comment_tells_the_next_job_whether_the_lane_takes_it(
    lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open: lane=true with number and head, the label, and a sentence. Closed: lane=false, and the reason."""
    monkeypatch.setattr("commons.github.derive.derive.__defaults__", (clean,))
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    outputs = tmp_path / "outputs"
    for switch in ("open", "closed"):
        done = verb(lane, "comment", "--pull", "7", "--report", str(lane.order.report), "--lane-open", switch,
                    "--outputs", str(outputs), "--execute")
        assert done.return_value == 0, (done.output, done.exception)
        assert ("merges itself**" in lane.fake.comments[7][0]["body"]) is (switch == "open")
        assert (LOW_RISK in lane.fake.labels[7]) is (switch == "open")

    assert outputs.read_text(encoding="utf-8") == f"lane=true\npull=7\nsha={lane.sha}\nlane=false\n"
    assert "have not opened the lane" in lane.fake.comments[7][0]["body"]


def test_a_newcomers_third_pull_request_waits(lane: Lane) -> None:
    """Above the limit: pending, next is the author, in a friendly line; a second one is judged as ever."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened(author_association="NONE")
    lane.fake.pulls += [make_pull(number, "3" * 40, owner=AUTHOR) for number in (5, 6)]

    verb(lane, "comment", "--pull", "7", "--report", str(lane.order.report), "--execute")

    assert lane.fake.statuses[lane.sha][-1]["state"] in {"pending", "failure"}
    assert "With nothing merged so far, 2 may be open at once" in lane.fake.comments[7][0]["body"]
    assert "next: author" in lane.fake.labels[7]

    lane.fake.pulls[1]["draft"] = True
    verb(lane, "comment", "--pull", "7", "--report", str(lane.order.report), "--execute")
    assert "may be open at once" not in lane.fake.comments[7][0]["body"]


def test_where_github_does_not_answer_no_limit_holds(lane: Lane) -> None:
    """A newcomer does not wait because a list could not be read."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened(author_association="NONE")
    lane.fake.pulls += [make_pull(number, "3" * 40, owner=AUTHOR) for number in (5, 6)]
    lane.fake.failures = [("GET", "^/pulls$", Failure(404))]

    verb(lane, "comment", "--pull", "7", "--report", str(lane.order.report), "--execute")

    assert "may be open at once" not in lane.fake.comments[7][0]["body"]


def test_an_author_above_the_limit_is_not_merged(lane: Lane) -> None:
    """The lane is no way past the queue."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.merged[AUTHOR] = 1
    lane.fake.pulls += [make_pull(number, "3" * 40, owner=AUTHOR) for number in range(1, 5)]

    assert "author_is_within_the_limit" in lane.failing()


def test_people_who_may_write_here_have_no_limit(lane: Lane) -> None:
    """A maintainer's tenth pull request does not wait, and GitHub is not asked to count."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened(author_association="MEMBER")
    lane.fake.merged[AUTHOR] = 0
    lane.fake.pulls += [make_pull(number, "3" * 40, owner=AUTHOR) for number in range(1, 5)]

    assert lane.merge().merged


def test_a_report_of_another_commit_says_nothing_about_the_meaning(lane: Lane) -> None:
    """What is not believed about the gates is not believed about the task hash either."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    path = lane.folder / "trial" / REPORT_FILE
    path.write_text(path.read_text(encoding="utf-8").replace(lane.sha, "9" * 40), encoding="utf-8")

    assert {"gates_are_verified", "meaning_is_declared"} <= set(lane.failing())


def test_the_report_is_fetched_from_the_run_that_tried_this_head(lane: Lane) -> None:
    """With an artifact's name instead of a folder, the newest run of the believed workflow on this head is asked."""
    lane.edit("README.md", "\n", "\nAnother word.\n")
    lane.opened()
    lane.fake.artifacts = lane.folder / "artifacts"
    shutil.copytree(lane.folder / "trial", lane.fake.artifacts / "trial")
    lane.fake.runs = [{"id": 12, "path": ".github/workflows/pr.yml", "head_sha": lane.sha,
                       "event": "pull_request"}]
    given = ("merge", "--pull", "7", "--sha", lane.sha, "--artifact", "trial")

    done = verb(lane, *given, "--workflow", ".github/workflows/pr.yml", "--lane-open", "open")

    assert done.return_value == 0, (done.output, done.exception)
    assert "gates_are_verified" not in done.output
    assert "gates_are_verified" in verb(lane, *given, "--workflow", ".github/workflows/other.yml").output
    assert "which workflow leaves the artifact" in repr(verb(lane, *given).exception)
