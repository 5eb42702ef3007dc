"""Choices that tell the gold by their form or place, letters that the prompt does not show, and items of one mould."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.lint.findings import Finding
from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE, MULTIPLE_CHOICE, canary_of

LETTERS = "ABCD"
FRUIT = ("apple", "pear", "plum", "quince", "cherry", "medlar", "fig", "grape", "melon", "olive", "sloe", "date")
SHOWN = "{{question}}\\nA. {{choices[0]}}\\nB. {{choices[1]}}\\nC. {{choices[2]}}\\nD. {{choices[3]}}\\nAnswer:"


def found_in(folder: Path, codes: set[str]) -> list[Finding]:
    """The findings of some rules."""
    return [one for one in lint_task(folder).findings if one.code in codes]


def write_choices(folder: Path, choices: list[list[str]], golds: list[int]) -> None:
    """Give the multiple choice task these choices and golds, and a question of its own for each."""
    lines = [
        json.dumps({
            "id": f"i{number}",
            "question": f"Which one is meant by the gardener of plot {FRUIT[number % 12]} {number}?",
            "choices": texts, "answer": gold, "note": "sums", "canary": canary_of(MULTIPLE_CHOICE),
        })
        for number, (texts, gold) in enumerate(zip(choices, golds, strict=True))
    ]
    (folder / "data" / "test.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def four(number: int) -> list[str]:
    """Four different fruits."""
    return [FRUIT[(number * 5 + place * 3) % 12] + ("s" if (number + place) % 2 else "") for place in range(4)]


def swap(folder: Path, file: str, *pairs: tuple[str, str]) -> None:
    """Replace words in a file of the task."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def with_letters(folder: Path, prompt: str, letters: str = '["A", "B", "C", "D"]') -> None:
    """Make the task score letters, with a card that names the column of the choices."""
    write_choices(folder, [four(number) for number in range(12)], [number % 4 for number in range(12)])
    swap(folder, f"{MULTIPLE_CHOICE}.yaml", ("doc_to_choice: choices", f"doc_to_choice: {letters}"),
         ("{{question}}\\nAnswer:", prompt), ("num_fewshot: 2", "num_fewshot: 0"))
    swap(folder, "card.yaml", ("shuffle_seed: 7", "fields: {question: question, choices: choices}\nshuffle_seed: 7"))


@pytest.mark.parametrize(("golds", "expected"), [
    ([number % 2 for number in range(24)], {"D034"}),
    ([number % 3 for number in range(24)], set()),
    ([number % 3 for number in range(40)], {"D034"}),
    ([number % 4 for number in range(24)], set()),
    ([0] * 24, {"D025"}),
    ([number % 3 + 1 for number in range(36)], {"D027"}),
])
def test_places_that_never_hold_the_gold(pool: Path, golds: list[int], expected: set[str]) -> None:
    """Places that are never right are named once luck is ruled out; other rules keep what is theirs."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    write_choices(folder, [four(number) for number in range(len(golds))], golds)

    assert {one.code for one in found_in(folder, {"D025", "D027", "D034"})} == expected


def test_labels_in_the_choices(pool: Path) -> None:
    """Choices that all begin with their own letter give a hint; a text that only begins with one does not."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    golds = [number % 4 for number in range(12)]
    write_choices(folder, [[f"{LETTERS[n]}) {text}" for n, text in enumerate(four(i))] for i in range(12)], golds)
    assert [one.level for one in found_in(folder, {"D036"})] == ["hint"]

    write_choices(folder, [[f"A) {text}" for text in four(number)] for number in range(12)], golds)
    assert not found_in(folder, {"D036"})


