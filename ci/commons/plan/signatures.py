"""Whether files are those of last time, told without reading them: as git's index does it.

A file counts as the same while its size, its times of change (of content and of the entry itself) and its inode are.
Clocks of file systems tick slowly, so a file that was changed just before it was looked at could change once more
and look the same: such a file is never trusted (git's "racy" entries).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from commons.pool.walk import entries_below

#: Changes nearer than this to the moment of looking are not trusted: FAT counts in steps of two seconds.
RACY_NANOSECONDS = 2_000_000_000

#: Stands for a file that changed only just now: no file looks like this.
UNSETTLED = "?"

_CACHE = "__pycache__"


@dataclass(frozen=True)
class Signature:
    """What some files looked like; ``settled`` says whether none of them had changed only just now."""

    files: bytes
    settled: bool


def folder_signature(folder: Path, now: int) -> Signature:
    """The signature of all files below ``folder``, looked at when the clock said ``now`` (nanoseconds).

    Raises:
        BadFile: the folder is too deep or too full.
    """
    skip = len(str(folder)) + 1
    parts: list[str] = []
    latest = 0
    for entry in entries_below(folder):
        name = entry.path[skip:]
        if not entry.is_dir(follow_symlinks=False) and _CACHE not in Path(name).parts:
            look, newest = _look(entry)
            latest = max(latest, newest)
            parts += (name, "\0", look, "\0")
    return Signature(os.fsencode("".join(parts)), latest < now - RACY_NANOSECONDS)


def file_looks(folder: Path, suffix: str, now: int) -> dict[str, str]:
    """What each file of ``folder`` with ``suffix`` looks like, by its name without it, in the order of names.

    A file that changed only just now has :data:`UNSETTLED` for its look. Written for 300,000 files: one call for each
    would cost more than the looking.
    """
    found: dict[str, str] = {}
    cut, trusted = -len(suffix), now - RACY_NANOSECONDS
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.endswith(suffix):
                stat = entry.stat(follow_symlinks=False)
                changed, entered = stat.st_mtime_ns, stat.st_ctime_ns
                found[name[:cut]] = (f"{stat.st_mode}:{stat.st_size}:{changed}:{entered}:{stat.st_ino}"
                                     if changed < trusted and entered < trusted else UNSETTLED)
    return {name: found[name] for name in sorted(found)}


def _look(entry: os.DirEntry[str]) -> tuple[str, int]:
    """What a file looks like, and when it last changed."""
    stat = entry.stat(follow_symlinks=False)
    look = f"{stat.st_mode}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}:{stat.st_ino}"
    return look, max(stat.st_mtime_ns, stat.st_ctime_ns)
