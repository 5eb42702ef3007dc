"""Golds that can be found without a question, and tasks in which they cannot."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from commons.lint.registry import REGISTRY, all_rules
from commons.lint.runner import lint_task
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import Edit
from tests.lint.defects_answers import choice_rows

Items = list[tuple[list[str], int]]

WORDS = ["a sheet of paper", "It rains.", "the ice", "12 kg", "Water (warm)", "a wheel", "both sides, evenly", "steam",
         "The coin sinks", "no change", "three", "an old rope"]  # fmt: skip


def found(pool: Path, items: Items, *edits: Edit) -> set[str]:
    """The codes D024 to D029 that lint gives for a task with these choices and golds."""
    folder = pool / "tasks" / MC
    (folder / "data" / "test.jsonl").write_text(choice_rows(items), encoding="utf-8")
    for edit in edits:
        edit.apply(folder)
    all_rules()
    rules = [rule for rule in REGISTRY.rules if "D024" <= rule.code <= "D029" and rule.code != "D028"]
    return {finding.code for finding in lint_task(folder, rules=rules).findings}


def fair(seed: int, n: int, k: int) -> Items:
    """A task whose choices vary in form and length and whose golds are drawn by lot."""
    chance = random.Random(seed)  # noqa: S311  (a draw, and no secret)
    return [(chance.sample(WORDS, k), chance.randrange(k)) for _ in range(n)]


@pytest.mark.parametrize("k", [2, 3, 4, 5])
@pytest.mark.parametrize("n", [12, 40, 100])
def test_golds_drawn_by_lot_are_no_finding(pool: Path, n: int, k: int) -> None:
    """Tasks with fair golds stay without a finding over several seeds."""
    assert [seed for seed in range(4) if found(pool, fair(seed, n, k))] == []


def test_few_items_say_nothing(pool: Path) -> None:
    """Of seven items with the gold in one place, the longest, nothing is said: that can be luck."""
    assert found(pool, [([f"{number} long one", "b", "c"], 0) for number in range(7)]) == set()


def test_a_form_in_few_items_does_not_carry_a_task(pool: Path) -> None:
    """Ten telling items among a hundred raise the score of choosing by form by little."""
    items = fair(1, 90, 3) + [(["one.", "two", "six"], 0), (["one", "two.", "six"], 1)] * 5
    random.Random(2).shuffle(items)  # noqa: S311  (a draw, and no secret)
    assert found(pool, items) == set()


def test_what_only_the_gold_lacks_is_a_form_too(pool: Path) -> None:
    """Where every wrong choice ends with a full stop, the gold is found by lacking it."""
    items = [([f"dose {n}{place}" + "." * (place != n % 3) for place in range(3)], n % 3) for n in range(12)]
    assert found(pool, items) == {"D024"}


def test_two_choices_differ_from_each_other_always(pool: Path) -> None:
    """Of two choices both are odd: only a form that the gold has, not one that it lacks, is counted."""
    items = [([f"{n} eels", "no eels"] if n % 2 else ["no eels", f"{n} eels"], n // 2 % 2) for n in range(40)]
    assert found(pool, items) == set()


def test_names_of_classes_have_neither_place_nor_length(pool: Path) -> None:
    """Yes and no stand in fixed places; that one is right more often is a hint, and only where it leads clearly."""
    classes = ["yes", "no, never"]
    assert found(pool, [(classes, int(number % 10 < 3)) for number in range(100)]) == {"D029"}
    assert found(pool, [(classes, int(number % 20 < 9)) for number in range(100)]) == set()
    assert found(pool, [(classes, 1)] * 12) == {"D025"}


def test_letters_stand_for_texts(pool: Path) -> None:
    """Where the choices are letters, the place counts, and the card says which column holds the texts."""
    letters = Edit(f"{MC}.yaml", "doc_to_choice: choices", "doc_to_choice: [A, B, C]")
    assert found(pool, [(["x", "y", "z"], 2)] * 12, letters) == {"D025"}

    fields = Edit("card.yaml", "shuffle_seed", "fields: {choices: choices}\nshuffle_seed")
    items: Items = [([f"dose {n}{p}" + " in the evening" * (p == n % 3) for p in range(3)], n % 3) for n in range(12)]
    assert found(pool, items) == set()
    assert found(pool, items, fields) == {"D026"}


def test_equal_lengths_share_the_point(pool: Path) -> None:
    """A gold as long as a wrong choice gets half a point, so that no length is telling here."""
    items = [([f"{n} aa", f"{n} bb", f"{n} c"], n % 2) for n in range(60)]
    assert found(pool, items) == set()


def test_the_hidden_gold_is_looked_for_where_the_prompt_holds_its_index(pool: Path) -> None:
    """Choices as prompts (Winogrande) carry their gold in the prompt; the place is read there."""
    folder = pool / "tasks" / MC
    rows = [json.loads(line) for line in choice_rows(fair(3, 12, 3)).splitlines()]
    (folder / "data" / "test.jsonl").write_text(
        "".join(json.dumps(row | {"answer": 1, "note": "the end"}) + "\n" for row in rows)
    )
    Edit(f"{MC}.yaml", 'doc_to_text: "{{question}}\\nAnswer:"', "doc_to_text: answer").apply(folder)
    Edit(f"{MC}.yaml", "doc_to_target: answer", "doc_to_target: note").apply(folder)
    assert "D025" in {finding.code for finding in lint_task(folder).findings}
