"""JSON as the site writes it: compact, keys sorted, no NaN, and no character that cannot be seen."""

from __future__ import annotations

import json
from collections.abc import Mapping

from commons.publish.inert import visible

#: How JSON writes the characters that cannot be seen and that it does not write as they are.
_ESCAPES = ("\\u00", "\\b", "\\f", "\\r")


def text_of(content: Mapping[str, object]) -> str:
    r"""The file's text.

    >>> text_of({"b": "x\x00", "a": (1, None)})
    '{"a":[1,null],"b":"x<U+0000>"}\n'
    """
    text = _dumped(content)
    # Most files hold no such character; looking into each of their texts would take longer than writing them.
    if any(escape in text for escape in _ESCAPES) or visible(text) != text:
        text = _dumped(_seen(content))
    return text + "\n"


def _dumped(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def given(**values: object) -> dict[str, object]:
    """The keys that say something: those that would be null or empty are left out."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", (), [], {})}


def _seen(value: object) -> object:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible(str(key)): _seen(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_seen(part) for part in value]
    return value
