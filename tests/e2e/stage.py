"""A pool on a bare remote with a fake GitHub before it: where the workflows are played."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.builders import REPOSITORY_ROOT
from tests.e2e.act import ACTIONS, Order, Outcome, run
from tests.github.fake_api import REPOSITORY, FakeGitHub, make_pull, workflow_run

#: What of this repository a pool needs to run its own workflows.
PROGRAM = (".github", "ci", "site", "constraints.txt", "pyproject.toml", "Makefile", "MAINTAINERS", ".gitignore",
           ".gitattributes", "LICENSE")
#: What GitHub gives a job that may write. The workflow of pull requests is played without any.
TOKEN = {"GITHUB_TOKEN": "a-token-of-the-job"}


def _door(token: str) -> str:
    """A hook that lets nobody push without a token, as on GitHub. Git's transport of files hands the header on."""
    header = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return f"""#!/bin/sh
case "${{STAGE:-}} ${{GIT_CONFIG_VALUE_0:-}}" in the-test* | *"Basic {header}") exit 0 ;; esac
echo "Permission to push denied: no token" >&2
exit 1
"""


DOOR, DOOR_OF_THE_BOT = _door(TOKEN["GITHUB_TOKEN"]), _door("bot-token")
_IDENTITY = ("-c", "user.name=A person", "-c", "user.email=person@example.org", "-c", "commit.gpgsign=false",
             "-c", "core.hooksPath=/dev/null")


@dataclass
class Stage:
    """The remote, the fake API, and the places where artifacts and pages go."""

    folder: Path
    github: FakeGitHub
    _clones: int = field(default=0, init=False)

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.folder / "origin.git"

    @property
    def pages(self) -> Path:
        """The site as it was deployed last."""
        return self.folder / "pages"

    @property
    def artifacts(self) -> Path:
        """What the last run uploaded."""
        return self.folder / "artifacts"

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        """What git says in a clone, or in the remote."""
        done = subprocess.run(["git", *_IDENTITY, "-C", str(folder or self.origin), *arguments], check=False,
                              capture_output=True, text=True, errors="replace", env={
                                  "PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_GLOBAL": os.devnull,
                                  "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C", "STAGE": "the-test"})
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    def clone(self, ref: str = "main") -> Path:
        """A fresh clone, checked out at ``ref``; its origin reads as on GitHub."""
        self._clones += 1
        target = self.folder / f"clone-{self._clones}"
        self.git("clone", "--quiet", str(self.origin), str(target), folder=self.folder)
        self.git("fetch", "--quiet", "origin", ref, folder=target)
        self.git("checkout", "--quiet", "--detach", "FETCH_HEAD", folder=target)
        return target

    def commit(self, clone: Path, message: str, ref: str) -> str:
        """Commit all of a clone and push it to ``ref`` of the remote; the commit."""
        self.git("add", "--all", "--force", ".", folder=clone)
        self.git("commit", "--quiet", "--allow-empty", "-m", message, folder=clone)
        self.git("push", "--quiet", "--force", str(self.origin), f"HEAD:{ref}", folder=clone)
        return self.git("rev-parse", "HEAD", folder=clone)

    def head(self, ref: str = "main") -> str:
        """The commit that ``ref`` of the remote stands at."""
        return self.git("rev-parse", f"refs/heads/{ref}")

    def open_pull(self, number: int, clone: Path, message: str = "Add a task", **changes: Any) -> str:
        """A stranger's pull request with all that was changed in ``clone``; its head."""
        sha = self.commit(clone, message, f"refs/pull/{number}/head")
        self.github.pulls = [one for one in self.github.pulls if one["number"] != number]
        self.github.pulls.append(make_pull(number, sha, branch=f"change-{number}", **changes))
        return sha

    def play(self, workflow: str, event: str, payload: Mapping[str, Any], clone: Path, **more: Any) -> Outcome:
        """Run a workflow file as it stands in ``clone``."""
        remote = f"https://github.com/{REPOSITORY}.git"
        self.git("remote", "set-url", "origin", remote, folder=clone)
        # What starts by the clock says nothing about the repository.
        known = {} if "schedule" in payload else {"repository": {
            "default_branch": "main", "full_name": REPOSITORY, "owner": {"login": "pool"}, "name": "commons"}}
        whole = {**known, **payload}
        order = Order(clone, workflow, event, whole, **more)
        parts = urlsplit(self.github.url)
        return run(order, self.folder, self.origin, (parts.hostname or "", parts.port or 0))

    def try_pull(self, number: int, **more: Any) -> Outcome:
        """The pull request's own workflow file tries it, as GitHub starts it."""
        pull = next(one for one in self.github.pulls if one["number"] == number)
        payload = {"action": "opened", "number": number, "pull_request": {**pull, "base": {
            **pull["base"], "sha": self.head(), "ref": "main"}}}
        outcome = self.play("pr.yml", "pull_request", payload, self.clone(f"refs/pull/{number}/head"), **more)
        self.github.runs = [{"id": 12, "path": ".github/workflows/pr.yml", "head_sha": pull["head"]["sha"],
                             "event": "pull_request"}]
        # GitHub keeps what a run uploaded, and gives it to whoever asks for it later.
        self.github.artifacts = self.folder / "uploaded"
        shutil.rmtree(self.github.artifacts, ignore_errors=True)
        shutil.copytree(self.artifacts, self.github.artifacts, symlinks=True)
        return outcome

    def judge_pull(self, number: int, *, action: str = "completed", **more: Any) -> Outcome:
        """The default branch's workflow judges it, when its trial has ended."""
        pull = next(one for one in self.github.pulls if one["number"] == number)
        head = pull["head"]
        payload = workflow_run(head["sha"], owner=head["repo"]["owner"]["login"], branch=head["ref"])
        payload["action"] = action
        return self.play("pr-comment.yml", "workflow_run", payload, self.clone(), **{"secrets": TOKEN, **more})

    def merge_pull(self, number: int) -> str:
        """What a maintainer's click does: the branch is merged, and GitHub remembers by which commit."""
        clone = self.clone()
        self.git("fetch", "--quiet", str(self.origin), f"refs/pull/{number}/head", folder=clone)
        self.git("merge", "--quiet", "--no-ff", "-m", f"Merge pull request #{number}", "FETCH_HEAD", folder=clone)
        sha = self.git("rev-parse", "HEAD", folder=clone)
        self.git("push", "--quiet", str(self.origin), "HEAD:refs/heads/main", folder=clone)
        pull = next(one for one in self.github.pulls if one["number"] == number)
        pull.update({"state": "closed", "merged_at": "2026-11-23T12:00:00Z", "merge_commit_sha": sha})
        self.github.by_commit[sha] = [pull]
        return sha

    def weekly(self, workflow: str, **more: Any) -> Outcome:
        """What starts by the clock, on the default branch."""
        clone = self.clone()
        self.git("checkout", "--quiet", "-B", "main", folder=clone)
        return self.play(workflow, "schedule", {"schedule": "17 3 * * 1"}, clone, **{"secrets": TOKEN, **more})

    def evaluate(self, **more: Any) -> Outcome:
        """The evaluation that a push to main starts, or with ``inputs`` a person."""
        inputs = more.pop("inputs", None)
        event = "push" if inputs is None else "workflow_dispatch"
        payload = {"ref": "refs/heads/main"} if inputs is None else {"inputs": inputs, "ref": "refs/heads/main"}
        return self.play("evaluate.yml", event, payload, self.clone(), **{"secrets": TOKEN, **more})


