"""What git has stored, read so that nothing which a repository's settings or files name is started.

A checkout may hold what a stranger made. ``git diff``, ``status`` and ``archive`` start the filters, drivers and
monitors that ``.git/config`` and ``.gitattributes`` name between them, and leave out what ``.gitattributes`` says.
So only commits, trees and blobs are asked for, and files are compared here, by their own bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.errors import CannotRun

_SECONDS = 60
#: So many blobs, and bytes of them, are asked for at once, so that a large pool does not stand in memory as a whole.
_AT_ONCE = 50
_BYTES_AT_ONCE = 64_000_000
_SETTINGS = (
    # A folder that only looks like a repository is none: its `config` came with the files around it.
    "safe.bareRepository=explicit", "core.fsmonitor=false", "core.hooksPath=/dev/null", "diff.external=",
    "core.pager=cat", "protocol.allow=never", "credential.helper=", "core.askPass=",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # A missing object of a partial clone would be fetched, by whatever command its remote names.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}
#: The user's own ways to say which repositories to trust; what points to another repository is not kept.
_KEPT = re.compile(r"GIT_(CONFIG.*|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|TEST_.*)")
_DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class GitFailed(CannotRun):
    """Git is not there, took too long, or did not do what was asked."""


@dataclass(frozen=True)
class Stored:
    """What a commit holds under one name: a file, a link (``is_link``) or, of another repository, only a pointer."""

    digest: str
    is_file: bool
    is_link: bool


def git(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What git answers in the folder ``root``; ``given`` is its input.

    Raises:
        GitFailed: no answer, for whatever reason; the sentence says which.
    """
    _refuse_lookalike(root)
    command = ["git", "--no-pager", *(part for setting in _SETTINGS for part in ("-c", setting)), *arguments]
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("GIT_") or _KEPT.fullmatch(name)}
    what = f"`git {arguments[0]}`"
    try:
        done = subprocess.run(
            command, cwd=root, input=given, capture_output=True, timeout=_SECONDS, check=True,
            env={**environment, **_ENVIRONMENT},
        )
    except subprocess.TimeoutExpired:
        raise GitFailed(f"{what} gave no answer in {_SECONDS} s.", mend="Try again when the disk is idle.") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[0].removeprefix("fatal: ").rstrip(".") if said else f"it ended with {error.returncode}"
        raise GitFailed(f"{what} failed: {reason}.", mend="Try the command by hand in this folder.") from None
    except (OSError, ValueError) as error:
        raise GitFailed(f"{what} cannot be started: {error}.", mend="Install git, or make it findable.") from None
    return done.stdout


def looks_like_a_repository(folder: Path) -> bool:
    """Whether git would take ``folder`` itself, not a ``.git`` in it, for a repository and follow its ``config``."""
    return (folder / "objects").is_dir() and (folder / "refs").is_dir() and os.path.lexists(folder / "HEAD")


def _refuse_lookalike(root: Path) -> None:
    """What ``safe.bareRepository`` says, for a git that is too old to know it."""
    for folder in (root.absolute(), *root.absolute().parents):
        if os.path.lexists(folder / ".git"):
            return
        if looks_like_a_repository(folder):
            sentence = f"`{folder.name}` looks like git's own store, and is not called `.git`."
            raise GitFailed(sentence, mend="Delete its `HEAD`, `objects` and `refs`.")


