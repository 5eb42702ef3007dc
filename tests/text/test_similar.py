"""Normalisation, shingles and near duplicates."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.text.normalise import normalised, words
from commons.text.similar import all_band_keys, band_keys, jaccard, shingles, similar_pairs

VOCABULARY = [f"word{number}" for number in range(3_000)]


def text(seed: int, length: int = 60) -> str:
    """A text of words drawn by a seed."""
    return " ".join(random.Random(seed).choices(VOCABULARY, k=length))  # noqa: S311


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What  is “this”?", "what is this"), ("Ｆｕｌｌ width", "full width"), ("STRASSE", "straße"),
        ("a\u200bb", "ab"),
        ("well-known", "well known"), ("well‐known", "well known"), ("2 − 1", "2 - 1"),
        ("e\u0301", "é"),
    ],
)  # fmt: skip
def test_what_says_the_same_is_equal(one: str, other: str) -> None:
    """Case, spacing, punctuation, compatibility forms and hidden characters are folded."""
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 + 3", "12 - 3"), ("3.5", "35"), ("-5", "5"), ("上", "下"), ("हिन्दी", "हिन्द"), ("50%", "50"),
        ("(a b) c", "a (b c)"), ("😀", "😢"), ("é", "e"), ("٣", "٤"),
    ],
)  # fmt: skip
def test_what_says_something_else_differs(one: str, other: str) -> None:
    """Signs, numbers and the letters and marks of every script are kept."""
    assert normalised(one) != normalised(other)


def test_scripts_without_spaces_have_a_word_for_each_character() -> None:
    """Chinese, Japanese and Thai texts give as many words as characters, with vowel signs beside their letter."""
    assert words("手を洗う。") == ["手", "を", "洗", "う"]
    assert len(words("ภาษาไทย")) == 7
    assert words("กี่") == ["กี่"]


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing_for_plain_text(given: str) -> None:
    """Words have no spaces in them and are never empty, whatever the text (also halves of characters)."""
    found = words(given)

    assert all(word and not word.isspace() and " " not in word for word in found)
    assert normalised(given) == " ".join(found)


@given(st.text(alphabet=st.characters(max_codepoint=126, min_codepoint=32), max_size=80))
def test_the_two_ways_to_fold_agree(given: str) -> None:
    """A text of plain letters is folded in the same way alone and beside a letter of another kind."""
    assert words(f"{given} é") == [*words(given), "é"]


def test_short_texts_are_one_shingle() -> None:
    """Up to five words are one shingle, six are two, and no words are none."""
    assert shingles("One, two") == {"one two"}
    assert len(shingles("a b c d e")) == 1
    assert len(shingles("a b c d e f")) == 2
    assert shingles("?!") == frozenset()
    assert jaccard(shingles("?!"), shingles("")) == 0.0


def test_near_duplicates_are_found_with_their_exact_index() -> None:
    """Of three hundred texts, the planted pairs above the threshold are found, and no others."""
    texts = [text(seed) for seed in range(300)]
    texts[200] = texts[10] + " more"
    texts[250] = texts[20].replace(texts[20].split()[0], "other", 1)
    texts[299] = " ".join(texts[30].split()[:40])

    found = similar_pairs(texts, 0.8)

    assert [(pair.first, pair.second) for pair in found] == [(10, 200), (20, 250)]
    assert found[0].jaccard == pytest.approx(56 / 57)
    assert all(pair.jaccard == jaccard(shingles(texts[pair.first]), shingles(texts[pair.second])) for pair in found)


def test_pairs_at_the_threshold_are_rarely_missed() -> None:
    """Of 200 pairs with an index of about .82, at most two are missed."""
    texts: list[str] = []
    for seed in range(200):
        own = text(seed, 50).split()
        texts += [" ".join(own), " ".join([*own[:-2], "x", "y", *own[-2:-1]])]
    sets = [shingles(each) for each in texts]
    planted = [(place, place + 1) for place in range(0, 400, 2) if jaccard(sets[place], sets[place + 1]) >= 0.8]

    found = {(pair.first, pair.second) for pair in similar_pairs(texts, 0.8)}

    assert len(planted) > 150
    assert len(set(planted) - found) <= 2


def test_a_crowd_of_equal_texts_is_chained() -> None:
    """A thousand equal texts give about two pairs each, and not half a million."""
    found = similar_pairs([text(1)] * 1_000, 0.8)

    assert 999 <= len(found) <= 2_000


def test_band_keys_are_the_same_in_every_process() -> None:
    """An index of band keys can be kept: they do not depend on the process, nor on the order of the shingles."""
    own = shingles(text(5))
    code = f"from commons.text.similar import band_keys, shingles; print(band_keys(shingles({text(5)!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == str(band_keys(own))
    assert band_keys(sorted(own)) == band_keys(sorted(own, reverse=True)) == all_band_keys([own])[0]
    assert len(band_keys(own)) == 32
    assert all(0 <= key < 2**64 for key in band_keys(own))
    assert band_keys(()) == ()


def test_similar_texts_share_a_band_and_others_do_not() -> None:
    """Nearly equal texts share many keys; unlike texts share none."""
    one, near, far = (set(band_keys(shingles(each))) for each in (text(1), text(1) + " more", text(2)))

    assert len(one & near) > 10
    assert not one & far