def put_task(work: Path, name: str, *, rows: int, owner: str = "eval-commons") -> Path:
    """A task of this repository with its first ``rows`` items, so that models are quick with it; its folder."""
    folder = work / "tasks" / name
    shutil.copytree(REPOSITORY_ROOT / "tasks" / name, folder)
    data = folder / "data" / "test.jsonl"
    data.write_text("".join(data.read_text(encoding="utf-8").splitlines(keepends=True)[:rows]), encoding="utf-8")
    card = (folder / "card.yaml").read_text(encoding="utf-8").replace("[eval-commons]", f"[{owner}]")
    honest = re.sub(r"smallest_difference: .*", "smallest_difference: 0.7", card)
    (folder / "card.yaml").write_text(honest, encoding="utf-8")
    return folder


def build(folder: Path, tasks: tuple[str, ...], models: tuple[str, ...], github: FakeGitHub) -> Stage:
    """A remote that holds this program, some of its tasks and models, and no results."""
    stage = Stage(folder, github)
    work = folder / "first"
    work.mkdir(parents=True)
    for name in PROGRAM:
        source = REPOSITORY_ROOT / name
        if source.is_dir():
            shutil.copytree(source, work / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        elif source.is_file():
            shutil.copy2(source, work / name)
    # The one part that downloads, and that no test runs: setting the machine up.
    shutil.copy2(ACTIONS / "setup" / "action.yml", work / ".github" / "actions" / "setup" / "action.yml")
    for task in tasks:
        put_task(work, task, rows=12)
    (work / "models.yaml").write_text(_only(models), encoding="utf-8")
    stage.git("init", "--quiet", "--bare", "--initial-branch=main", str(stage.origin), folder=folder)
    stage.git("config", "uploadpack.allowAnySHA1InWant", "true")
    door = stage.origin / "hooks" / "pre-receive"
    door.write_text(DOOR, encoding="utf-8")
    door.chmod(0o755)
    stage.git("init", "--quiet", "--initial-branch=main", str(work), folder=folder)
    stage.commit(work, "A pool", "refs/heads/main")
    return stage


def _only(models: tuple[str, ...]) -> str:
    """The entries of these models from the repository's own ``models.yaml``."""
    head, *entries = re.split(r"(?m)^(?=  - id: )", (REPOSITORY_ROOT / "models.yaml").read_text(encoding="utf-8"))
    kept = [one for one in entries if one.splitlines()[0].removeprefix("  - id: ") in models]
    return head + "".join(kept)
