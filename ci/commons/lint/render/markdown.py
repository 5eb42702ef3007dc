"""The report in Markdown, for a comment or a job's summary: the verdict first, then a table for each task.

Findings quote contributed text, so everything that Markdown or GitHub would act on is written as an entity, and a
mention is broken: a pull request must not be able to format, link or call people through our comment.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from commons.lint.findings import Finding, Report
from commons.lint.render.summary import counted, explained, fixable, in_order, level_of, summary

#: GitHub refuses a comment of more than 65,536 characters.
MAX_CHARACTERS = 60_000

_ACTIVE = str.maketrans({sign: f"&#{ord(sign)};" for sign in "|[]*_~!\\#"})
_HEAD = ["| | Code | Where | What | Mend |", "|---|---|---|---|---|"]


def to_markdown(report: Report) -> str:
    """The verdict, a table of findings for each thing that was checked, and what is in order.

    What would make it longer than :data:`MAX_CHARACTERS` is left out and counted.
    """
    closing = [inert(fixable(report))] if report.findings and fixable(report) else []
    closing += _bullets(explained(report))
    # Half a thousand for the sentences that say what was left out.
    room = MAX_CHARACTERS - len(_verdict(report)) - sum(len(line) + 1 for line in closing) - 500
    tables, left_out = _cut(_tables(report), room)
    clean, clean_left_out = _cut(((f"- {inert(line)}", 1) for line in in_order(report)), room - _length(tables))
    if left_out:
        closing.append(f"{counted(left_out, 'finding')} more: the whole report is in the log.")
    if clean_left_out:
        clean.append(f"- and {clean_left_out:,} more in order")
    blocks = ["\n".join(lines).strip("\n") for lines in ([_verdict(report)], tables, clean, closing)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _verdict(report: Report) -> str:
    if not report.findings:
        return f"**{inert(summary(report))}**"
    found = f"{inert(summary(report))}."
    return f"**To mend before a merge:** {found}" if report.blocking else f"**Nothing blocks a merge:** {found}"


def _tables(report: Report) -> Iterator[tuple[str, int]]:
    """The lines of the tables, each with the number of findings in it; what blocks comes first."""
    folders = {one.path: one.name for one in report.checked}
    by_name: dict[str, list[Finding]] = {}
    for finding in sorted(report.findings, key=lambda one: one.level != "lint"):
        path = finding.where.path
        name = next((folders[step] for step in (path, *path.parents) if step in folders), finding.file)
        by_name.setdefault(name, []).append(finding)
    for name, findings in by_name.items():
        yield "\n".join(["", f"### {inert(name)}", "", *_HEAD]), 0
        for finding in findings:
            yield _row(finding), 1


def _cut(lines: Iterator[tuple[str, int]], room: int) -> tuple[list[str], int]:
    """The lines that fit into ``room`` characters, and how many findings the others hold."""
    fitting: list[str] = []
    left_out = 0
    for line, number in lines:
        room -= len(line) + 1
        if room >= 0 and not left_out:
            fitting.append(line)
        else:
            left_out += number
            room = -1
    if left_out and fitting and fitting[-1].endswith(_HEAD[-1]):
        fitting.pop()
    return fitting, left_out


def _length(lines: list[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _bullets(lines: list[str]) -> list[str]:
    return ["", inert(lines[0]), "", *(f"- {inert(line)}" for line in lines[1:])] if lines else []


def _row(finding: Finding) -> str:
    place = f"{finding.file}:{finding.where.line}" if finding.where.line else finding.file
    cells = (level_of(finding), finding.code, f"`{place}`", finding.sentence, finding.mend)
    return f"| {' | '.join(inert(cell) for cell in cells)} |"


def inert(text: str) -> str:
    """``text`` with code spans as HTML and every other active sign as an entity."""
    safe = html.escape(text, quote=False).translate(_ACTIVE).replace("@", "@<!-- -->").replace("://", ":<!-- -->//")
    safe = re.sub(r"(?i)\bwww\.", lambda found: f"{found[0][:3]}<!-- -->.", safe)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", safe).replace("`", "&#96;")
