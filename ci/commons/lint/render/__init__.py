"""Ways to show a report: each is a pure function from the report to a text."""

from __future__ import annotations

from collections.abc import Callable

from commons.lint.findings import Report
from commons.lint.render.console import to_console
from commons.lint.render.github import to_github
from commons.lint.render.json import to_json
from commons.lint.render.markdown import to_markdown
from commons.lint.render.sarif import to_sarif

FORMATS: dict[str, Callable[[Report], str]] = {
    "console": to_console,
    "json": to_json,
    "github": to_github,
    "markdown": to_markdown,
    "sarif": to_sarif,
}

#: What the end of a file's name says about its format.
SUFFIXES = {".txt": "console", ".json": "json", ".md": "markdown", ".sarif": "sarif"}
