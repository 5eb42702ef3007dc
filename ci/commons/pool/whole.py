"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block is done, and is gone when the block fails.

    A kill at any moment leaves the old file or the new one, never half of either, and at worst a hidden ``.part``
    beside it. A link in the place is replaced, and what it leads to is left alone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Cut, because the whole name with more around it may be longer than a name can be.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name:.50}.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, whole or not at all. Half a character, which a model can emit, is let through."""
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "surrogatepass"))
