"""Ways to show checks: each is a pure function from the reports to a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commons.gates.check import CheckReport
from commons.gates.render.console import to_console
from commons.gates.render.json import to_json
from commons.gates.render.markdown import to_markdown

FORMATS: dict[str, Callable[[Sequence[CheckReport]], str]] = {
    "console": to_console,
    "json": to_json,
    "markdown": to_markdown,
}
