"""Single values written into hand-made YAML so that they are read back as they were, whatever they hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Template

import yaml

_TEMPLATES = Path(__file__).parent / "templates"
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*")
# What YAML readers refuse or fold inside double quotes: controls, line separators, byte order marks, half pairs.
_NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def template_path(name: str) -> Path:
    """Where a file of the templates stands."""
    return _TEMPLATES / name


def filled(name: str, values: dict[str, str]) -> str:
    """The template ``name`` with every ``$placeholder`` replaced; a missing value is an error of this program."""
    return Template(template_path(name).read_text(encoding="utf-8")).substitute(values)


def quoted(text: str) -> str:
    r"""``text`` as a double-quoted YAML scalar on one line.

    >>> print(quoted('He said: "no"\n'))
    "He said: \"no\"\n"
    """
    return _NOT_PRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def scalar(text: str | None) -> str:
    """``text`` as a YAML scalar: plain where that is read as the same text, quoted where not, ``null`` for None.

    >>> scalar("en"), scalar("no"), scalar(None)
    ('en', '"no"', 'null')
    """
    if text is None:
        return "null"
    return text if _PLAIN.fullmatch(text) and yaml.safe_load(text) == text else quoted(text)


def number(value: float | None) -> str:
    """A number as YAML, without digits that only rounding left behind; ``null`` for None."""
    return "null" if value is None else format(value, ".6g")
