"""Hints about questions and items that need more than one row to show, and what must stay silent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import Edit

Row = dict[str, Any]
PASSAGES = [f"Ward {letter} keeps a list of what each nurse gives, and when. " * 5 for letter in "AB"]


def _findings(pool: Path, change: Callable[[int, Row], Row], *, config: str = "", times: int = 1) -> list[str]:
    """The codes that lint finds once every row (``times`` as many) has been changed."""
    folder = pool / "tasks" / GEN
    path = folder / "data" / "test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    many = [{**row, "id": f"{row['id']}-{turn}"} for turn in range(times) for row in rows]
    path.write_text("".join(json.dumps(change(*one)) + "\n" for one in enumerate(many)), encoding="utf-8")
    if config:
        Edit(f"{GEN}.yaml", '"{{question}}', f'"{config}{{{{question}}}}').apply(folder)
    return [finding.code for finding in lint_task(folder).findings]


@pytest.mark.parametrize("text", ["test", "asdf", "...", "Test?"])
def test_a_trial_is_found_among_real_questions(pool: Path, text: str) -> None:
    """One word among sentences is what somebody typed to see whether it works."""
    def change(place: int, row: Row) -> Row:
        return {**row, "question": f"A ward needs together {row['question']}" if place else text}

    assert "D041" in _findings(pool, change)


def test_a_short_question_among_short_ones_is_no_trial(pool: Path) -> None:
    """Where all questions are words, `test` may be one of them."""
    assert "D041" not in _findings(pool, lambda place, row: {**row, "question": row["question"] if place else "test"})


@pytest.mark.parametrize("text", [
    "A nurse looks at the picture on the wall.", "The map of the ward hangs left.", "She answers the last call.",
    "The first question was easy.", "What do you do?", "The nicest nurse adds two doses.", "He asks: why? And goes.",
    "All wards but one are open.", "Todo: nothing.", "In all, 3 mg.", "The figure is 3 mg.",
])  # fmt: skip
def test_harmless_words_stay_silent(pool: Path, text: str) -> None:
    """Pictures that are part of a scene, a question in the past, and opinions of others, are in order."""
    found = _findings(pool, lambda _, row: {**row, "question": f"{text} How much are {row['question']}"})

    assert not {"D042", "D043", "D044", "D031", "D047"} & set(found)


def test_numbers_of_a_worksheet_are_found(pool: Path) -> None:
    """Nearly all questions begin with a number and a point."""
    found = _findings(pool, lambda place, row: {**row, "question": f"{place}. {row['question']}"}, times=2)

    assert "D047" in found


def test_quantities_are_no_numbers_of_a_worksheet(pool: Path) -> None:
    """A question may begin with a decimal or with a quantity."""
    found = _findings(pool, lambda place, row: {**row, "question": f"{place}.5 {row['question']}"}, times=2)

    assert "D047" not in found


def test_items_that_share_texts_need_a_cluster(pool: Path) -> None:
    """Three questions on each of two texts, and a card that names no cluster; one text for all is an instruction."""
    told = _findings(pool, lambda place, row: {**row, "text": PASSAGES[place % 2]}, config="{{text}} ")
    assert told.count("D046") == 1


def test_one_text_for_all_is_an_instruction(pool: Path) -> None:
    """What every item repeats says nothing about which belong together."""
    assert "D046" not in _findings(pool, lambda _, row: {**row, "text": PASSAGES[0]}, config="{{text}} ")


@pytest.mark.parametrize(("page", "told"), [
    ("40 items on doses.\n", True), ("6 items on doses.\n", False), ("12 items in two files of 6 items.\n", False),
    ("Of the 40 items first written, 6 items are left.\n", False), ("Each has 4 questions.\n", False),
])  # fmt: skip
def test_the_readme_counts_the_items(pool: Path, page: str, told: bool) -> None:
    """A number of items that is nowhere in the data is told; one that is somewhere is enough."""
    folder = pool / "tasks" / GEN
    Edit("README.md", None, page).apply(folder)

    assert [finding.code for finding in lint_task(folder).findings] == ["D048"] * told

