"""``commons lifecycle`` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import Ran, commons
from tests.github.fake_api import REPOSITORY, Failure, serving
from tests.github.fake_proposals import FakeProposals
from tests.github.lifecycle_pool import OLD, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A pool with a task that nobody looks after."""
    stage = Stage(tmp_path)
    stage.task("sums", since=OLD)
    stage.owners_file()
    stage.merged()
    return stage


def lifecycle(stage: Stage, fake: FakeProposals, *options: str, token: bool = True) -> Ran:
    """Run the verb."""
    return commons("lifecycle", "--repository", REPOSITORY, "--today", "2026-12-31", *options, cwd=stage.root,
                   GITHUB_API_URL=fake.url, GITHUB_TOKEN="a-token" if token else "")


def test_the_json_is_one_document_also_where_something_is_done(stage: Stage) -> None:
    """Machines read steps from standard output; what was done is said beside it."""
    with serving(FakeProposals(remote=stage.remote)) as fake:
        ran = lifecycle(stage, fake, "--json", "--execute")

    assert ran.code == 0, ran.err
    assert json.loads(ran.out) == {"broken": {}, "failed": [], "steps": [{
        "action": "open", "files": [], "form": "issue", "number": None, "slug": "absent-owners--sums",
        "title": "A new owner is wanted: sums", "why": "No owner of the task `sums` was seen here since 2024-01-01."}]}
    assert "did open an issue: A new owner is wanted: sums" in ran.err


def test_who_was_seen_lately_is_about(stage: Stage) -> None:
    """An owner's newest commit is asked of GitHub, and then nothing is to be proposed."""
    with serving(FakeProposals(remote=stage.remote, seen={"ada": "2026-12-01T00:00:00Z"})) as fake:
        ran = lifecycle(stage, fake, token=False)

    assert (ran.code, ran.out) == (0, "Nothing is to be proposed.\n")


def test_what_is_missing_is_said(stage: Stage) -> None:
    """No token, an unknown proposer and a GitHub without an answer each end with 2, and write nothing."""
    with serving(FakeProposals(remote=stage.remote)) as fake:
        dumb = lifecycle(stage, fake, "--execute", token=False)
        unknown = lifecycle(stage, fake, "--only", "nothing")
        fake.failures = [("GET", "^/issues$", Failure(403))]
        closed = lifecycle(stage, fake, "--execute")
        written = fake.written()

    assert (dumb.code, unknown.code, closed.code, written) == (2, 2, 2, [])
    assert "GITHUB_TOKEN" in dumb.err
    assert "owners-file" in unknown.err
    assert "permission" in closed.err
