"""The low-risk lane's second step: what the bot's token does, from numbers and digests alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from commons.cli import cli
from commons.errors import CannotRun
from commons.github.lane_merge import Ending
from tests.github.fake_api import REPOSITORY, FakeGitHub, serving
from tests.github.test_lane import BY_US, Lane, clean, verb

MERGES = [("POST", "/issues/7/labels"), ("PUT", "/pulls/7/merge"),
          ("POST", "/actions/workflows/evaluate.yml/dispatches")]


@pytest.fixture
def lane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lane]:
    """An owner's fix that the lane takes; the working directory is an empty folder."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with serving(FakeGitHub()) as fake:
        one = Lane(fake, tmp_path)
        one.edit("README.md", "\n", "\nAnother word.\n")
        yield one.opened()


def second_step(lane: Lane, *more: str, sha: str | None = None, base: str | None = None) -> Result:
    """``commons github merge --decided``, with the bot's token."""
    known = {"GITHUB_API_URL": lane.fake.url, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": "the-bots"}
    given = ["--pull", "7", "--sha", lane.sha if sha is None else sha,
             "--base-sha", lane.fake.tip if base is None else base]
    return CliRunner().invoke(cli, ["github", "merge", "--decided", *given, *more], env=known, standalone_mode=False)


def test_deciding_tells_the_next_step_and_writes_nothing(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outputs say that it is to be merged, and on which main line that was decided."""
    monkeypatch.setattr("commons.github.lane_decide.decide_again.__defaults__", (clean,))
    outputs = lane.folder / "outputs"

    done = verb(lane, "merge", "--pull", "7", "--sha", lane.sha, "--report", str(lane.order.report), "--lane-open",
                "open", "--outputs", str(outputs))

    assert done.return_value == 0, (done.output, done.exception)
    assert done.output == "#7 would be merged.\n"
    assert outputs.read_text(encoding="utf-8") == f"merge=true\nbase={lane.fake.tip}\n"
    assert lane.fake.written() == []


def test_what_decides_cannot_be_told_to_write(lane: Lane) -> None:
    """The step that reads contributed files has no use for a token that may write."""
    assert "writes nothing" in repr(verb(lane, "merge", "--pull", "7", "--sha", lane.sha, "--execute").exception)


def test_the_merge_needs_no_repository(lane: Lane) -> None:
    """In a folder that holds nothing it merges, so it can have read nothing of the pull request."""
    done = second_step(lane, "--execute")

    assert done.return_value == 0, (done.output, done.exception)
    assert done.output.endswith("#7 is merged.\n")
    assert lane.fake.written() == MERGES
    assert {one.authorization for one in lane.fake.asked if one.method != "GET"} == {"Bearer the-bots"}


def test_both_commits_are_named_in_full(lane: Lane) -> None:
    """Neither the head nor the main line is guessed."""
    for done in (second_step(lane, base=""), second_step(lane, base="9" * 12), second_step(lane, sha=lane.sha[:12])):
        assert "whole digest" in repr(done.exception)
    assert lane.fake.asked == []


@pytest.mark.parametrize(("changes", "reason"), [
    ({"draft": True}, "a draft"), ({"labels": [{"name": "Hold"}]}, "label hold"), ({"state": "closed"}, "is closed"),
    ({"mergeable": False}, "conflicts"),
])
def test_what_changed_since_it_was_decided_stops_it(lane: Lane, changes: dict[str, Any], reason: str) -> None:
    """GitHub is asked again about whatever a person can do in between; stopping is no failure."""
    lane.fake.pulls[0].update(changes)

    done = second_step(lane, "--execute")

    assert done.return_value == 0
    assert reason in done.output
    assert lane.fake.written() == []


def test_a_push_a_review_and_another_status_stop_it(lane: Lane) -> None:
    """The head, the reviews and the required status are as they were, or nothing is merged."""
    base = lane.fake.tip
    lane.fake.reviews[7] = [{"user": {"login": "bo", "type": "User"}, "state": "CHANGES_REQUESTED"}]
    assert "review asks" in lane.bring_about(base).reasons[0]
    lane.fake.reviews.clear()

    for status in ({**BY_US, "state": "failure"}, {**BY_US, "creator": {"login": "mallory", "type": "User"}}):
        lane.fake.statuses[lane.sha].append(status)
        assert "is no success" in lane.bring_about(base).reasons[0]
        lane.fake.statuses[lane.sha].pop()

    lane.fake.pulls[0]["head"]["sha"] = "9" * 40
    assert "another commit" in lane.bring_about(base).reasons[0]
    assert lane.fake.written() == []


def test_a_main_line_that_moved_on_since_stops_it(lane: Lane) -> None:
    """What was decided about another main line is decided again."""
    with pytest.raises(CannotRun, match="moved on"):
        lane.bring_about("9" * 40)
    assert lane.fake.written() == []

    assert lane.bring_about(lane.fake.tip) == Ending(True)
