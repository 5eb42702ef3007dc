"""What an earlier build left in place: files that were made from the same are linked into the new site, not made again.

What was made under which key is kept under ``.commons`` with this checkout's seal; a file counts only while it looks
as it did when it was written. Everything here may be thrown away: the next build then makes all of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from collections.abc import Iterable
from pathlib import Path

from commons.pool.remade import RemadeFile
from commons.pool.repository import Repository
from commons.pool.secret import Seal
from commons.publish.writing import Written

FILE = "pages.sqlite"
FOLDER = "site"
VERSION = 1

_SCHEMA = """
create table if not exists made (
    site text not null, name text not null, key text not null, content blob not null, seal text not null,
    primary key (site, name)
);
"""


class Earlier:
    """The earlier build of the site at ``out``. ``name`` is what files were made for: a task, or one page's address."""

    def __init__(self, pool: Repository, out: Path) -> None:
        self._out = out
        self._site = os.fspath(out)
        self._seal = Seal.of(pool.work)
        self._file = RemadeFile(pool.work / FOLDER / FILE, _SCHEMA, VERSION)

    def close(self) -> None:
        """Close the file of what was made."""
        self._file.close()

    def take(self, name: str, key: str, fresh: Path) -> Written | None:
        """Link the files of ``name`` into ``fresh`` where they were made under ``key`` and are untouched; else None."""
        row = self._file.one("select key, content, seal from made where site = ? and name = ?", self._site, name)
        if row is None or row[0] != key or not isinstance(row[1], bytes):
            return None
        if not self._seal.is_on(str(row[2]), f"{self._site} {name} {key}", row[1]):
            return None
        try:
            told = json.loads(zlib.decompress(row[1]))
        except (ValueError, zlib.error):
            return None
        linked: list[str] = []
        for path, look in told["files"].items():
            if not _link(self._out / path, fresh / path, look):
                for one in linked:
                    (fresh / one).unlink()
                return None
            linked.append(path)
        return Written(linked, told["pages"], told["parts"])

    def keep(self, made: Iterable[tuple[str, str, Written]]) -> None:
        """Remember what was made of each name under which key; the files stand in their place by now."""
        with self._file.together():
            for name, key, written in made:
                looks = {path: look for path in written.files if (look := _look(self._out / path))}
                told = {"files": looks, "pages": written.pages, "parts": written.parts}
                content = zlib.compress(json.dumps(told).encode("utf-8", "surrogatepass"), 1)
                seal = self._seal.on(f"{self._site} {name} {key}", content)
                self._file.do("insert or replace into made values (?, ?, ?, ?, ?)", self._site, name, key, content,
                              seal)


def _link(old: Path, new: Path, look: str) -> bool:
    if _look(old) != look:
        return False
    try:
        os.link(old, new)
    except FileNotFoundError:
        new.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            os.link(old, new)
    except OSError:
        return False
    return new.exists()


def _look(path: Path) -> str:
    """What a file looks like; the time of its entry does not count, because linking changes it."""
    try:
        stat = path.lstat()
    except OSError:
        return ""
    return f"{stat.st_mode}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}"
