"""Lists of English words by group, and how often texts hold them: whole words, letter case folded away.

English only: words are told apart by what is no letter, and a form that is not on its list is not counted, so that in
a language that bends its words most would be missed. The lists stand as data beside this module, each with its source
and licence; they are short, and what they do not name is not seen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

#: The lists that there are, by file name.
GENDER, SURNAMES, OCCUPATIONS, ADJECTIVES, OFFENSIVE = "gender", "surnames", "occupations", "adjectives", "offensive"
NAMES = (GENDER, SURNAMES, OCCUPATIONS, ADJECTIVES, OFFENSIVE)

_DATA = Path(__file__).parent / "data"
#: Letters, with an apostrophe between them; "king's" is the word "king", and "o'brien" one word.
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_ENGLISH = re.compile(r"en(?:-|$)")


@dataclass(frozen=True)
class WordList:
    """Words by group, in the order of the file; a word is in one group alone."""

    groups: Mapping[str, tuple[str, ...]]

    @property
    def words(self) -> tuple[str, ...]:
        """All words, group by group."""
        return tuple(word for group in self.groups.values() for word in group)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many words each group has."""
        return tuple(len(group) for group in self.groups.values())


def is_english(language: str) -> bool:
    """Whether a BCP 47 tag names English.

    >>> is_english("en-GB"), is_english("enm")
    (True, False)
    """
    return _ENGLISH.match(language) is not None


def words_of(text: str) -> Counter[str]:
    """The words of an English text with their counts, letter case folded away.

    >>> sorted(words_of("The King's men; the O’Brien boy.").items())
    [('boy', 1), ('king', 1), ('men', 1), ("o'brien", 1), ('the', 2)]
    """
    found = _WORD.findall(text.replace("\u2019", "'").casefold())
    return Counter(word.removesuffix("'s") for word in found)


def counts(words: Counter[str], listed: WordList) -> tuple[int, ...]:
    """How often a text's ``words`` hold a word of each group."""
    return tuple(sum(words[word] for word in group) for group in listed.groups.values())


def parse(text: str) -> WordList:
    """Read a list: lines with ``#`` say where it is from, ``[group]`` opens a group, words stand apart by spaces.

    Raises:
        ValueError: words before the first group, an empty group, or a word that stands twice or is not folded.
    """
    groups: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            groups[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            if not groups:
                raise ValueError(f"words before the first group: {line}")
            groups[next(reversed(groups))] += line.split()
    every = [word for group in groups.values() for word in group]
    if not all(groups.values()) or not groups:
        raise ValueError("a group without words")
    for word, count in Counter(every).items():
        if count > 1 or _WORD.fullmatch(word) is None or word != word.casefold():
            raise ValueError(f"{word} stands twice, or not as words are counted")
    return WordList({name: tuple(group) for name, group in groups.items()})


@lru_cache
def word_list(name: str) -> WordList:
    """The list of that name, one of :data:`NAMES`."""
    return parse((_DATA / f"{name}.txt").read_text(encoding="utf-8"))
