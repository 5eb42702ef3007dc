"""Mechanical mends: from the fixes of a report to changed files, shown as a diff before anything is written.

Fixes name contributed files, so a change is written only to a plain file below ``tasks/`` or to ``models.yaml``, never
through a link, and only where the file still says what the fix expects.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from commons.errors import BadFile, CannotRun, Where
from commons.lint.findings import Fix, Report, plain
from commons.lint.mending import stands_once
from commons.lint.printing import safe_whole
from commons.pool.models import MODELS_FILE
from commons.pool.repository import TASKS_FOLDER
from commons.pool.whole import whole_file
from commons.pool.yamlfile import parse_yaml

#: Lines shown around each change, and how much of a long line is shown around its change.
CONTEXT = 2
MAX_SHOWN = 400

_YAML = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class FileChange:
    """One file as it stands and as it would be, as whole texts with their own line ends.

    ``path`` is relative to ``root``, the pool.
    """

    root: Path
    path: Path
    old: str
    new: str

    @property
    def lines(self) -> int:
        """How many lines change."""
        return sum(old != new for old, new in _pairs(self.old, self.new))


@dataclass(frozen=True)
class Plan:
    """The files that would change, and a sentence for each fix that is left out."""

    changes: tuple[FileChange, ...]
    left_out: tuple[str, ...]


def plan(report: Report, root: Path) -> Plan:
    """What the fixes of a report change in the pool at ``root``; nothing is written.

    Fixes of one file are put together. One that overlaps another, or whose words no longer stand exactly once in their
    line, is left out and said.
    """
    changes: list[FileChange] = []
    left_out: list[str] = []
    for path, fixes in sorted(_by_file(report, root).items()):
        try:
            old = _read(root, path)
        except CannotRun as error:
            left_out.append(plain(error.sentence))
            continue
        new, unfit = _changed(old, fixes)
        left_out += [f"{plain(path.as_posix())}:{fix.where.line}: {reason}" for fix, reason in unfit]
        if (reason := _breaks(path, old, new)) is not None:
            left_out.append(f"{plain(path.as_posix())}: {reason}")
        elif new != old:
            changes.append(FileChange(root, path, old, new))
    return Plan(tuple(changes), tuple(left_out))


def together(fixes: Iterable[Fix | None]) -> Fix | None:
    """One fix that changes all that these change; None where there are none."""
    several = [one for fix in fixes if fix is not None for one in _single(fix)]
    return Fix(several[0].where, several[0].old, several[0].new, tuple(several[1:])) if several else None


def _single(fix: Fix) -> Iterator[Fix]:
    yield Fix(fix.where, fix.old, fix.new)
    for one in fix.also:
        yield from _single(one)


def _by_file(report: Report, root: Path) -> dict[Path, list[Fix]]:
    """Each edit once, by its file as seen from ``root``."""
    edits = dict.fromkeys(edit for one in report.findings if one.fix is not None for edit in _single(one.fix))
    by_file: dict[Path, list[Fix]] = {}
    for edit in edits:
        path = edit.where.path
        by_file.setdefault(path.relative_to(root) if root in path.parents else path, []).append(edit)
    return by_file


def _changed(text: str, fixes: list[Fix]) -> tuple[str, list[tuple[Fix, str]]]:
    """``text`` with the fixes, and those that do not fit, each with the reason."""
    lines = text.split("\n")
    spans: dict[int, list[tuple[int, int, str]]] = {}
    unfit: list[tuple[Fix, str]] = []
    for fix in fixes:
        number = fix.where.line - 1
        line = lines[number] if 0 <= number < len(lines) else ""
        start, taken = line.find(fix.old), spans.setdefault(number, [])
        end = start + len(fix.old)
        if not stands_once(line, fix.old) or "\n" in fix.new or "\r" in fix.new:
            unfit.append((fix, "The line does not say what the mend expects, so it stays as it is."))
        elif any(start < other_end and other_start < end for other_start, other_end, _ in taken):
            unfit.append((fix, "Another mend changes the same words, so this one waits."))
        else:
            taken.append((start, end, fix.new))
    for number, edits in spans.items():
        for start, end, new in sorted(edits, reverse=True):
            lines[number] = lines[number][:start] + new + lines[number][end:]
    return "\n".join(lines), unfit


def _breaks(path: Path, old: str, new: str) -> str | None:
    """Why a changed file could no longer be read, if so: a mend must never make things worse."""
    if path.suffix in _YAML:
        try:
            parse_yaml(new, path)
        except BadFile as error:
            return f"The mends would make the file unreadable, so it stays as it is: {plain(error.sentence)}"
    elif path.suffix == ".jsonl":
        for number, (before, after) in enumerate(_pairs(old, new), start=1):
            if before != after and not _is_object(after):
                return f"The mend of line {number} would make it unreadable, so the file stays as it is."
    return None


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _pairs(old: str, new: str) -> list[tuple[str, str]]:
    return list(zip(old.split("\n"), new.split("\n"), strict=True))


def diff(change: FileChange) -> str:
    """The change as a unified diff, safe to print: controls are shown by their codes, long lines are cut."""
    name = plain(change.path.as_posix())
    pairs = _pairs(change.old, change.new)
    shown = [f"--- a/{name}", f"+++ b/{name}"]
    for first, last in _hunks([at for at, (old, new) in enumerate(pairs) if old != new], len(pairs)):
        shown.append(f"@@ -{first + 1},{last - first} +{first + 1},{last - first} @@")
        for old, new in pairs[first:last]:
            at = _first_difference(old, new)
            shown += [f" {_cut(old, at)}"] if old == new else [f"-{_cut(old, at)}", f"+{_cut(new, at)}"]
    return "\n".join(safe_whole(line) for line in shown) + "\n"


def _first_difference(old: str, new: str) -> int:
    return next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)


def _hunks(changed: list[int], length: int) -> Iterator[tuple[int, int]]:
    """The runs of lines to show: from the first to behind the last."""
    first = last = -1
    for at in changed:
        if first >= 0 and at - CONTEXT > last:
            yield first, last
            first = -1
        first = max(0, at - CONTEXT) if first < 0 else first
        last = min(length, at + CONTEXT + 1)
    if first >= 0:
        yield first, last


def _cut(line: str, at: int) -> str:
    line = line.removesuffix("\r")
    begin = max(0, min(at - MAX_SHOWN // 2, len(line) - MAX_SHOWN))
    head, tail = "..." if begin else "", "..." if begin + MAX_SHOWN < len(line) else ""
    return f"{head}{line[begin : begin + MAX_SHOWN]}{tail}"


def apply(change: FileChange) -> None:
    """Write a change whole or not at all; the file keeps its line ends and its mode.

    Raises:
        CannotRun: the file is a link or lies elsewhere, or is no longer what the change was made from.
    """
    if _read(change.root, change.path) != change.old:
        sentence = f"`{plain(change.path.as_posix())}` has changed in the meantime, so nothing was written to it."
        raise CannotRun(sentence, mend="Run the command again.")
    path = change.root / change.path
    with whole_file(path, stat.S_IMODE(path.stat().st_mode)) as file:
        file.write(change.new.encode("utf-8"))


def _read(root: Path, path: Path) -> str:
    """The text of a file that may be mended.

    Raises:
        CannotRun: it lies elsewhere, is a link or lies behind one, or is no UTF-8 text.
    """
    name = plain(path.as_posix())
    inside = not path.is_absolute() and ".." not in path.parts
    if not inside or (path.parts[:1] != (TASKS_FOLDER,) and path != Path(MODELS_FILE)):
        raise CannotRun(f"`{name}` lies outside the tasks, so it is not mended here.", where=Where(path))
    for step in (path, *path.parents):
        if (root / step).is_symlink() and step != Path():
            raise CannotRun(f"`{name}` is a link or lies behind one, so it is not mended here.", where=Where(path))
    try:
        if not stat.S_ISREG((root / path).stat().st_mode):
            raise CannotRun(f"`{name}` is no file, so it is not mended here.", where=Where(path))
        return (root / path).read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        raise CannotRun(f"`{name}` cannot be read, so it is not mended here.", where=Where(path)) from error
