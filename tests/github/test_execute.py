"""Execute, against a fake GitHub on the loopback: as few changes as it takes, and none that is doubled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.github.api import Api, ApiFailed
from commons.github.compute import compute
from commons.github.event import Head, read_event
from commons.github.execute import Hand, bring_about, merged_pulls, pulls_of, put_comment
from commons.github.judgement import CONTEXT
from commons.github.marker import LIVE
from tests.github.fake_api import BOT, REPOSITORY, Failure, FakeGitHub, make_pull, serving, workflow_run
from tests.github.golden.situations import HEAD, SITUATIONS

WANTED = compute(SITUATIONS["new_task"])
OTHER = compute(SITUATIONS["lint_failing"])


@dataclass
class Stage:
    """A fake with two clients: one that does, and one that only says."""

    fake: FakeGitHub
    said: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def hand(self, *, execute: bool = True) -> Hand:
        """A hand on the fake."""
        return Hand(Api(REPOSITORY, self.fake.url, "a-token", execute=execute, say=self.said.append,
                        sleep=self.slept.append))


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A fake that serves."""
    with serving(FakeGitHub()) as fake:
        yield Stage(fake)


def test_the_comment_is_created_then_edited_and_left_alone(stage: Stage) -> None:
    """One comment stands: created, edited when its text changes, and not touched when it does not."""
    for wanted in (WANTED, WANTED, OTHER):
        bring_about(stage.hand(), 7, HEAD, wanted)

    assert [one["body"] for one in stage.fake.comments[7]] == [OTHER.body]
    assert [method for method, path in stage.fake.written() if "comments" in path] == ["POST", "PATCH"]
    assert set(stage.fake.labels[7]) == OTHER.labels
    assert [one["state"] for one in stage.fake.statuses[HEAD]] == ["success", "failure"]
    assert {one["context"] for one in stage.fake.statuses[HEAD]} == {CONTEXT}
    assert {one.authorization for one in stage.fake.asked} == {"Bearer a-token"}


def test_a_strangers_comment_with_our_marker_is_not_ours(stage: Stage) -> None:
    """Whoever copies the marker has their comment left alone, and ours is posted beside it."""
    stage.fake.comment(7, f"**Ready for review**\n\n{LIVE}", {"login": "mallory", "type": "User"})
    stage.fake.comment(7, f"I quote: {LIVE} and go on", BOT)

    put_comment(stage.hand(), 7, WANTED.body, LIVE)

    assert [one["user"]["login"] for one in stage.fake.comments[7]] == ["mallory", BOT["login"], BOT["login"]]
    assert stage.fake.comments[7][2]["body"] == WANTED.body


def test_our_comment_is_found_on_a_later_page(stage: Stage) -> None:
    """A long discussion does not make us comment again."""
    for number in range(230):
        stage.fake.comment(7, f"Remark {number}", {"login": f"person-{number}", "type": "User"})
    stage.fake.comment(7, f"old\n{LIVE}")

    put_comment(stage.hand(), 7, WANTED.body, LIVE)

    assert len(stage.fake.comments[7]) == 231
    assert stage.fake.comments[7][-1]["body"] == WANTED.body


def test_a_dry_run_writes_nothing(stage: Stage) -> None:
    """Without being told to, only what would be done is said."""
    bring_about(stage.hand(execute=False), 7, HEAD, WANTED)

    assert stage.fake.written() == []
    assert stage.said == ["would comment on #7", f"would label #7: {', '.join(sorted(WANTED.labels))}",
                          f"would set {CONTEXT} of {HEAD[:12]} to success"]


def test_a_server_error_is_tried_again(stage: Stage) -> None:
    """A 502 on reading or editing costs a pause and nothing else."""
    stage.fake.comment(7, f"old\n{LIVE}")
    stage.fake.failures = [("GET", "comments", Failure(502)), ("PATCH", "comments", Failure(502))]

    put_comment(stage.hand(), 7, WANTED.body, LIVE)

    assert stage.fake.comments[7][0]["body"] == WANTED.body
    assert stage.slept == [1.0, 1.0]


def test_a_lost_answer_doubles_no_comment(stage: Stage) -> None:
    """Where the comment was posted and the answer was lost, the comment is found and not posted again."""
    stage.fake.failures = [("POST", "comments", Failure(502, done=True))]

    put_comment(stage.hand(), 7, WANTED.body, LIVE)

    assert len(stage.fake.comments[7]) == 1


def test_a_refused_post_is_tried_once_more(stage: Stage) -> None:
    """Where the comment was not posted, it is after the second try."""
    stage.fake.failures = [("POST", "comments", Failure(503))]

    put_comment(stage.hand(), 7, WANTED.body, LIVE)

    assert len(stage.fake.comments[7]) == 1


