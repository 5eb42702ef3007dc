"""Secrets of one checkout, and the seal that says of a file under ``.commons`` that this checkout made it.

What is memoised decides keys and grades. A contribution can bring a file into any folder, ``.commons`` too
(``git add -f``), so what lies there is believed only with a seal that nobody makes who has not the secret.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from pathlib import Path

from commons.errors import CannotRun
from commons.pool.git import GitFailed, commit_of, git

SECRET_FILE = "secret"  # noqa: S105  (a file's name)

#: As git writes: what came with a checkout can be read by others, what is made here cannot.
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def kept_secret(path: Path) -> str:
    """The secret that stands at ``path``, made once for this checkout and for its owner's eyes alone."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, mine = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(16))
        # Of two first runs at once, one makes the secret and both use it.
        with contextlib.suppress(FileExistsError):
            os.link(mine, path)
        Path(mine).unlink()
    return path.read_text(encoding="utf-8").strip()


class Seal:
    """Seals what this checkout makes, and knows its own seals."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode("utf-8", "surrogatepass")

    @classmethod
    def of(cls, work: Path | None) -> Seal:
        """The seal of the checkout whose working folder is ``work``; where it can keep none, one for this process."""
        if work is not None:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                path = work / SECRET_FILE
                # A link came with the files, and where it leads is nobody's business.
                if not work.is_symlink():
                    _forget_foreign(path)
                    if secret := kept_secret(path):
                        return cls(secret)
        return cls(secrets.token_hex(16))

    def on(self, name: str, content: bytes) -> str:
        """The seal on ``content``, which is kept under ``name`` and under no other."""
        told = hmac.new(self._secret, digestmod=hashlib.sha256)
        told.update(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
        told.update(content)
        return told.hexdigest()

    def is_on(self, seal: str, name: str, content: bytes) -> bool:
        """Whether ``seal`` was put on ``content`` under ``name`` by this checkout."""
        return hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), self.on(name, content).encode())


def committed_work(root: Path, work: str) -> str | None:
    """The name under which the commit of the checkout ``root`` holds the working folder ``work``; None if it does not.

    Capitals do not count: on some machines ``.Commons`` is the same folder.
    """
    try:
        listed = git(root, "ls-tree", "-z", "--name-only", commit_of(root, "HEAD"))
    except GitFailed:
        # No repository, or no commit: then nothing in this folder came with one.
        return None
    names = (os.fsdecode(name) for name in listed.split(b"\0"))
    return next((name for name in names if name.casefold() == work.casefold()), None)


def refuse_committed_work(root: Path, work: Path) -> None:
    """Refuse a checkout that brings a working folder of its own: answers and memos in it could be anybody's.

    Raises:
        CannotRun: the commit holds ``work``, or files below it.
    """
    found = committed_work(root, work.name)
    if found is not None:
        raise CannotRun(
            f"The commit of this checkout holds `{found}/`, where only this machine keeps memos and stored answers.",
            mend=f"Take it out of the commit (git rm -r --cached {found}), delete the folder, and commit.",
        )


def _forget_foreign(path: Path) -> None:
    """A secret that others can read, as git writes every file, or that is a link, was not made here: it goes."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode) or (os.name == "posix" and mode & _FOR_OTHERS):
        path.unlink()
