"""Git for the one place that writes: a commit is made of named files, and put on whatever the branch has come to.

Files are stored byte for byte and committed through an index of our own, so that nothing gets in which was not named,
and no filter, hook or signature has a say. Two commits are brought together by whole files: a merge of texts could
make one cell of two measurements, and no such cell was ever measured.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.errors import CannotRun
from commons.github.git_writing import run_git
from commons.pool.git import GitFailed, commit_of


@dataclass(frozen=True)
class Change:
    """What a commit does to one file: the stored content before and after, None where there is none."""

    before: str | None
    after: str | None


class Checkout:
    """A checkout whose top is ``root``. ``index`` is a file of our own; the checkout's own index is only brought up."""

    def __init__(self, root: Path, index: Path) -> None:
        self.root = root
        self._index = index.absolute()
        # A kill may have left the lock of an index that is made anew each time.
        for path in (index, index.with_name(f"{index.name}.lock")):
            path.unlink(missing_ok=True)

    def ask(self, *arguments: str, given: bytes = b"", own_index: bool = False) -> bytes:
        """What git answers; with ``own_index`` it works on that in place of the checkout's.

        Raises:
            GitFailed: it does not do what was asked.
        """
        more = {"GIT_INDEX_FILE": str(self._index)} if own_index else {}
        said = run_git(self.root, *arguments, given=given, more=more)
        if said.code != 0:
            raise GitFailed(f"`git {arguments[0]}` failed: {said.reason}.",
                            mend="Look at the checkout with `git status`, and try the command by hand.")
        return said.out

    def check(self, branch: str) -> None:
        """Refuse a checkout from which nothing can be put on ``branch``.

        Raises:
            CannotRun: it is none, the pool is only a part of it, or it stands on another branch.
        """
        top = Path(os.fsdecode(self.ask("rev-parse", "--show-toplevel").removesuffix(b"\n")))
        if top.resolve() != self.root.resolve():
            raise CannotRun(f"The pool is a folder inside the checkout {top.name}, not the checkout itself.",
                            mend="Land from a clone of the pool.")
        on = run_git(self.root, "symbolic-ref", "--quiet", "--short", "HEAD").out.decode("utf-8", "replace").strip()
        if on not in {"", branch}:
            raise CannotRun(f"The checkout is on the branch `{on}`; results land on `{branch}`.",
                            mend=f"git switch {branch}, or name the branch: --branch {on}")

    def head(self) -> str:
        """The commit that is checked out."""
        return commit_of(self.root, "HEAD")

    def parents(self, commit: str) -> list[str]:
        """The commits that ``commit`` was made on."""
        return self.ask("rev-list", "--no-walk", "--parents", commit).decode("ascii").split()[1:]

    def message(self, commit: str) -> str:
        """What ``commit`` says of itself."""
        return self.ask("cat-file", "commit", commit).partition(b"\n\n")[2].decode("utf-8", "replace")

    def holds(self, commit: str, earlier: str) -> bool:
        """Whether ``earlier`` is ``commit`` or one of those it stands on."""
        return run_git(self.root, "merge-base", "--is-ancestor", earlier, commit).code == 0

    def altered(self) -> dict[str, bool]:
        """The files that are other than in HEAD; the value is whether HEAD has the file at all.

        Files are held against HEAD itself: what somebody staged, or a kill left staged, makes no difference.
        """
        self.ask("read-tree", "HEAD", own_index=True)
        listed = self.ask("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames",
                          "--ignore-submodules=dirty", own_index=True)
        return {os.fsdecode(line[3:]): line[:2] != b"??" for line in listed.split(b"\0") if line}

    def entries(self, commit: str, *paths: str) -> dict[str, str]:
        """What ``commit`` holds at ``paths``, and directly in those that end with a slash: path -> digest."""
        listed = self.ask("ls-tree", "-z", commit, "--", *paths)
        lines = (line.partition(b"\t") for line in listed.split(b"\0") if line)
        return {os.fsdecode(name): about.split()[2].decode("ascii") for about, _, name in lines}

    def store(self, paths: Sequence[str]) -> dict[str, str]:
        """Keep the bytes of files, as they are, among git's objects: path -> digest."""
        given = "".join(f"{path}\n" for path in paths).encode()
        digests = self.ask("hash-object", "-w", "--no-filters", "--stdin-paths", given=given).decode("ascii").split()
        return dict(zip(paths, digests, strict=True))

    def commit(self, parent: str, changes: Mapping[str, Change], message: str) -> str:
        """A commit on ``parent`` in which just these files are other. It is not checked out."""
        self.ask("read-tree", parent, own_index=True)
        lines = (f"100644 {one.after}\t{path}" if one.after else f"0 {'0' * len(parent)}\t{path}"
                 for path, one in changes.items())
        given = "".join(f"{line}\0" for line in lines).encode()
        self.ask("update-index", "-z", "--index-info", given=given, own_index=True)
        tree = self.ask("write-tree", own_index=True).decode("ascii").strip()
        made = self.ask("commit-tree", tree, "-p", parent, "-F", "-", given=message.encode("utf-8"))
        return made.decode("ascii").strip()

    def take(self, commit: str) -> None:
        """Stand on ``commit``, whose files lie here already."""
        self.ask("reset", "--quiet", "--mixed", commit)

    def move(self, commit: str, *, over: bool = False) -> None:
        """Check ``commit`` out; ``over`` whatever lies here.

        Raises:
            GitFailed: a file that it would replace was edited.
        """
        self.ask("reset", "--quiet", "--hard" if over else "--keep", commit)
