"""The branch that results land on: fetching it, pushing one commit to it, and telling git's answers apart.

Git ends with the same code whether somebody else was faster, a rule forbids the push, or the network is down. Only the
first and the last are worth another try.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from commons.errors import CannotRun
from commons.github.git_writing import Said, run_git
from commons.pool.git import commit_of

#: Where the fetched tip is kept: a name of our own, which no fetch of somebody else moves.
TIP = "refs/commons/landing"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}")

#: What a server says of a push that lost a race after it was let in.
_RACE = re.compile(r"cannot lock ref|failed to (?:update|lock) ref|failed to lock|incorrect old value|fetch first|"
                   r"non-fast-forward|stale info|reference already exists")
#: What asking again does not change: who we are, what we may do, and what is not there.
_DENIED = re.compile(
    r"(?i)permission (?:to \S+ )?denied|error: 40[134]\b|authentication failed|could not read (?:username|password)|"
    r"access denied|not authorized|repository\b.* not found|does not (?:appear to be a git repository|exist)|"
    r"host key verification failed|couldn't find remote ref|protocol '?\w+'? is not (?:supported|allowed)")


class Answer(Enum):
    """How a push ended."""

    LANDED = "landed"
    MOVED = "moved"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True)
class Push:
    """The answer to a push, with git's reason where it did not land."""

    answer: Answer
    reason: str = ""


class Unreachable(CannotRun):
    """The remote gave no answer that would hold the next time."""


class Remote:
    """One branch of one remote of the checkout at ``root``.

    Raises:
        CannotRun: there is no such remote.
    """

    def __init__(self, root: Path, name: str, branch: str) -> None:
        self._root, self.name, self.branch = root, name, branch
        for what in (name, branch):
            if not _NAME.fullmatch(what) or ".." in what:
                raise CannotRun(f"`{what}` is no name of a remote or a branch.", mend="Look at: git branch -a")
        if run_git(root, "remote", "get-url", name).code != 0:
            raise CannotRun(f"The checkout has no remote `{name}`.", mend="Name one of those of: git remote -v")

    def fetch(self) -> str:
        """The commit that the branch stands at now.

        Raises:
            Unreachable: no answer came.
            CannotRun: we may not read it, or there is no such branch.
        """
        said = run_git(self._root, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", self.name,
                       f"+refs/heads/{self.branch}:{TIP}")
        if said.code == 0:
            return commit_of(self._root, TIP)
        sentence = f"The branch `{self.branch}` of `{self.name}` cannot be fetched: {said.reason}."
        if said.code is not None and _DENIED.search(said.messages):
            raise CannotRun(sentence, mend="Check the address, the branch, and that this checkout may read them.")
        raise Unreachable(sentence, mend="Try again when the remote can be reached.")

    def push(self, commit: str) -> Push:
        """Put ``commit`` on the branch, if it stands on the branch's tip."""
        return answer_of(run_git(self._root, "push", "--porcelain", "--no-verify", self.name,
                                 f"{commit}:refs/heads/{self.branch}"))


def answer_of(said: Said) -> Push:
    r"""What git's answer to a push means.

    >>> answer_of(Said(1, b"!\ta:b\t[rejected] (fetch first)", "")).answer.value
    'moved'
    """
    if said.code == 0:
        return Push(Answer.LANDED)
    status = next((line.split("\t")[-1] for line in said.out.decode("utf-8", "replace").splitlines()
                   if line.startswith("!")), "")
    why = status[status.find("(") + 1 :].removesuffix(")")
    if _RACE.search(status):
        return Push(Answer.MOVED, why)
    if status.startswith("[remote rejected]"):
        # What the remote's own rules say stands in its messages; the status names only the kind.
        told = [line.removeprefix("remote:").strip().rstrip(".") for line in said.messages.splitlines()
                if line.startswith("remote:") and line.removeprefix("remote:").strip()]
        return Push(Answer.REFUSED, ": ".join([why, "; ".join(told)] if told else [why]))
    if not status and said.code is not None and _DENIED.search(said.messages):
        return Push(Answer.REFUSED, said.reason)
    return Push(Answer.UNREACHABLE, why or said.reason)
