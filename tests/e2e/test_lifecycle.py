"""The scheduled workflow of proposals: pull requests where there is a bot, issues where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.act import available
from tests.e2e.stage import DOOR_OF_THE_BOT, Stage, build
from tests.github.fake_api import serving
from tests.github.fake_proposals import FakeProposals

pytestmark = pytest.mark.skipif(bool(available()), reason=available())

OWNERS = ".github/CODEOWNERS"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A pool whose CODEOWNERS nobody wrote again after a task was merged."""
    with serving(FakeProposals(seen={"eval-commons": "2026-11-01T00:00:00Z"})) as github:
        assert isinstance(github, FakeProposals)
        made = build(tmp_path / "stage", ("last_word",), ("smollm2-135m-instruct",), github)
        github.remote = made.origin
        clone = made.clone()
        (clone / OWNERS).write_text("* @somebody-before\n", encoding="utf-8")
        made.commit(clone, "A task is merged", "refs/heads/main")
        yield made


def test_without_a_bot_a_proposal_is_an_issue(stage: Stage) -> None:
    """The workflow's own token opens issues and pushes nothing."""
    before = stage.git("for-each-ref")
    done = stage.weekly("lifecycle.yml")
    assert done.code == 0, done.text[-5000:]
    assert isinstance(stage.github, FakeProposals)
    (issue,) = stage.github.issues
    assert OWNERS in issue["body"]
    assert not stage.github.pulls
    assert stage.git("for-each-ref") == before


def test_with_a_bot_it_is_a_pull_request_with_the_change(stage: Stage) -> None:
    """The bot pushes a branch of its own with the one file, and main stays as it is."""
    main = stage.head()
    (stage.origin / "hooks" / "pre-receive").write_text(DOOR_OF_THE_BOT, encoding="utf-8")
    done = stage.weekly("lifecycle.yml", variables={"BOT_APP_ID": "12"})
    assert done.code == 0, done.text[-5000:]
    assert isinstance(stage.github, FakeProposals)
    (pull,) = stage.github.pulls
    branch = pull["head"]["ref"]
    assert branch.startswith("commons/lifecycle/")
    assert stage.git("diff", "--name-only", f"main..{branch}") == OWNERS
    assert stage.head() == main
    assert {one.authorization for one in stage.github.asked} == {"Bearer bot-token"}
