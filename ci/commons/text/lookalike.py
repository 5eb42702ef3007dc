"""Letters that look like others: a word of two alphabets, and a letter written as two characters."""

from __future__ import annotations

import re
import unicodedata

#: What is looked at of one text.
MAX_LENGTH = 100_000

_WORD = re.compile(r"[^\W\d_]{3,}")
#: Letters of one alphabet that nobody can tell from letters of another (Unicode's confusables, the plain cases).
_CYRILLIC = frozenset("аеорсухіјѕһԁӏАВЕКМНОРСТУХІЈЅ")
_GREEK = frozenset("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
_LATIN = frozenset("aeopcyxijshdlABEKMHOPCTYXIJSZNY")


def mixed_word(text: str) -> tuple[str, str] | None:
    """The first word in which letters of another alphabet stand in for those they look like, and one such letter.

    Symbols such as Δt and units such as µm are left alone: there the Greek letter looks like no other.
    """
    if text.isascii():
        return None
    for found in _WORD.finditer(text[:MAX_LENGTH]):
        word = found[0]
        if not word.isascii() and (letter := _stranger(word)):
            return word, letter
    return None


def _stranger(word: str) -> str | None:
    latin = [one for one in word if one < "\u0250"]
    cyrillic = [one for one in word if "\u0400" <= one < "\u0530"]
    greek = [one for one in word if "\u0370" <= one < "\u0400"]
    if latin and cyrillic and not greek:
        if _CYRILLIC.issuperset(cyrillic):
            return cyrillic[0]
        return latin[0] if _LATIN.issuperset(latin) else None
    # Formulas mix Latin and Greek: only a Greek letter within a longer Latin word is a mistake.
    if greek and not cyrillic and len(latin) >= 3 and _GREEK.issuperset(greek):
        return greek[0]
    return None


def taken_apart(text: str) -> str | None:
    """The first word with a letter that is written as two characters though Unicode has one for it (not NFC)."""
    if text.isascii() or unicodedata.is_normalized("NFC", text[:MAX_LENGTH]):
        return None
    for word in text[:MAX_LENGTH].split():
        if len(unicodedata.normalize("NFC", word)) < len(word):
            return word
    return None


def name_of(letter: str) -> str:
    """A letter's code point and name."""
    return f"U+{ord(letter):04X} {unicodedata.name(letter, 'a letter without a name')}"
