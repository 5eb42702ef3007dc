"""What a run takes from outside: the commit, the machine, the clock, the salt. Passed in, so that tests can give it."""

from __future__ import annotations

import datetime
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile
from commons.pool.git import GitFailed, Stored, commit_of, is_stored, stored_below
from commons.pool.models import MODELS_FILE
from commons.pool.repository import TASKS_FOLDER
from commons.pool.secret import kept_secret
from commons.pool.walk import files_below

#: What decides a number: the tasks, the models beside them, and the program.
_COUNTED_FOLDERS = (TASKS_FOLDER, "ci")
_CACHES = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".DS_Store"})
#: A pool of many thousand tasks is in order; folders without end are not.
_DEPTH, _FILES = 32, 1_000_000

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
    try:
        commit = commit_of(root, "HEAD")
    except GitFailed:
        return None
    try:
        same = _is_clean(root, stored_below(root, commit, [*_COUNTED_FOLDERS, MODELS_FILE]))
    except (BadFile, GitFailed, OSError):
        # What cannot be compared cannot be vouched for.
        same = False
    return commit if same else f"{commit}-dirty"


def _is_clean(root: Path, stored: Mapping[str, Stored]) -> bool:
    """Whether the files that count are those of the commit, byte for byte; files that it does not know count too."""
    now = {MODELS_FILE: root / MODELS_FILE} if os.path.lexists(root / MODELS_FILE) else {}
    for folder in _COUNTED_FOLDERS:
        for path in files_below(root / folder, max_depth=_DEPTH, max_files=_FILES, caches=False):
            name = path.relative_to(root).as_posix()
            # The list of caches is ours: a contributed .gitignore could hide a file from git's own.
            if not _is_cache(name):
                now[name] = path
    known = {name for name, one in stored.items() if (one.is_file or one.is_link) and not _is_cache(name)}
    return known == now.keys() and all(is_stored(path, stored[name]) for name, path in now.items())


def _is_cache(name: str) -> bool:
    """Whether a file is, or lies in, what programs keep for themselves."""
    return any(part in _CACHES or part.endswith((".egg-info", ".part")) for part in name.split("/"))


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
    return kept_secret(work / "salt")