@pytest.mark.parametrize(("prompt", "words"), [
    ("{{question}}\\nAnswer:", "show no choices"),
    (SHOWN.replace("\\nD. {{choices[3]}}", ""), "letter D"),
    (SHOWN.replace("A. ", "a) ").replace("B. ", "b) ").replace("C. ", "c) ").replace("D. ", "d) "), "show a before"),
    (SHOWN.replace("A. {{choices[0]}}", "A. {{choices[1]}}").replace("B. {{choices[1]}}", "B. {{choices[0]}}"),
     "A before the choice for which B"),
    ("{{question}}\\n{{choices|join(', ')}}\\nreply:", "without letters"),
])
def test_letters_that_the_prompt_does_not_show(pool: Path, prompt: str, words: str) -> None:
    """What the template hides, exchanges or letters otherwise is said at the template, once."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    with_letters(folder, prompt)
    found = found_in(folder, {"P014"})

    assert len(found) == 1
    assert words in found[0].sentence
    assert found[0].file.endswith(f"{MULTIPLE_CHOICE}.yaml")
    assert found[0].where.line > 0


@pytest.mark.parametrize("prompt", [
    SHOWN,
    SHOWN.replace("A. ", "(A) ").replace("B. ", "(B) ").replace("C. ", "(C) ").replace("D. ", "(D) "),
    "{{question}}{% for one in choices %} {{'ABCD'[loop.index0]}}: {{one}};{% endfor %}\\nAnswer:",
])
def test_letters_that_the_prompt_shows(pool: Path, prompt: str) -> None:
    """Letters before their choices are in order, whatever stands between the two."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    with_letters(folder, prompt)

    assert not found_in(folder, {"P014", "P001"})


def test_the_texts_behind_letters_are_looked_at(pool: Path) -> None:
    """Two equal choices are found where letters stand for them, and so is a number of choices unlike the letters."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    listed = "{{question}}{% for one in choices %} {{'ABCD'[loop.index0]}}. {{one}};{% endfor %}\\nAnswer:"
    with_letters(folder, listed)
    choices = [["fig", "plum", "fig", "date"], *([four(3)] * 4), ["plum", "fig", "date"]]
    write_choices(folder, choices, [1, 0, 1, 2, 3, 0])
    found = [one for one in found_in(folder, {"D007"}) if one.where.path.name == "test.jsonl"]

    assert [one.where.line for one in found] == [1, 6]


@pytest.mark.parametrize(("domain", "expected"), [("law", ["D007"]), ("computing", [])])
def test_choices_that_differ_in_case_alone(pool: Path, domain: str, expected: list[str]) -> None:
    """`Paris` and `paris` are one choice, but `True` and `true` are two to whoever programs."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    swap(folder, "card.yaml", ("domain: medicine", f"domain: {domain}"))
    swap(folder, "data/test.jsonl", ('["4 mg", "5 mg", "6 mg"]', '["true", "False", "True"]'))

    assert [one.code for one in found_in(folder, {"D007"})] == expected


