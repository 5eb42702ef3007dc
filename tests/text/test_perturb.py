"""Small seeded changes of texts: what changes, what stays, and that the same draw gives the same text."""

import random
import re

import pytest

from commons.text.perturb.contraction import CONTRACTIONS, contracted
from commons.text.perturb.groups import DIALECT, GENDER, NAMES, mapped, names_known, renamed
from commons.text.perturb.misspelling import misspelt
from commons.text.perturb.misspellings import MISSPELLINGS
from commons.text.perturb.mix import mildly_mixed
from commons.text.perturb.spaces import spaced
from commons.text.perturb.words import holds_any, replaced

TEXT = "It is true that people receive LETTERS because they do not write them.\nWhat is a friend?"


def seeded(seed: int) -> random.Random:
    """A generator whose draws are known."""
    return random.Random(seed)  # noqa: S311  (a seeded draw is the point, no secret)


def test_words_keep_their_case_and_their_borders() -> None:
    """A word is replaced whole, in the case in which it stood, before an apostrophe too."""
    text = "His history: HIS dog's bone, this and 'his'. Chris's."

    assert replaced(text, ["his"], lambda _: "her") == "Her history: HER dog's bone, this and 'her'. Chris's."
    assert holds_any("an UNCLE’s hat", ["uncle"])
    assert not holds_any("carbuncle", ["uncle"])


def test_letters_that_fold_into_others_break_nothing() -> None:
    """A dotless i or a long s, which a pattern takes for i and s, leaves its word as it is."""
    assert contracted("ıt is and iſ not") == "ıt is and iſ not"


def test_a_contraction_reads_one_way() -> None:
    """Every pair becomes one word with an apostrophe, and words that only look like pairs stay."""
    assert contracted("It is late. They DO NOT know what is left of this isle.") == (
        "It's late. They DON'T know what's left of this isle.")
    assert all("'" in short and " " not in short for short in CONTRACTIONS.values())


def test_misspellings_are_no_other_words() -> None:
    """The table holds single lower-case words, and no misspelling is a word that the table spells right."""
    wrong = [one for several in MISSPELLINGS.values() for one in several]

    assert len(MISSPELLINGS) > 250
    assert all(re.fullmatch("[a-z]+", one) for one in [*MISSPELLINGS, *wrong])
    assert not set(wrong) & set(MISSPELLINGS)


def test_the_chance_of_a_misspelling_is_kept() -> None:
    """With probability .1 about a tenth of the words that can be are misspelt; with 0 none, with 1 all."""
    words = " ".join(["because"] * 4000)
    found = misspelt(words, seeded(3), 0.1).split()

    assert 0.08 < sum(one != "because" for one in found) / 4000 < 0.12
    assert misspelt(TEXT, seeded(3), 0) == TEXT
    assert "because" not in misspelt(TEXT, seeded(3), 1)


def test_spaces_are_one_to_three_and_lines_stay() -> None:
    """Runs of spaces become one to three spaces, each as likely; no word and no line break changes."""
    text = spaced(" ".join(["a"] * 3001) + "\nb", seeded(1))
    runs = [len(one) for one in re.findall(" +", text)]

    assert text.split() == ["a"] * 3001 + ["b"]
    assert text.endswith("\nb")
    assert set(runs) == {1, 2, 3}
    assert all(0.28 < runs.count(size) / 3000 < 0.39 for size in (1, 2, 3))


def test_the_mild_mix_is_the_four_in_order() -> None:
    """Lower case, then contractions, then misspellings, then spaces: the mix holds all of them."""
    mixed = mildly_mixed(TEXT, seeded(2))

    assert mixed == mixed.lower()
    assert "it's" in mixed
    assert re.search("  ", mixed)
    assert len(mixed.split()) == len(contracted(TEXT).split())


@pytest.mark.parametrize("change", [spaced, misspelt, mildly_mixed, renamed])
def test_the_same_draw_gives_the_same_text(change: object) -> None:
    """A change depends on the text and the generator alone."""
    text = f"{TEXT} Emily and Matthew do."

    assert change(text, seeded(7)) == change(text, seeded(7))  # type: ignore[operator]
    assert change(text, seeded(7)) != text  # type: ignore[operator]


def test_men_become_women_and_words_stay_in_pairs() -> None:
    """Pronouns and kin are replaced; no word of the list becomes a word that the list would replace again."""
    assert mapped("He said HIS uncle hurt himself; the theme stays.", GENDER) == (
        "She said HER aunt hurt herself; the theme stays.")
    assert not set(GENDER) & set(GENDER.values())
    assert not set(DIALECT) & set(DIALECT.values())


def test_a_name_becomes_one_name_everywhere() -> None:
    """The same name gives the same name, two names give two, the gender stays, and a common noun is no name."""
    text = "Emily met Tom. EMILY's brother is not Tom; a tom is a cat. Katie saw Emily."
    found = renamed(text, seeded(5))
    names = re.findall(r"\b[A-Z]\w+", found)

    assert "a tom is a cat" in found
    assert not holds_any(found.replace("a tom is", ""), names_known())
    emily, tom, shouted, again, katie, last = names
    assert (shouted, again, last) == (emily.upper(), tom, emily)
    assert len({emily, tom, katie}) == 3
    assert {emily, katie} <= set(NAMES["she"][1])
    assert tom in NAMES["he"][1]
