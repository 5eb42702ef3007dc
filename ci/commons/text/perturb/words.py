"""Words for other words: whole words only, in the case in which they stood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

#: Quotes that writers put for an apostrophe.
_APOSTROPHES = "'\u2019"


@lru_cache(maxsize=64)
def pattern_of(words: frozenset[str]) -> re.Pattern[str]:
    """A pattern that finds each of ``words`` as a whole word, in any case, the longest first.

    What stands after an apostrophe is a part of the word before it: ``s`` is not found in ``it's``. What stands before
    one is found: ``Emily`` in ``Emily's``.
    """
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    either = "|".join(re.escape(word).replace("'", f"[{_APOSTROPHES}]") for word in longest_first)
    return re.compile(rf"(?<!\w)(?<!\w[{_APOSTROPHES}])(?:{either})(?!\w)", re.IGNORECASE)


def plain_word(found: str) -> str:
    """The word as tables hold it: in lower case, with the typewriter's apostrophe.

    >>> plain_word("Isn\u2019t")
    "isn't"
    """
    return found.lower().replace("\u2019", "'")


def in_the_case_of(found: str, word: str) -> str:
    """``word`` as ``found`` was written: all capitals, a capital at the beginning, or as it is.

    >>> in_the_case_of("HIS", "her"), in_the_case_of("He", "she"), in_the_case_of("he", "she")
    ('HER', 'She', 'she')
    """
    if len(found) > 1 and found.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if found[:1].isupper() else word


def replaced(text: str, words: Iterable[str], choose: Callable[[str], str]) -> str:
    """``text`` with each of ``words`` replaced by what ``choose`` gives for it (asked in lower case), in its case.

    >>> replaced("The cat sat. CAT!", ["cat"], lambda word: "dog")
    'The dog sat. DOG!'
    """
    known = frozenset(words)

    def put(found: str) -> str:
        # Without regard to case, a pattern takes the dotless i for an i, and the table does not hold it.
        plain = plain_word(found)
        return in_the_case_of(found, choose(plain)) if plain in known else found

    return pattern_of(known).sub(lambda found: put(found[0]), text)


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of ``words`` stands in ``text`` as a whole word."""
    return pattern_of(frozenset(words)).search(text) is not None