def test_items_of_one_mould(pool: Path) -> None:
    """Items that differ in their numbers alone give a hint, but not where sums are the point."""
    folder = pool / "tasks" / GENERATE
    lines = [
        json.dumps({"id": f"i{n}", "question": f"How many minutes are {n} hours and {n + 3} minutes?", "note": "sums",
                    "answer": str(63 * n + 3), "canary": canary_of(GENERATE)}) for n in range(2, 16)
    ]
    (folder / "data" / "test.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert not found_in(folder, {"D039"})

    swap(folder, "card.yaml", ("skills: [arithmetic]", "skills: [knowledge]"))
    assert [one.level for one in found_in(folder, {"D039"})] == ["hint"]


def test_guessing_among_few_answers(pool: Path) -> None:
    """Yes or no without a chance level gives a hint; with one half it does not."""
    folder = pool / "tasks" / GENERATE
    lines = [
        json.dumps({"id": f"i{n}", "question": f"Is a dose of {FRUIT[n]} safe at noon?", "note": "sums",
                    "answer": "no" if n % 2 else "yes", "canary": canary_of(GENERATE)}) for n in range(12)
    ]
    (folder / "data" / "test.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = found_in(folder, {"C023"})
    assert [(one.level, one.mend) for one in found] == [("hint", "Write `chance: 0.5` under `headline`.")]

    swap(folder, "card.yaml", ("chance: null", "chance: 0.5"))
    assert not found_in(folder, {"C023"})


def test_the_word_none_may_be_an_answer(pool: Path) -> None:
    """The text "None" is what some programs print; only a null that is printed so is no answer."""
    folder = pool / "tasks" / GENERATE
    swap(folder, "data/test.jsonl", ('"answer": "5 mg"', '"answer": "None"'))
    assert not found_in(folder, {"D009"})

    swap(folder, "data/test.jsonl", ('"answer": "None"', '"answer": null'))
    assert len(found_in(folder, {"D009", "D020"})) == 1


def test_columns_that_are_exchanged(pool: Path) -> None:
    """A card that takes the answer for the question, and the other way round, is told so."""
    folder = pool / "tasks" / GENERATE
    swap(folder, "card.yaml", ("shuffle_seed: 7", "fields: {question: question, gold: answer}\nshuffle_seed: 7"))
    assert not found_in(folder, {"C024"})

    swap(folder, "card.yaml", ("{question: question, gold: answer}", "{question: answer, gold: question}"))
    assert ["exchange" in one.mend.casefold() for one in found_in(folder, {"C024"})] == [True]


def test_a_fixed_space_in_a_gold(pool: Path) -> None:
    """A gold with a no-break space is never matched by an answer with a plain one."""
    folder = pool / "tasks" / GENERATE
    swap(folder, "data/test.jsonl", ('"answer": "5 mg"', '"answer": "5\u00a0mg"'))

    assert [one.where.line for one in found_in(folder, {"D038"})] == [1]


def test_case_that_the_card_accepts(pool: Path) -> None:
    """A card that accepts other letter case needs a metric that ignores it."""
    folder = pool / "tasks" / GENERATE
    swap(folder, "card.yaml", ("type: number", "type: text\n  accepts: [case]"))
    assert not found_in(folder, {"C016"})

    name = f"{GENERATE}.yaml"
    swap(folder, name, ("    ignore_case: true\n", ""), ("'(\\d+)'", "'(.+)'"))
    swap(folder, name, ('    regexes_to_ignore: [" mg"]\n', ""))
    assert [one.code for one in found_in(folder, {"C016"})] == ["C016"]


@pytest.mark.parametrize(("state", "code"), [("draft", "C004"), ("active", "C019")])
def test_what_waits_blocks_once_the_task_is_no_draft(pool: Path, state: str, code: str) -> None:
    """A text that still waits is a hint in a draft, and a fault in what claims to be ready."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    swap(folder, "card.yaml", ("state: draft", f"state: {state}"), ("small numbers only", '"EDIT: what is left out"'))

    assert [one.code for one in found_in(folder, {"C004", "C019"})] == [code]


@pytest.mark.parametrize(("text", "found"), [
    ("What does a \u0394t of 3 \u00b5m mean for \u03b1-helices and \u03a9?", False),
    ("\u041a\u0430\u043a\u043e\u0439 USB-\u043a\u0430\u0431\u0435\u043b\u044c \u043d\u0443\u0436\u0435\u043d?", False),
    ("Wer verk\u00e4uft Br\u00f6tchen?", False),
    ("An an\u0435mometer?", True),
    ("\u041f\u0440\u0438\u0432e\u0442?", True),
    ("Wer verka\u0308uft?", True),
])
def test_letters_that_look_like_others(pool: Path, text: str, found: bool) -> None:
    """A word of two alphabets is found, and formulas, units and hyphenated words are left alone."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    swap(folder, "data/test.jsonl", ("2 mg and 3 mg?", text))

    assert bool(found_in(folder, {"D038"})) == found


def test_a_group_of_near_copies_in_a_small_task(pool: Path) -> None:
    """Half of a task of ten that says the same with one other word is found, though it looks like a template."""
    folder = pool / "tasks" / GENERATE
    words = ("today", "indeed", "please", "exactly", "then")
    story = "The harbour master writes down each morning how many boats lie at the quay and which of them wait for fuel"
    texts = [f"{story}, and asks on Monday why the red boat left {word}?" for word in words]
    texts += [f"Why does the {one} of the old orchard ripen before all the trees of the valley?" for one in FRUIT[:5]]
    lines = [
        json.dumps({"id": f"i{n}", "question": text, "note": "sums", "answer": "5 mg" if n < 5 else f"{n} mg",
                    "canary": canary_of(GENERATE)}) for n, text in enumerate(texts)
    ]
    (folder / "data" / "test.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert {2, 3, 4, 5} <= {one.where.line for one in found_in(folder, {"D011"})}
