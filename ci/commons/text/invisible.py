"""Characters that a reader does not see, and a model does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_LENGTH = 100_000

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ue000-\uf8ff\U000e0000-\U000e007f\U000f0000-\U0010fffd]"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u05ff\u0600-\u060f\u0620-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f")
_JOINERS = frozenset("\u200c\u200d")
#: Scripts in which a joiner changes the shape of a letter: Arabic to N'Ko, those of India and beyond, Mongolian.
_JOINED = ((0x0600, 0x08FF), (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x18AF), (0xA840, 0xABFF), (0xFB50, 0xFEFC))
#: Scripts without spaces, whose writers mark where a word may break: Thai, Lao, Tibetan, Myanmar, Khmer.
_BROKEN = ((0x0E00, 0x109F), (0x1780, 0x17FF))
_MONGOLIAN = ((0x1800, 0x18AF),)
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7FF))
_FLAG = "\U0001f3f4"
_NAMES = {
    "\x00": "NULL", "\x07": "BELL", "\x08": "BACKSPACE", "\r": "CARRIAGE RETURN", "\x1b": "ESCAPE", "\x7f": "DELETE",
}  # fmt: skip

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hidden:
    """A character that is not seen: itself, and its place in the text, from 0."""

    character: str
    place: int

    @property
    def name(self) -> str:
        """Its code point and its name, for example ``U+200B ZERO WIDTH SPACE``."""
        return named(self.character)


def named(character: str) -> str:
    """The code point of a character and its Unicode name, or the kind of character where it has no name."""
    kinds = {"Cc": "control character", "Co": "private use character"}
    kind = kinds.get(unicodedata.category(character), "unassigned character")
    name = unicodedata.name(character, "") or _NAMES.get(character) or kind
    return f"U+{ord(character):04X} {name}"


def may_hide(text: str) -> bool:
    """Whether ``text`` holds anything that :func:`hidden` looks at; quick for texts without."""
    return not text.isprintable() and _HIDDEN.search(text) is not None


def hidden(text: str) -> Iterator[Hidden]:
    """The characters of ``text`` that are not seen and that its script does not need.

    Control characters but tabs and line breaks, zero-width and direction characters, the byte order mark, soft
    hyphens, private use. Joiners stay where the script or an emoji needs them, direction marks in a text with letters
    that run from right to left, and word breaks in scripts without spaces.
    """
    piece = text[:MAX_LENGTH]
    right_to_left: bool | None = None
    flag_ends = -1
    for match in _HIDDEN.finditer(piece):
        character, place = match[0], match.start()
        if character in _DIRECTION_MARKS:
            if right_to_left is None:
                right_to_left = _RIGHT_TO_LEFT.search(piece) is not None
            if right_to_left:
                continue
        if "\U000e0000" <= character <= "\U000e007f" and place and (piece[place - 1] == _FLAG or flag_ends == place):
            flag_ends = place + 1
            continue
        if not _needed(piece, place):
            yield Hidden(character, place)


def _needed(text: str, place: int) -> bool:
    """Whether the letters beside a character ask for it."""
    character = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if character in _JOINERS and _within(before, _JOINED):
        return True
    if character == "\u200d":
        return _is_emoji(before) and _is_emoji(after)
    if character == "\u200b":
        return _within(before, _BROKEN) or _within(after, _BROKEN)
    if character == "\u180e":
        return _within(before, _MONGOLIAN)
    if character in "\u115f\u1160\u3164\uffa0":
        return _within(before, _HANGUL) or _within(after, _HANGUL)
    return False


def _within(character: str, ranges: Ranges) -> bool:
    return bool(character) and any(first <= ord(character) <= last for first, last in ranges)


def _is_emoji(character: str) -> bool:
    return bool(character) and (unicodedata.category(character) in {"So", "Sk"} or character == "\ufe0f")