def commit_of(root: Path, name: str) -> str:
    """The digest of the commit that ``name`` stands for.

    Raises:
        GitFailed: there is no such commit, or no repository.
    """
    try:
        return _digest(git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"))
    except GitFailed as error:
        # Asked to be quiet, git says nothing where there is no such commit.
        if "it ended with 1" not in error.sentence:
            raise
        raise GitFailed(f"There is no commit `{ascii(name)[1:-1][:100]}` here.",
                        mend="Look at the name, or fetch it first: git fetch origin") from None


def common_ancestor(root: Path, commit: str) -> str:
    """The digest of the commit where the line of ``commit`` and today's came from.

    Raises:
        GitFailed: they have nothing in common, or a part of the history is not here.
    """
    return _digest(git(root, "merge-base", "HEAD", commit))


def _digest(answer: bytes) -> str:
    first = answer.decode("ascii", "replace").split("\n", 1)[0]
    if not _DIGEST.fullmatch(first):
        raise GitFailed("Git answered with something that is no commit.", mend="Try another revision.")
    return first


def stored_below(root: Path, commit: str, paths: Sequence[str]) -> dict[str, Stored]:
    """What ``commit`` holds at and below ``paths``, by its name as seen from ``root``.

    Raises:
        GitFailed: the commit or a tree of it is not here.
    """
    listed = git(root, "ls-tree", "-r", "-z", commit, "--", *paths)
    found = {}
    for line in listed.split(b"\0"):
        about, tab, name = line.partition(b"\t")
        if tab:
            mode, kind, digest = about.decode("ascii").split()
            found[os.fsdecode(name)] = Stored(digest, kind == "blob" and mode != "120000", mode == "120000")
    return found


def contents(root: Path, digests: Sequence[str], most: int | None = None) -> Iterator[tuple[str, bytes]]:
    """The stored bytes behind each digest; what has more than ``most`` is left out.

    Raises:
        GitFailed: one of them is not here.
    """
    for asked in _batches(root, digests, most):
        answer = memoryview(git(root, "cat-file", "--batch", given="".join(f"{one}\n" for one in asked).encode()))
        place = 0
        for digest in asked:
            end = place + bytes(answer[place : place + 200]).find(b"\n")
            begin, place = end + 1, end + 1 + _size(digest, bytes(answer[place:end])) + 1
            yield digest, bytes(answer[begin : place - 1])


def _batches(root: Path, digests: Sequence[str], most: int | None) -> Iterator[list[str]]:
    """The digests in groups that are small enough to stand in memory; how large each is, git says first.

    A stored file of any size packs into a few bytes, so that a small repository says nothing of what it unpacks to.
    """
    if not digests:
        return
    told = git(root, "cat-file", "--batch-check", given="".join(f"{one}\n" for one in digests).encode())
    group: list[str] = []
    held = 0
    for digest, line in zip(digests, told.split(b"\n"), strict=False):
        size = _size(digest, line)
        if most is not None and size > most:
            continue
        if group and (len(group) == _AT_ONCE or held + size > _BYTES_AT_ONCE):
            yield group
            group, held = [], 0
        group.append(digest)
        held += size
    if group:
        yield group


def _size(digest: str, told: bytes) -> int:
    """How many bytes git says that an object has, which must be a file's content."""
    about = told.decode("ascii", "replace").split()
    if len(about) != 3 or about[1] != "blob":
        sentence = f"The object {digest[:12]} is not in this copy of the repository."
        raise GitFailed(sentence, mend="Fetch the whole history: git fetch --unshallow --refetch")
    return int(about[2])


def is_stored(path: Path, stored: Stored | None) -> bool:
    """Whether what lies at ``path`` is what was stored; ends of lines may be those of this machine.

    Whether a file is marked as a program does not count: it changes nothing that is read.
    """
    if stored is None:
        return False
    try:
        if path.is_symlink():
            return stored.is_link and _blob(os.fsencode(path.readlink()), stored.digest) == stored.digest
        if not stored.is_file or not path.is_file():
            return False
        content = path.read_bytes()
    except OSError:
        return False
    if _blob(content, stored.digest) == stored.digest:
        return True
    return b"\r\n" in content and _blob(content.replace(b"\r\n", b"\n"), stored.digest) == stored.digest


def _blob(content: bytes, like: str) -> str:
    """The digest under which git stores ``content``, made as ``like`` was."""
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content))
    digest.update(content)
    return digest.hexdigest()
