"""What a shard's folder holds, looked at as outside data: every file is plain, small enough, and of a known kind.

What the files say is another matter, and is proved by :mod:`commons.evaluate.admission`.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.evaluate.shard import ANSWERS_FILE
from commons.evaluate.shard_report import MAX_REPORT_BYTES, REPORT_FILE
from commons.evaluate.transcripts import TRANSCRIPTS
from commons.pool import cellfile
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.walk import entries_below

MAX_ANSWERS_BYTES = 2_000_000_000
_MAX_TRANSCRIPT_BYTES = 2_000_000_000
_MAX_FILES = 200_000

#: What a shard's folder may hold: the parts of a path -> the most bytes of the file.
_KINDS = {
    ("cells", "*", "*.json"): cellfile.MAX_CELL_BYTES,
    ("rendered", "*.jsonl"): MAX_DATA_BYTES,
    (TRANSCRIPTS, "*.jsonl"): _MAX_TRANSCRIPT_BYTES,
    (ANSWERS_FILE,): MAX_ANSWERS_BYTES,
    (REPORT_FILE,): MAX_REPORT_BYTES,
}
#: What a job, its executor or a killed process leaves beside them; it is not looked at.
_IGNORED = {".lock", ".lock-journal", "progress.json", "log.txt"}


@dataclass(frozen=True)
class Arrival:
    """A shard's folder: the files of each kind (transcripts by name), and what may not be in it."""

    folder: Path
    cells: tuple[Path, ...]
    rendered: tuple[Path, ...]
    transcripts: frozenset[str]
    answers: Path | None
    report: Path | None
    refused: tuple[Problem, ...]


def find_folders(folder: Path) -> list[Path]:
    """``folder`` itself, or the shards' folders in it, as an artifact's download leaves them.

    Raises:
        BadFile: there is none, or it is a link.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise BadFile([Problem("missing", "This is no folder.", Where(folder), "Name a shard's folder, or the folder "
                               "that holds them.")])
    inside = sorted(path for path in folder.iterdir() if path.is_dir() and path.name.startswith("shard-"))
    if inside and not any((folder / name).exists() for name in ("cells", REPORT_FILE)):
        return [path for path in inside if not path.is_symlink()]
    return [folder]


def look(folder: Path) -> Arrival:
    """What ``folder`` holds."""
    found: dict[str, list[Path]] = {}
    refused = []
    try:
        for entry in entries_below(folder, max_depth=4, max_files=_MAX_FILES):
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False) or path.name in _IGNORED or path.name.endswith(".part"):
                continue
            if (fault := _fault(path, folder)) is None:
                found.setdefault(path.relative_to(folder).parts[0], []).append(path)
            else:
                refused.append(Problem("file", fault, Where(path), "Leave it out of the shard's folder."))
    except BadFile as error:
        refused += error.problems
    one = {name: next(iter(found.get(name, ())), None) for name in (ANSWERS_FILE, REPORT_FILE)}
    transcripts = frozenset(path.name for path in found.get(TRANSCRIPTS, ()))
    return Arrival(folder, tuple(found.get("cells", ())), tuple(found.get("rendered", ())), transcripts,
                   one[ANSWERS_FILE], one[REPORT_FILE], tuple(refused))


def _fault(path: Path, folder: Path) -> str | None:
    """Why a file is not one that a shard leaves; None where it is."""
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode):
        return "This is a link or no ordinary file."
    inside = path.relative_to(folder)
    limit = next((size for parts, size in _KINDS.items()
                  if len(parts) == len(inside.parts)
                  and all(Path(name).match(part) for name, part in zip(inside.parts, parts, strict=True))), None)
    if limit is None:
        return "No shard leaves such a file."
    if about.st_size > limit:
        return f"The file has {about.st_size:,} bytes; the limit is {limit:,}."
    return None
