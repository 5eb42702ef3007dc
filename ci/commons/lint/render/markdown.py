"""The report as a Markdown table, for a comment or a job's summary.

Findings quote contributed text, so everything that Markdown or GitHub would act on is written as an entity, and a
mention is broken: a pull request must not be able to format, link or call people through our comment.
"""

from __future__ import annotations

import html
import re

from commons.lint.findings import Finding, Report
from commons.lint.render.summary import in_order, summary

_ACTIVE = str.maketrans({sign: f"&#{ord(sign)};" for sign in "|[]*_~!\\#"})


def to_markdown(report: Report) -> str:
    """The report as a table and its closing sentence."""
    lines = []
    if report.findings:
        lines += ["| | Code | Where | What | Mend |", "|---|---|---|---|---|"]
        lines += [_row(finding) for finding in report.findings]
        lines.append("")
    clean = in_order(report)
    lines += [f"- {_inert(line)}" for line in clean]
    lines += [""] if clean else []
    return "\n".join([*lines, _inert(summary(report))]) + "\n"


def _row(finding: Finding) -> str:
    place = f"{finding.file}:{finding.where.line}" if finding.where.line else finding.file
    cells = (finding.level, finding.code, f"`{place}`", finding.sentence, finding.mend)
    return f"| {' | '.join(_inert(cell) for cell in cells)} |"


def _inert(text: str) -> str:
    """``text`` with code spans as HTML and every other active sign as an entity."""
    safe = html.escape(text, quote=False).translate(_ACTIVE).replace("@", "@<!-- -->").replace("://", ":<!-- -->//")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", safe).replace("`", "&#96;")
