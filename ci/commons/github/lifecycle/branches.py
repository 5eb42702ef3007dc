"""Writing with git: one commit on a branch of our own, made without touching the work tree, and pushed.

No branch outside our own names is written. The credentials that the checkout has are git's to find.
"""

from __future__ import annotations

import datetime
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commons.errors import CannotRun
from commons.github.git_writing import run_git
from commons.github.lifecycle.proposal import BRANCHES, Change, branch_of
from commons.github.lifecycle.standing import Branch
from commons.github.owners import MAINTAINERS_FILE
from commons.pool.card import CARD_FILE
from commons.pool.git import GitFailed, common_ancestor, contents, git, is_stored, stored_below
from commons.pool.repository import TASKS_FOLDER, Repository

_REMOTE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


@dataclass(frozen=True)
class Tips:
    """What the remote holds: the end of its default branch, and those of our own branches by slug."""

    default: str
    ours: Mapping[str, str]


class Branches:
    """Our branches on one remote. ``commit`` is what was checked out, and what proposals stand on."""

    def __init__(self, pool: Repository, remote: str, default: str, author: str) -> None:
        if not _REMOTE.fullmatch(remote) or not _BRANCH.fullmatch(default):
            raise CannotRun("That is no name of a remote or of a branch.", mend="Give --remote its name, as origin.")
        self._pool = pool
        self._root = root = pool.root
        self._remote = remote
        self.default = default
        self._author = author
        self._email = f"{author}@users.noreply.github.com"
        self.commit = git(root, "rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        if git(root, "rev-parse", "--show-prefix").strip():
            raise CannotRun("The pool is not the top of its repository.", mend="Give the pool a repository of its own.")
        self._tips: Tips | None = None

    @property
    def tips(self) -> Tips:
        """What the remote holds, asked once, with the objects behind it fetched; no local name is changed."""
        if self._tips is None:
            wanted = [f"refs/heads/{self.default}", f"refs/heads/{BRANCHES}*"]
            lines = self._run("ls-remote", self._remote, *wanted).decode().splitlines()
            found = {name: digest for digest, _, name in (line.partition("\t") for line in lines)}
            if wanted[0] not in found:
                raise GitFailed(f"The remote has no branch `{self.default}`.", mend="Look at --remote.")
            self._run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", self._remote, *found)
            start = f"refs/heads/{BRANCHES}"
            self._tips = Tips(found[wanted[0]], {name.removeprefix(start): digest for name, digest in found.items()
                                                 if name.startswith(start)})
        return self._tips

    def look(self, head: str) -> Branch:
        """What the branch that ends at ``head`` changes, as far as it is still what we would push."""
        if head not in {self.tips.default, *self.tips.ours.values()}:
            return Branch(None)
        _, *parents = git(self._root, "rev-list", "--parents", "-n", "1", head).decode().split()
        committer = git(self._root, "log", "-1", "--format=%ce", head).decode().strip()
        if committer != self._email or len(parents) != 1:
            return Branch(None, foreign=True)
        if common_ancestor(self._root, parents[0]) != parents[0]:
            return Branch(None)
        listed = git(self._root, "diff-tree", "-r", "-z", "--no-renames", "--name-only", parents[0], head)
        paths = [os.fsdecode(one) for one in listed.split(b"\0") if one]
        now, then, theirs = (stored_below(self._root, one, [f":(literal){path}" for path in paths])
                             for one in (self.commit, parents[0], head))
        if not paths or set(theirs) != set(paths) or any(now.get(path) != then.get(path) for path in paths):
            return Branch(None)
        texts = dict(contents(self._root, sorted({one.digest for one in theirs.values()})))
        return Branch({path: texts[one.digest].decode("utf-8", "replace") for path, one in theirs.items()})

    def refuse_unmerged(self, files: tuple[str, ...]) -> None:
        """Refuse to write from a checkout that is not the default branch's own.

        Raises:
            CannotRun: the commit is not on the default branch, or one of ``files``, of the cards or the maintainers'
                file differs from it.
        """
        if git(self._root, "merge-base", self.commit, self.tips.default).decode().strip() != self.commit:
            raise CannotRun(f"The commit that is checked out is not on `{self.default}`.",
                            mend=f"Check `{self.default}` out and run this again.")
        stored = stored_below(self._root, self.commit, ["."])
        cards = [f"{TASKS_FOLDER}/{folder.name}/{CARD_FILE}" for folder in self._pool.task_folders()]
        for path in (*files, MAINTAINERS_FILE, *cards):
            here = self._root / path
            if (path in stored or os.path.lexists(here)) and not is_stored(here, stored.get(path)):
                raise CannotRun(f"`{path}` is not as it was committed.", mend="Commit it and merge that first.")

    def push(self, slug: str, files: tuple[Change, ...], message: str, day: datetime.date) -> None:
        """Make the branch of ``slug`` one commit on what was checked out, with ``files`` changed and nothing else.

        Raises:
            CannotRun: git cannot, the remote refuses, or somebody pushed to the branch in the meantime.
        """
        commit = self._commit(files, message, day)
        self._send(slug, commit)

    def delete(self, slug: str) -> None:
        """Take the branch of ``slug`` away, where there is one."""
        if slug in self.tips.ours:
            self._send(slug, "")

    def _send(self, slug: str, commit: str) -> None:
        name = f"refs/heads/{branch_of(slug)}"
        lease = f"--force-with-lease={name}:{self.tips.ours.get(slug, '')}"
        self._run("push", "--quiet", "--no-verify", "--no-signed", lease, self._remote, f"{commit}:{name}")

    def _commit(self, files: tuple[Change, ...], message: str, day: datetime.date) -> str:
        stored = stored_below(self._root, self.commit, [f":(literal){one.path}" for one in files])
        lines = []
        for one in files:
            if one.path in stored and not stored[one.path].is_file:
                raise CannotRun(f"`{one.path}` is no file in the repository.", mend="Make it one.")
            blob = self._run("hash-object", "-w", "--stdin", given=one.new.encode("utf-8")).decode().strip()
            lines.append(f"100644 {blob}\t{one.path}\n")
        with tempfile.TemporaryDirectory(prefix="commons-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._run("read-tree", self.commit, more=index)
            self._run("update-index", "--index-info", given="".join(lines).encode(), more=index)
            tree = self._run("write-tree", more=index).decode().strip()
        when = f"{day.isoformat()}T00:00:00Z"
        people = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                  for what, value in (("NAME", self._author), ("EMAIL", self._email), ("DATE", when))}
        made = self._run("commit-tree", "--no-gpg-sign", tree, "-p", self.commit, given=message.encode(), more=people)
        return made.decode().strip()

    def _run(self, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
        said = run_git(self._root, *arguments, given=given, more=more)
        if said.code != 0:
            raise GitFailed(f"`git {arguments[0]}` failed: {said.reason}.",
                            mend="Look at the checkout's credentials, and at who else writes to the branch.")
        return said.out
