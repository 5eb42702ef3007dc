"""What a run takes from outside: the commit, the machine, the clock, the salt. Passed in, so that tests can give it."""

from __future__ import annotations

import datetime
import os
import platform
import secrets
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Surroundings:
    """Where and when a run happens."""

    commit: str | None
    run_url: str | None
    host: str
    salt: str
    now: Callable[[], datetime.datetime]
    seconds: Callable[[], float]


def surroundings(root: Path, work: Path) -> Surroundings:
    """The surroundings of this process."""
    return Surroundings(
        commit=_commit(root), run_url=_run_url(), host=_host(), salt=_salt(work),
        now=lambda: datetime.datetime.now(datetime.timezone.utc), seconds=time.monotonic,
    )


def _commit(root: Path) -> str | None:
    """The commit of the checkout, with ``-dirty`` where tasks, models or the program differ from it."""
    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, timeout=30
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    commit = git("rev-parse", "HEAD")
    changed = git("status", "--porcelain", "--", "tasks", "models.yaml", "ci")
    return f"{commit}-dirty" if commit and changed else commit


def _run_url() -> str | None:
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name) for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None


def _host() -> str:
    """The class of machine: system, architecture and processor count, and nothing that names it."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"


def _salt(work: Path) -> str:
    """The secret that salts withheld item ids: ``$COMMONS_SALT``, else one made once for this checkout."""
    if given := os.environ.get("COMMONS_SALT"):
        return given
    path = work / "salt"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(16))
    return path.read_text(encoding="utf-8").strip()
