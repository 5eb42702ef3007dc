"""Contributed text and model output made harmless to look at. Escaping is the template environment's."""

from __future__ import annotations

import hashlib
import re

#: Characters that are not seen, or change unseen how text around them reads: controls but newline and tab, soft
#: hyphens, overrides of the writing direction, spaces without width, line and paragraph separators, halves of
#: characters, the two that no text may hold, and tags. U+200C and U+200D stay: Persian, Hindi and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u180e\u200b\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
#: Marks of the writing direction, which texts from right to left need and others do not.
_MARKS = re.compile("[\u061c\u200e\u200f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]")
_UNSAFE_IN_ANCHOR = re.compile(r"[^A-Za-z0-9_.-]")
_LONGEST_ANCHOR = 80


def visible(text: str) -> str:
    r"""Write every unseen character as its number.

    >>> visible("a\u202eb\x00")
    'a<U+202E>b<U+0000>'
    """
    if _MARKS.search(text) and not _RIGHT_TO_LEFT.search(text):
        text = _MARKS.sub(_number, text)
    return _UNSEEN.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    return f"<U+{ord(found[0]):04X}>"


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
