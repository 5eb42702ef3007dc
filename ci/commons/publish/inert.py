"""Contributed text and model output made harmless to look at. Escaping is the template environment's."""

from __future__ import annotations

import hashlib
import re

#: Characters that change how text around them reads without being seen: controls but newline and tab, overrides of
#: the writing direction, halves of characters, and the two that no text may hold.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_UNSAFE_IN_ANCHOR = re.compile(r"[^A-Za-z0-9_.-]")
_LONGEST_ANCHOR = 80


def visible(text: str) -> str:
    r"""Write every unseen character as its number.

    >>> visible("a\u202eb\x00")
    'a<U+202E>b<U+0000>'
    """
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def anchor(item: str, repeat: int = 0) -> str:
    """The fragment of an item's row. Ids that differ have anchors that differ.

    >>> anchor("s-17"), anchor("a b", 1)
    ('i-s-17', 'i-a~20~b~r1')
    """
    safe = _UNSAFE_IN_ANCHOR.sub(lambda found: f"~{ord(found[0]):x}~", item)
    if len(safe) > _LONGEST_ANCHOR:
        safe = "~" + hashlib.sha256(item.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"i-{safe}" + (f"~r{repeat}" if repeat else "")


def is_web_address(text: str | None) -> bool:
    """Whether contributed text may be linked: an http or https address and nothing else."""
    return text is not None and re.fullmatch(r"https?://[^\s\"'<>\x00-\x1f]+", text) is not None
