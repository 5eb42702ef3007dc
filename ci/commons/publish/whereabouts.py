"""Where the pool and its site stand on the web, as far as the surroundings say: a workflow's, or git's."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from commons.errors import CannotRun
from commons.pool.git import GitFailed, git
from commons.publish.frame import Place

_GITHUB = "https://github.com"
#: ``git@host:owner/name.git``, as ssh writes addresses.
_SCP = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w-]+(?:\.[\w-]+)+):(?P<path>[\w.-][\w./-]*)")
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PATH = re.compile(r"/[A-Za-z0-9_.~-]+(/[A-Za-z0-9_.~-]+)+")


def place_of(root: Path, base_url: str | None = None, repository_url: str | None = None) -> Place:
    """Where the pool at ``root`` stands: as it is said, else as a workflow's environment says, else git's ``origin``.

    Raises:
        CannotRun: an address that was given is no web address.
    """
    repository = _given(repository_url, "--repository-url") or _of_workflow(os.environ) or _of_origin(root)
    return Place(_given(base_url, "--base-url") or _pages_of(repository), repository)


def _given(address: str | None, option: str) -> str | None:
    if not address:
        return None
    parts = urlsplit(address)
    is_plain = parts.hostname and "@" not in parts.netloc and not parts.query and not parts.fragment
    if parts.scheme not in {"http", "https"} or not is_plain:
        raise CannotRun(f"{option} is no web address.",
                        mend="Write one such as https://example.org/pool, without a question mark or a password.")
    return address.rstrip("/")


def _of_workflow(environment: Mapping[str, str]) -> str | None:
    server, name = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    return _web(f"{server}/{name}") if server and name else None


def _of_origin(root: Path) -> str | None:
    if not os.path.lexists(root / ".git"):
        # The pool lies in a repository of something else, or in none.
        return None
    try:
        said = git(root, "config", "--get", "remote.origin.url").decode("utf-8", "replace").strip()
    except GitFailed:
        return None
    if found := _SCP.fullmatch(said):
        return _web(f"https://{found['host']}/{found['path']}")
    return _web(said)


def _web(address: str) -> str | None:
    """The address of a forge's page; None for anything else, such as a folder. Names and passwords are taken out."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port and parts.scheme in {"http", "https"} else ""
    except ValueError:
        return None
    path = parts.path.rstrip("/").removesuffix(".git")
    if parts.scheme not in {"http", "https", "ssh", "git+ssh"} or not _HOST.fullmatch(parts.hostname or "") \
            or not _PATH.fullmatch(path) or ".." in path:
        return None
    return f"{'http' if parts.scheme == 'http' else 'https'}://{parts.hostname}{port}{path}"


def _pages_of(repository: str | None) -> str | None:
    """Where GitHub Pages puts the site of a repository on github.com; None elsewhere."""
    if repository is None or not repository.startswith(f"{_GITHUB}/"):
        return None
    owner, _, name = repository.removeprefix(f"{_GITHUB}/").partition("/")
    home = f"{owner.lower()}.github.io"
    return f"https://{home}" if name.lower() == home else f"https://{home}/{name}"
