"""Near copies that runs of words do not show: a question asked again of a reworded passage, or of the same choices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.lint.runner import lint_task
from tests.lint.builders import MULTIPLE_CHOICE, Edit

ROWS = "data/test.jsonl"
FIELDS = "fields: {question: question, choices: choices, gold: answer}\nanswer:"


def codes(pool: Path, *rows: dict[str, object]) -> list[tuple[str, int]]:
    """The duplicates that are found where the first rows of the task have these values."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    Edit("card.yaml", "answer:", FIELDS).apply(folder)
    lines = (folder / ROWS).read_text(encoding="utf-8").splitlines()
    for place, row in enumerate(rows):
        lines[place] = json.dumps({**json.loads(lines[place]), **row})
    (folder / ROWS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = lint_task(folder).findings
    return [(one.code, one.where.line) for one in found if one.code in {"D010", "D011"}]


FIRST = {"question": "Which nerve carries smell?", "choices": ["the first", "the second", "the fifth"], "answer": 0}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"question": "Which nerve carries smell exactly?", "choices": ["the fifth", "the first", "the second"],
          "answer": 1}, [("D011", 2)]),
        ({"question": "Which nerve carries sight?", "choices": ["the first", "the second", "the fifth"], "answer": 1},
         []),
        ({"question": "Which nerve is thickest of all in the face?", "choices": ["the first", "the second",
          "the fifth"], "answer": 0}, []),
    ],
    ids=["a word more", "another question", "another question with the same answer"],
)
def test_the_same_choices_under_nearly_the_same_question_are_a_copy(
    pool: Path, second: dict[str, object], expected: list[tuple[str, int]]
) -> None:
    """A word or two more under the same choices with the same answer is a copy; another question is not."""
    assert codes(pool, FIRST, second) == expected


def test_long_items_that_differ_in_capitals_alone_contradict_each_other(pool: Path) -> None:
    """From ten words on, letter case does not make another item, and two right answers are a contradiction."""
    asked = "Which of these organs of the body makes the hormone insulin?"
    choices = ["the liver", "the pancreas", "the spleen"]

    assert codes(
        pool, {"question": asked, "choices": choices, "answer": 1},
        {"question": asked.upper(), "choices": choices, "answer": 2},
    ) == [("D010", 2)]
