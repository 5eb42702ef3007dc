"""Git where it writes, in one place: what may be spoken, what of the surroundings is kept, and whose name a commit has.

Unlike in ``pool/git.py``, helpers of credentials stay as they are: such a checkout is ours, and pushes. Hooks, monitors
and signatures are off, and nothing but https, ssh and a local path is spoken.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.pool.git import GitFailed

BOT = "eval-commons[bot]"
BOT_ADDRESS = "eval-commons[bot]@users.noreply.github.com"

_SECONDS = 300
_SETTINGS = (
    "safe.bareRepository=explicit", "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.pager=cat",
    "commit.gpgsign=false", "push.gpgSign=false", "push.followTags=false", "gc.auto=0", "maintenance.auto=false",
    "submodule.recurse=false", "push.recurseSubmodules=no", "fetch.recurseSubmodules=no",
)  # fmt: skip
#: What says how to reach a remote and whose name a commit has is kept; what points to another repository, index or
#: kind of path is not: a hook of git sets some of that for all that it starts.
_KEPT = re.compile(r"GIT_(CONFIG.*|SSH.*|ASKPASS|HTTP.*|SSL.*|PROXY.*|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|"
                   r"(AUTHOR|COMMITTER)_(NAME|EMAIL|DATE))")
_ALWAYS = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_PAGER": "cat",
           "GIT_LITERAL_PATHSPECS": "1", "GIT_ALLOW_PROTOCOL": "https:ssh:file", "LC_ALL": "C"}
#: An address may carry a token; what git says is shown to people.
_SECRET = re.compile(r"(?<=://)[^/\s@]+@")


@dataclass(frozen=True)
class Said:
    """What git answered: how it ended, its output, and its messages. ``code`` is None where it took too long."""

    code: int | None
    out: bytes
    messages: str

    @property
    def reason(self) -> str:
        """The messages on one line, for people."""
        lines = [line.removeprefix("fatal: ").removeprefix("error: ").strip().rstrip(".")
                 for line in self.messages.splitlines() if not line.startswith(("hint:", "To "))]
        return "; ".join(line for line in lines if line) or f"it ended with {self.code}"


def run_git(root: Path, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None) -> Said:
    """Run git in ``root`` with its own credentials, but without its hooks; ``more`` is environment.

    Raises:
        GitFailed: it cannot be started.
    """
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("GIT_") or _KEPT.fullmatch(name)}
    for role in ("AUTHOR", "COMMITTER"):
        if not any(f"GIT_{role}_{part}" in environment for part in ("NAME", "EMAIL")):
            environment |= {f"GIT_{role}_NAME": BOT, f"GIT_{role}_EMAIL": BOT_ADDRESS}
    command = ["git", "--no-pager", *(part for setting in _SETTINGS for part in ("-c", setting)), *arguments]
    try:
        done = subprocess.run(command, cwd=root, input=given, capture_output=True, check=False, timeout=_SECONDS,
                              env={**environment, **_ALWAYS, **(more or {})})
    except subprocess.TimeoutExpired:
        return Said(None, b"", f"`git {arguments[0]}` gave no answer in {_SECONDS} s")
    except OSError as error:
        raise GitFailed(f"`git {arguments[0]}` cannot be started: {error}.",
                        mend="Install git, or make it findable.") from None
    return Said(done.returncode, done.stdout, _SECRET.sub("", done.stderr.decode("utf-8", "replace")))
