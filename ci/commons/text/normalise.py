"""Texts reduced to what they say: letter case, spacing, punctuation and hidden characters folded away.

Digits, letters and marks of every script are kept, and so are brackets and the signs that carry meaning in a sum
(``+ - * / %``): "12 + 3" and "12 - 3" are different questions.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = frozenset("+-*/%=<>^&@#$~|\\()[]{}")
_ASCII_WORDS = re.compile(r"[a-z0-9]+|[-+*/%=<>^&@#$~|\\()\[\]{}]")
#: The hyphen comes first in the pattern: a search then looks at hyphens alone, and not behind each letter.
_HYPHEN = re.compile(r"[-\u2010\u2011](?<=[^\W\d_].)(?=[^\W\d_])")
#: Scripts written without spaces between words: each character counts as a word.
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip


class _Folding(dict[int, str]):
    """What each character becomes; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Pd" or character == "\u2212":
        return " - "
    if character in _SIGNS or kind in {"Sm", "Sc", "So"}:
        return f" {character} "
    if kind == "Cf" or 0xFE00 <= ord(character) <= 0xFE0F:
        return ""
    if kind[0] not in "LNM":
        return " "
    unspaced = any(first <= ord(character) <= last for first, last in _UNSPACED)
    return f" {character}" if unspaced and kind[0] != "M" else character


_FOLDING = _Folding()


def words(text: str) -> list[str]:
    """The words of ``text`` in a form in which equal words are equal.

    In Chinese, Japanese, Thai and other scripts without spaces each character counts as a word.

    >>> words("Well-known: 12 + 3?")
    ['well', 'known', '12', '+', '3']
    """
    if text.isascii():
        return _ASCII_WORDS.findall(_HYPHEN.sub(" ", text.lower()))
    # NFKC first: it turns a full-width hyphen into a plain one, which may then join two letters.
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _HYPHEN.sub(" ", folded).translate(_FOLDING).split()


def normalised(text: str) -> str:
    """The words of ``text``, one space between each.

    >>> normalised("What  is “2 × 3”?") == normalised("what is 2 × 3")
    True
    """
    return " ".join(words(text))
