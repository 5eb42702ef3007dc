"""``commons land`` as a person and a workflow use it: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.running import commons, environment
from tests.evaluate.planning import plan_file
from tests.github.landing import Scene, answering_by_rule, git, stage

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A pool with one model, whose shard was run."""
    with answering_by_rule():
        return stage(tmp_path_factory.mktemp("made"), 1)


@pytest.fixture
def scene(made: Scene, tmp_path: Path) -> Scene:
    """The same with a remote of this test's own."""
    return made.copy(tmp_path / "remote.git")


@pytest.fixture
def arguments(scene: Scene, tmp_path: Path) -> tuple[str, ...]:
    """How the command is called, in a fresh checkout beside which plan and shards lie."""
    pool = scene.clone(tmp_path / "checkout")
    path = plan_file(pool, scene.plans[0], "../plan.json")
    return ("land", "--plan", str(path), str(scene.shards[0]))


def test_a_run_lands_and_the_message_is_kept(scene: Scene, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """First with everything, then with nothing to do; both end with 0."""
    summary = tmp_path / "summary.md"
    first = commons(*arguments, "--message", str(summary), "--run-url", "https://example.org/7",
                    cwd=tmp_path / "checkout")
    kept = summary.read_text()
    second = commons(*arguments, "--json", cwd=tmp_path / "checkout")

    assert first.code == 0, first.err
    assert "Results: 2 cells (2 new) [skip ci]" in first.out
    assert f"Landed as {git(scene.remote, 'rev-parse', 'main')[:12]}." in first.out
    assert kept.strip() == git(scene.remote, "show", "-s", "--format=%B", "main")
    assert kept.endswith("Run: https://example.org/7\n")
    assert second.code == 0
    assert (json.loads(second.out)["state"], json.loads(second.out)["whole"]) == ("nothing", True)


def test_what_is_missing_ends_with_1_and_what_is_refused_with_2(
    scene: Scene, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """Nothing delivered; then a branch that is protected, an address that is none, and a remote that is not there."""
    (tmp_path / "empty").mkdir()
    checkout = tmp_path / "checkout"
    empty = commons(*arguments[:-1], str(tmp_path / "empty"), cwd=checkout)
    odd = commons(*arguments, "--run-url", "nowhere", cwd=checkout)
    gone = commons(*arguments, "--remote", "gone", cwd=checkout)
    scene.forbid("No direct pushes.")
    protected = commons(*arguments, cwd=checkout)

    assert empty.code == 1
    assert "say on m0: missing. No shard left it." in empty.out
    assert "Nothing to land" in empty.out
    assert (odd.code, gone.code, protected.code) == (2, 2, 2)
    assert "The address of --run-url is none." in odd.err
    assert "has no remote `gone`" in gone.err
    assert "refused the results: pre-receive hook declined: No direct pushes." in protected.err
    assert "stays in this checkout" in protected.err


def test_it_can_be_committed_first_and_pushed_later(scene: Scene, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """With the identity that the environment gives."""
    who = {"GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@example.org"}
    first = commons(*arguments, "--no-push", cwd=tmp_path / "checkout", **who)
    before = scene.log()
    second = commons(*arguments, cwd=tmp_path / "checkout", **who)

    assert (first.code, second.code) == (0, 0)
    assert "and not pushed. Push it" in first.out
    assert before == ["The pool"]
    assert scene.log("%an, %cn")[0] == "Ana, eval-commons[bot]"


def test_killed_while_it_pushes_it_is_completed_by_the_same_command(
    scene: Scene, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """A real ``kill -9`` of the command and its git, while the remote thinks about the push."""
    hook = scene.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/pushing\nsleep 600\n")
    hook.chmod(0o755)
    with subprocess.Popen([sys.executable, "-m", "commons", *arguments], cwd=tmp_path / "checkout",
                          env=environment(), start_new_session=True) as process:
        while not (tmp_path / "pushing").exists() and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    hook.unlink()
    before = scene.log()
    ran = commons(*arguments, cwd=tmp_path / "checkout")

    assert before == ["The pool"]
    assert ran.code == 0, ran.err
    assert scene.log() == ["Results: 2 cells (2 new) [skip ci]", "The pool"]
    assert git(tmp_path / "checkout", "status", "--porcelain") == ""
