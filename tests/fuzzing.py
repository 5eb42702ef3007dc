"""Task folders with random damage, for the property that lint always ends with findings and never with a traceback."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from commons.lint.findings import Report
from commons.lint.runner import lint_task

#: Pieces that have broken readers before: YAML, JSON, Jinja, regular expressions, Unicode, numbers, paths.
PIECES = (
    "{{", "}}", "{%", "%}", "{% for a in range(9999999) %}", "{{ x.__class__ }}", "{{ 'a' * 10**9 }}", "{{ [1]|sum }}",
    "{{ q|center(900000000) }}", "{{ q|regex_replace('(a+)+$', 'b') }}", "{% macro m() %}{{ m() }}{% endmacro %}",
    "!function os.system", "!!python/object:os.system", "&a [*a]", "*a", "<<: *a", "? [1]", "- -", "---\n", "\t",
    "(a+)+$", "(?P<x>", "[", "\\", "\\d", "'", '"', ":", ": ", "#", "|", ">", "null", "~", "true", "0x1F", "1e999",
    "-1", "99999999999999999999999", "190:20:30", ".nan", "NaN", "Infinity", "2026-13-45", "[[[[[[[[[[", "{" * 200,
    "\x00", "\x1b[31m", "\u202e", "\ufeff", "\ud800", "\u2028", "é", "日本語", "😀" * 50, "A" * 5000, "\n" * 50, "\r\n",
    "../../etc/passwd", "/etc/passwd", "C:\\x", "data", "data/../data/test.jsonl", "::error::x", "&lt;br&gt;",
    "AKIAIOSFODNN7EXAMPLE", "4111111111111111", "all of the above", "None", "",
)  # fmt: skip


@dataclass(frozen=True)
class Damage:
    """One change of one file: at a place (0 to 1) so many characters are cut, and a piece is put in."""

    file: int
    kind: str
    place: float
    length: int
    piece: str

    def apply(self, folder: Path) -> None:
        """Do it; what no file system allows is left undone."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        if not files:
            return
        path = files[self.file % len(files)]
        try:
            self._change(path, folder)
        except (OSError, ValueError):
            return

    def _change(self, path: Path, folder: Path) -> None:
        raw = path.read_bytes()
        at = int(self.place * len(raw))
        piece = self.piece.encode("utf-8", "surrogatepass")
        if self.kind == "splice":
            path.write_bytes(raw[:at] + piece + raw[at + self.length :])
        elif self.kind == "bytes":
            path.write_bytes(raw[:at] + bytes([255 - self.length % 256]) + raw[at + 1 :])
        elif self.kind == "swap":
            lines = raw.split(b"\n")
            here, there = int(self.place * (len(lines) - 1)), self.length % len(lines)
            lines[here], lines[there] = lines[there], lines[here]
            path.write_bytes(b"\n".join(lines))
        elif self.kind == "repeat":
            lines = raw.split(b"\n")
            here = int(self.place * (len(lines) - 1))
            path.write_bytes(b"\n".join([*lines[:here], *lines[here : here + 1] * (self.length + 1), *lines[here:]]))
        elif self.kind == "value":
            self._change_value(path)
        elif self.kind == "rename":
            path.rename(path.with_name((self.piece or "x")[:100].replace("/", "_")))
        elif self.kind == "link":
            path.unlink()
            path.symlink_to(folder)
        else:
            path.unlink()

    def _change_value(self, path: Path) -> None:
        """Put a value of another kind into one row of a data file."""
        values = (None, True, -1, 1.5, 10**30, "", self.piece, [], [self.piece], {"a": [{}]}, [[[[]]]])
        lines = path.read_text(encoding="utf-8").splitlines()
        row = json.loads(lines[int(self.place * (len(lines) - 1))])
        names = sorted(row)
        row[names[self.length % len(names)]] = values[self.file % len(values)]
        lines[int(self.place * (len(lines) - 1))] = json.dumps(row)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


KINDS = ("splice", "splice", "splice", "value", "value", "bytes", "swap", "repeat", "rename", "link", "delete")

damages = st.lists(
    st.builds(
        Damage, file=st.integers(0, 20), kind=st.sampled_from(KINDS), place=st.floats(0, 1), length=st.integers(0, 40),
        piece=st.sampled_from(PIECES) | st.text(max_size=20),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def lint_damaged(folder: Path, several: list[Damage]) -> Report:
    """Lint a task folder after damage; give the report, which no damage may keep from coming."""
    for damage in several:
        damage.apply(folder)
    report = lint_task(folder)
    crashed = [finding.sentence for finding in report.findings if "report this" in finding.sentence]
    assert crashed == [], crashed
    return report
