"""A pool in git with a bare remote and a fake GitHub: the stage on which proposals are made."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from pathlib import Path

from commons.harness import HARNESS_VERSION
from commons.pool.hashing import protocol_hash
from tests.publish.synthetic import Pool, model, rows

DATES = {"GIT_AUTHOR_DATE": "2026-11-02T00:00:00Z", "GIT_COMMITTER_DATE": "2026-11-02T00:00:00Z"}
MODELS = ("one", "two", "three")
OLD = "2024-01-01"


class Stage:
    """A checkout of ``main`` and its remote."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "pool"
        self.remote = folder / "remote.git"
        self.pool = Pool(self.root)
        self.pool.models(*(model(name) for name in MODELS))
        (self.root / "MAINTAINERS").write_text("mia\n")
        (self.root / ".github").mkdir()
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.remote)], check=True)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", str(self.remote))

    def git(self, *arguments: str, **environment: str) -> str:
        """Run git as somebody."""
        people = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        done = subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True,
                              env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **people, **DATES, **environment})
        return done.stdout.strip()

    def merged(self, message: str = "work") -> str:
        """Commit everything and push it to the default branch."""
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.git("push", "-q", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")

    def task(self, name: str, state: str = "active", since: str = "2026-11-01", **changes: object) -> None:
        """Write a task."""
        self.pool.task(name, **{"lifecycle": {"state": state, "since": since}, "owners": ["ada"], **changes})

    def owners_file(self) -> None:
        """Write the file of owners as it must be."""
        from commons.github.owners import CODEOWNERS_FILE, codeowners_of

        (self.root / CODEOWNERS_FILE).write_text(codeowners_of(self.pool.repository) or "")

    def measured(self, task: str, models: tuple[str, ...] = MODELS, commit: str = "") -> None:
        """Write whole cells that were measured at a commit, the checkout's where none is named."""
        for name in models:
            self.pool.cell(task, name, rows([1.0, 0.0, 1.0]), protocol_hash=protocol_hash(HARNESS_VERSION))
            cell = self.pool.repository.ledger.cell(task, name)
            assert cell is not None
            provenance = cell.provenance.model_copy(update={"commit": commit or self.git("rev-parse", "HEAD")})
            self.pool.repository.ledger.write_cell(dataclasses.replace(cell, provenance=provenance))

    def pushed(self) -> set[str]:
        """Our branches on the remote."""
        said = self.git("ls-remote", "origin", "refs/heads/commons/*")
        return {line.partition("\trefs/heads/")[2] for line in said.splitlines()}

    def changes(self, branch: str) -> dict[str, str]:
        """What a branch of the remote changes against the default branch, by path; the branch is one commit on it."""
        self.git("fetch", "-q", "origin", "main", branch)
        tip = self.git("ls-remote", "origin", f"refs/heads/{branch}").split()[0]
        assert self.git("rev-list", "--count", f"HEAD..{tip}") == "1"
        paths = self.git("diff", "--name-only", f"HEAD...{tip}").splitlines()
        return {path: self.git("show", f"{tip}:{path}") + "\n" for path in paths}
