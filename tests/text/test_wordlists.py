"""Word lists and how words are counted."""

import pytest

from commons.text import wordlists
from commons.text.wordlists import NAMES, WordList, counts, is_english, parse, word_list, words_of


def test_whole_words_are_counted_and_parts_of_words_are_not() -> None:
    """"The" holds no "he", and "shepherd" no "she"; letter case does not matter."""
    listed = WordList({"female": ("she",), "male": ("he", "king")})

    assert counts(words_of("The shepherd said: SHE and he, the King's heir, they."), listed) == (1, 2)


def test_contractions_and_numbers() -> None:
    """A contraction is a word of its own, so "she'll" is missed and said to be; digits are no words."""
    assert dict(words_of("she'll 512 x2 e_mail")) == {"she'll": 1, "x": 1, "e": 1, "mail": 1}


@pytest.mark.parametrize("name", NAMES)
def test_every_list_states_where_it_is_from(name: str) -> None:
    """Each file opens with its source and its licence, and can be read."""
    text = (wordlists._DATA / f"{name}.txt").read_text(encoding="utf-8")
    header = [line for line in text.splitlines() if line.startswith("#")]

    assert any("Source:" in line and "Licence:" in line for line in header)
    assert min(word_list(name).sizes) >= 20


def test_every_file_is_a_known_list() -> None:
    """No list lies in the folder unread."""
    assert {path.stem for path in wordlists._DATA.glob("*.txt")} == set(NAMES)


def test_groups_do_not_share_words() -> None:
    """A word in two groups would count twice; the lists of targets name no group."""
    people = {*word_list("gender").words, *word_list("surnames").words}

    assert len(people) == sum(word_list("gender").sizes) + sum(word_list("surnames").sizes)
    assert not people & {*word_list("occupations").words, *word_list("adjectives").words}


@pytest.mark.parametrize(("text", "wrong"), [
    ("she her\n", "before the first group"), ("[female]\n", "without words"), ("", "without words"),
    ("[female]\nshe\n[male]\nshe\n", "she stands twice"), ("[female]\nShe\n", "not as words are counted"),
])
def test_a_faulty_list_is_refused(text: str, wrong: str) -> None:
    """What could not be counted rightly is not read."""
    with pytest.raises(ValueError, match=wrong):
        parse(text)


def test_which_tags_are_english() -> None:
    """English with a script or a region is English; Middle English and Turkish are not."""
    assert [is_english(tag) for tag in ("en", "en-GB", "enm", "tr")] == [True, True, False, False]
