"""What a planted defect is, and the small edits that plant one in a copy of a good task."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

TEST = "data/test.jsonl"
CONFIG = "{name}.yaml"
CARD = "card.yaml"
HOOKS = "hooks.py"

#: Stands in edits for the file that code in a task would write if it ever ran.
TRACE = "{TRACE}"

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A pool with the task that is being broken: ``folder`` is the task, ``trace`` must never come to exist."""

    root: Path
    folder: Path
    trace: Path

    def path(self, file: str) -> Path:
        """The path of a file of the task."""
        return self.folder / file.replace("{name}", self.folder.name)

    def filled(self, text: str) -> str:
        """``text`` with the place of the trace in it."""
        return text.replace(TRACE, str(self.trace))

    def write(self, file: str, text: str) -> None:
        """Write a text file of the task; half of a surrogate pair may stand in it."""
        path = self.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.filled(text).encode("utf-8", "surrogatepass"))


Edit = Callable[[Case], None]
Shows = Literal["lint", "gate", "either"]
#: Files and snippets; None for any line of the file.
Places = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Defect:
    """One planted defect, the place where a person would point, and what they would say.

    ``file`` is seen from the task folder (None: the folder itself); ``snippet`` stands on the expected line and
    ``row`` is the number of a data row from 1; with neither, any line of the file will do. ``shows`` says whether a
    reader of the files can know (``lint``), only a trial run can (``gate``), or both. ``others`` are good tasks that
    stand in the same pool, ``name`` the folder's name where it is not the base's. ``also`` are other places where
    pointing is just as right (file, and snippet or None for any line). ``executes`` marks the cases whose content
    would leave a trace if anything ran it. ``code`` is the rule that is expected, where that is settled.
    """

    id: str
    family: str
    base: str
    edits: tuple[Edit, ...]
    file: str | None
    wrong: str
    snippet: str | None = None
    row: int | None = None
    shows: Shows = "lint"
    others: tuple[str, ...] = ()
    name: str | None = None
    also: Places = ()
    executes: bool = False
    code: str | None = None

    @property
    def folder_name(self) -> str:
        """The folder the broken task lies in."""
        return self.name or self.base

    def expected_file(self) -> str | None:
        """The expected file, with the task's name filled in."""
        return self.file and self.file.replace("{name}", self.folder_name)

    def expected_line(self, folder: Path) -> int | None:
        """The expected line in the broken task; None where any line will do.

        Raises:
            ValueError: the snippet is nowhere in the broken file, so the defect was not planted.
        """
        if self.row is not None or self.file is None:
            return self.row
        return self._line(folder, self.file, self.snippet)

    def accepts(self, folder: Path, file: str, line: int | None) -> bool:
        """Whether a finding at this place would lead a person to the defect; folded texts may be a line away."""
        wanted = [(self.expected_file(), self.expected_line(folder))]
        for name, snippet in self.also:
            wanted.append((name.replace("{name}", self.folder_name), self._line(folder, name, snippet)))
        return any(
            (place is None or place == file) and (number is None or abs(number - (line or -9)) <= (self.row is None))
            for place, number in wanted
        )

    def _line(self, folder: Path, file: str, snippet: str | None) -> int | None:
        if snippet is None:
            return None
        path = folder / file.replace("{name}", self.folder_name)
        for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
            if snippet in text:
                return number
        raise ValueError(f"{self.id}: `{snippet}` is nowhere in {file}")


def swap(file: str, old: str, new: str) -> Edit:
    """Replace the first ``old`` in a text file; it must be there."""

    def edit(case: Case) -> None:
        text = case.path(file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        case.write(file, text.replace(old, new, 1))

    return edit


def config(old: str, new: str) -> Edit:
    """Replace in the harness config."""
    return swap(CONFIG, old, new)


def card(old: str, new: str) -> Edit:
    """Replace in the card."""
    return swap(CARD, old, new)


def hook(old: str, new: str) -> Edit:
    """Replace in the hooks."""
    return swap(HOOKS, old, new)


def append(file: str, text: str) -> Edit:
    """Add text at the end of a file."""
    return lambda case: case.write(file, case.path(file).read_text(encoding="utf-8") + text)


def add(file: str, text: str) -> Edit:
    """Write a new file, or a known one anew."""
    return lambda case: case.write(file, text)


def raw(file: str, change: Callable[[bytes], bytes]) -> Edit:
    """Change the bytes of a file; a missing one is empty."""

    def edit(case: Case) -> None:
        path = case.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(change(path.read_bytes() if path.exists() else b""))

    return edit


def delete(file: str) -> Edit:
    """Remove a file."""
    return lambda case: case.path(file).unlink()


def rename(file: str, new: str) -> Edit:
    """Rename a file of the task."""
    return lambda case: case.path(file).rename(case.path(new)) and None


def link(file: str, target: str) -> Edit:
    """Put a symbolic link in the place of a file."""

    def edit(case: Case) -> None:
        case.path(file).unlink(missing_ok=True)
        case.path(file).symlink_to(case.filled(target))

    return edit


def read_rows(path: Path) -> list[Row]:
    """The rows of a sound data file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rows(change: Callable[[list[Row]], list[Row]], file: str = TEST) -> Edit:
    """Rewrite the rows of a data file."""

    def edit(case: Case) -> None:
        changed = change(read_rows(case.path(file)))
        case.write(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in changed))

    return edit


def each(change: Callable[[Row], Row], file: str = TEST) -> Edit:
    """Rewrite every row by itself."""
    return rows(lambda all_rows: [change(row) for row in all_rows], file)


def item(number: int, file: str = TEST, **values: Any) -> Edit:
    """Set cells of the row with this number, from 1; a function is given the row."""

    def change(all_rows: list[Row]) -> list[Row]:
        row = all_rows[number - 1]
        row.update({key: value(row) if callable(value) else value for key, value in values.items()})
        return all_rows

    return rows(change, file)


def without(number: int, key: str, file: str = TEST) -> Edit:
    """Drop one cell of one row."""

    def change(all_rows: list[Row]) -> list[Row]:
        del all_rows[number - 1][key]
        return all_rows

    return rows(change, file)


def line(number: int, change: Callable[[str], str], file: str = TEST) -> Edit:
    """Change the text of one line, whatever it then is."""

    def edit(case: Case) -> None:
        lines = case.path(file).read_text(encoding="utf-8").split("\n")
        lines[number - 1] = change(lines[number - 1])
        case.write(file, "\n".join(lines))

    return edit
