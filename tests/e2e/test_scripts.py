"""The small scripts that workflows call: credentials by the environment, objects without files, no network."""

from __future__ import annotations

import base64
import os
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.builders import REPOSITORY_ROOT
from tests.e2e.act import available

CREDENTIALS = REPOSITORY_ROOT / "ci" / "with-credentials.sh"
#: Prints the environment, and the text and mode of the key file that git's ssh would use.
LOOK = 'env; set -- $GIT_SSH_COMMAND; [ -z "${3:-}" ] || { cat "$3"; ls -l "$3"; echo "file=$3"; }'


def _run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False,
                          env={"PATH": os.environ["PATH"], **environment})


def test_a_token_is_handed_on_as_gits_own_setting() -> None:
    """Git sends it as a header; the variable that it came in is gone."""
    done = _run(CREDENTIALS, "sh", "-c", LOOK, TOKEN="a-token")
    header = base64.b64encode(b"x-access-token:a-token").decode()
    assert "GIT_CONFIG_KEY_0=http.extraHeader\n" in done.stdout
    assert f"GIT_CONFIG_VALUE_0=Authorization: Basic {header}\n" in done.stdout
    assert not re.search(r"^(TOKEN|DEPLOY_KEY)=", done.stdout, re.MULTILINE)


def test_a_deploy_key_is_a_private_file_for_as_long_as_the_command_runs() -> None:
    """The key goes before the token; addresses of the server lead to ssh, and the file is gone afterwards."""
    done = _run(CREDENTIALS, "sh", "-c", LOOK, TOKEN="a-token", DEPLOY_KEY="-----KEY-----")
    assert "GIT_CONFIG_KEY_0=url.ssh://git@github.com/.insteadOf\n" in done.stdout
    assert "GIT_CONFIG_VALUE_0=https://github.com/\n" in done.stdout
    assert "-----KEY-----\n-rw-------" in done.stdout
    assert not Path(done.stdout.rpartition("file=")[2].strip()).exists()
    assert not re.search(r"^(TOKEN|DEPLOY_KEY)=", done.stdout, re.MULTILINE)


def test_without_credentials_the_command_runs_as_it_is() -> None:
    """A public pool needs none to read; how the command ended is how the script ends."""
    done = _run(CREDENTIALS, "sh", "-c", "env; exit 3")
    assert done.returncode == 3
    assert "GIT_" not in done.stdout


@pytest.mark.parametrize("text", ["", "main", "--upload-pack=touch x", "0123 4567", "ABCDEF"])
def test_only_a_commit_is_fetched(text: str) -> None:
    """What is no digest could be an option or a branch that moves."""
    done = _run(REPOSITORY_ROOT / "ci" / "fetch-head.sh", text)
    assert done.returncode == 2
    assert "This is no commit" in done.stderr


def _planned(folder: Path, **inputs: str) -> list[str]:
    """What the plan's step of ``evaluate.yml`` calls ``commons`` with, where a run is started with these inputs."""
    workflow = yaml.safe_load((REPOSITORY_ROOT / ".github" / "workflows" / "evaluate.yml").read_text(encoding="utf-8"))
    (step,) = (one for one in workflow["jobs"]["plan"]["steps"] if one.get("id") == "plan")
    stand_in = folder / "commons"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$ASKED"\n')
    stand_in.chmod(0o755)
    given = {**dict.fromkeys(step["env"], ""), "PATH": f"{folder}:{os.environ['PATH']}",
             **dict.fromkeys(("RUNNER_TEMP", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"), "file"),
             "ASKED": str(folder / "asked"), **inputs}
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], env=given, cwd=folder, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "asked").read_text().splitlines()


@pytest.mark.parametrize(
    ("given", "names"),
    [("", []), ("format", ["format"]), ("canonical, format-1,robustness  fairness", [
        "canonical", "format-1", "robustness", "fairness"]), (" , ", []), ("$(touch x);`touch x`", [
            "$(touch", "x);`touch", "x`"])],
)
def test_variants_are_handed_to_the_plan_as_they_are_named(tmp_path: Path, given: str, names: list[str]) -> None:
    """Separated by spaces or commas, each an option of its own, and never part of a line that the shell reads."""
    asked = _planned(tmp_path, VARIANTS=given, TASKS="say", MODELS="one two")

    assert [asked[place + 1] for place, one in enumerate(asked) if one == "--variant"] == names
    assert [asked[place + 1] for place, one in enumerate(asked) if one == "--model"] == ["one", "two"]
    assert asked[-2:] == ["--", "say"]
    assert not (tmp_path / "x").exists()


@pytest.mark.skipif(bool(available()), reason=available())
def test_offline_there_is_no_network_at_all() -> None:
    """Not even a service of the same machine can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)"
        assert _run(sys.executable, "-c", connect).returncode == 0
        done = _run(REPOSITORY_ROOT / "ci" / "offline.sh", sys.executable, "-c", connect)
    assert done.returncode == 1
    assert "unreachable" in done.stderr


@pytest.mark.parametrize("path", sorted((REPOSITORY_ROOT / "ci").glob("*.sh")), ids=lambda path: path.name)
def test_scripts_can_be_run(path: Path) -> None:
    """Git keeps the bit, and a workflow calls them by name."""
    assert stat.S_IMODE(path.stat().st_mode) & 0o111