def test_the_pause_that_github_asks_for_is_kept(stage: Stage) -> None:
    """A secondary rate limit is waited for as long as its header says."""
    limit = Failure(403, {"Retry-After": "17"}, '{"message": "You have exceeded a secondary rate limit"}')
    stage.fake.failures = [("POST", "comments", limit), ("POST", "statuses", Failure(429, {"Retry-After": "3"}))]

    bring_about(stage.hand(), 7, HEAD, WANTED)

    assert stage.slept == [17.0, 3.0]
    assert len(stage.fake.comments[7]) == 1


def test_a_limit_that_lasts_too_long_is_an_error(stage: Stage) -> None:
    """Nobody waits for an hour in a job that is paid by the minute."""
    stage.fake.failures = [("GET", "comments", Failure(403, {"Retry-After": "3600"}))]

    with pytest.raises(ApiFailed, match="403"):
        put_comment(stage.hand(), 7, WANTED.body, LIVE)
    assert stage.slept == []


def test_a_refused_status_stops_nothing_else(stage: Stage) -> None:
    """A 422 for the status is said, with the comment and the labels in place, and is not tried again."""
    stage.fake.failures = [("POST", "statuses", Failure(422))]

    with pytest.raises(CannotRun, match="with 422"):
        bring_about(stage.hand(), 7, HEAD, WANTED)

    assert len(stage.fake.comments[7]) == 1
    assert stage.slept == []


def test_labels_of_people_stay(stage: Stage) -> None:
    """Only labels that this program gives are taken off; with blanks and colons in their names."""
    stage.fake.labels[7] = ["good first issue", "next: author", "changes needed"]

    bring_about(stage.hand(), 7, HEAD, WANTED)

    assert set(stage.fake.labels[7]) == {"good first issue", *WANTED.labels}


def test_a_status_of_another_account_is_replaced(stage: Stage) -> None:
    """A green status that somebody else set under our name does not count as set."""
    stage.fake.statuses[HEAD] = [{"state": "success", "context": CONTEXT, "description": WANTED.status.description,
                                  "creator": {"login": "mallory", "type": "User"}}]

    bring_about(stage.hand(), 7, HEAD, WANTED)

    assert len(stage.fake.statuses[HEAD]) == 2


def test_the_pull_request_follows_from_the_head(stage: Stage, tmp_path: Path) -> None:
    """Account, branch and commit must all agree: another number, fork or commit with the same branch is not meant."""
    stage.fake.pulls = [make_pull(6, "9" * 40), make_pull(7, HEAD), make_pull(8, HEAD, owner="mallory")]
    event = tmp_path / "event.json"
    event.write_text(json.dumps(workflow_run(HEAD)), encoding="utf-8")

    head = read_event(event, ".github/workflows/pr.yml")

    assert [one.number for one in pulls_of(stage.hand().api, head)] == [7]
    assert head == Head("ana-perez", "dose", HEAD, ended=True, run=12)


@pytest.mark.parametrize("changes", [
    {"event": "push"}, {"path": ".github/workflows/evil.yml"}, {"head_repository": None}, {"head_sha": "$(id)"},
])
def test_other_events_are_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    """A run of another event, workflow or form is not acted on."""
    event = tmp_path / "event.json"
    sent = workflow_run(HEAD)
    sent["workflow_run"].update(changes)
    event.write_text(json.dumps(sent), encoding="utf-8")

    with pytest.raises(CannotRun):
        read_event(event, ".github/workflows/pr.yml")


def test_a_merge_commit_leads_to_its_pull_request(stage: Stage) -> None:
    """Of the pull requests that hold a commit, the one that was merged with it is meant."""
    merged = {"state": "closed", "merged_at": "2026-11-20T00:00:00Z"}
    stage.fake.by_commit[HEAD] = [make_pull(5, "3" * 40, **merged, merge_commit_sha="4" * 40),
                                  make_pull(7, "3" * 40, **merged, merge_commit_sha=HEAD), make_pull(9, "3" * 40)]

    assert [one.number for one in merged_pulls(stage.hand().api, HEAD)] == [7]


def test_an_answer_of_another_form_is_an_error(stage: Stage) -> None:
    """What is not what GitHub documents is refused, and never guessed at."""
    stage.fake.failures = [("GET", "comments", Failure(200, body='{"not": "a list"}'))]

    with pytest.raises(ApiFailed, match="another form"):
        put_comment(stage.hand(), 7, WANTED.body, LIVE)
