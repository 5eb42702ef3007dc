"""Findings name the one cause of many faults, in words for people, and leave ordinary texts alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from commons.lint.findings import Finding
from commons.lint.runner import lint_task
from commons.lint.templates import TemplateError, render
from commons.text.personal import personal_data
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import Edit, line_of


def rewrite(folder: Path, change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """Change every row of the items and of the examples."""
    for path in (folder / "data").glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        path.write_text("".join(json.dumps(row | change(row)) + "\n" for row in rows), encoding="utf-8")


def found(folder: Path, code: str) -> list[Finding]:
    """The findings of one code."""
    return [one for one in lint_task(folder).findings if one.code == code]


def test_golds_that_are_counted_from_one_are_said_once(pool: Path) -> None:
    """Golds of 1 to 3 for three choices are one mistake, and not one for each row that it puts out of reach."""
    folder = pool / "tasks" / MC
    rewrite(folder, lambda row: {"answer": int(str(row["answer"])) + 1})

    one, = found(folder, "D007")

    assert "All golds lie in 1..3: they look one-based" in one.sentence
    assert "Subtract one" in one.mend


def test_one_gold_out_of_reach_is_its_row_s_fault(pool: Path) -> None:
    """Where another gold is 0, golds are counted from 0, and the row is named."""
    folder = pool / "tasks" / MC
    Edit("data/test.jsonl", '"answer": 1', '"answer": 3').apply(folder)

    assert [one.sentence for one in found(folder, "D007")] == ["The gold 3 is above 2, the last choice."]


@pytest.mark.parametrize(("setting", "old", "new", "words"), [
    ("doc_to_choice", "choices", '"{{[choices[0], choices[1], choices[1]]}}"', "choice 2 repeats choice 1"),
    ("doc_to_target", "answer", '"Answer: {{answer}}"', "names no choice in any of the 6 items"),
])
def test_a_template_that_is_wrong_everywhere_is_named_itself(
    pool: Path, setting: str, old: str, new: str, words: str
) -> None:
    """The fault stands at the template's line once, and not at each row that it spoils."""
    folder = pool / "tasks" / MC
    Edit(f"{MC}.yaml", f"{setting}: {old}", f"{setting}: {new}").apply(folder)

    one, = found(folder, "D007")

    assert words in one.sentence
    assert one.where.line == line_of(folder / f"{MC}.yaml", f"{setting}:")


def test_items_that_only_seem_to_repeat_name_the_hidden_column(pool: Path) -> None:
    """Where questions differ and the prompt leaves them out, the template is at fault, and no item."""
    folder = pool / "tasks" / GEN
    Edit(f"{GEN}.yaml", "{{question}}", "{{note}} {{answer}}").apply(folder)
    rewrite(folder, lambda row: {"answer": "4 mg" if row["id"] in {"test-2", "test-3"} else row["answer"]})

    one, = found(folder, "D010")

    assert "does not show `question`, which differs" in one.sentence
    assert "Put `{{question}}` into `doc_to_text`" in one.mend


@pytest.mark.parametrize("text", [
    "In her last summer, who painted the {} boats?", "What did Ana's last week bring her {} of?",
    "Who won in the next year, after {} games?",
])
def test_a_time_that_is_told_assumes_nothing(pool: Path, text: str) -> None:
    """Somebody's last summer is a time of the story, also in a question."""
    rewrite(pool / "tasks" / GEN, lambda row: {"question": text.format(row["id"])})

    assert found(pool / "tasks" / GEN, "P011") == []


def test_a_program_that_prints_the_answer_gives_nothing_away(pool: Path) -> None:
    """What a program prints stands in the program; in the question around it, it would give the answer away."""
    folder = pool / "tasks" / GEN
    words = dict(zip((f"{split}-{at}" for split, start in (("test", 2), ("dev", 20)) for at in range(start, start + 6)),
                     ("empty", "nothing", "several", "little", "enough", "plenty") * 2, strict=True))

    def program(row: dict[str, object]) -> dict[str, object]:
        word = words[str(row["id"])]
        shown = f'print(bool([]) or "{word}")' if word in {"empty", "nothing"} else f"x = {len(word)}\nprint(names[x])"
        return {"question": f"What is printed?\n{shown}", "answer": word}

    rewrite(folder, program)
    assert found(folder, "P009") == []

    rewrite(folder, lambda row: {"question": str(row["question"]).replace("printed?", f"printed, {row['answer']}?")
                                 if row["answer"] == "empty" else row["question"]})
    assert len(found(folder, "P009")) == 1


def test_what_is_no_list_of_rows_is_not_to_be_named(pool: Path) -> None:
    """A pickle in the data folder is to be deleted; rows may be named."""
    folder = pool / "tasks" / MC
    (folder / "data" / "cache.pkl").write_bytes(b"\x80\x04N.")
    (folder / "data" / "more.jsonl").write_text("{}\n")

    assert [one.mend for one in found(folder, "D022")] == [
        "Delete it.", "Name it in data_files, for example `dev: data/more.jsonl`, or delete it.",
    ]


def test_a_missing_include_is_called_so(pool: Path) -> None:
    """A file of settings is no data file."""
    folder = pool / "tasks" / MC
    Edit(f"{MC}.yaml", "dataset_path", "include: _bsae.yaml\ndataset_path").apply(folder)

    assert [one.sentence for one in found(folder, "T001")] == ["The included file `_bsae.yaml` does not exist."]


def test_groups_of_keys_are_called_so(pool: Path) -> None:
    """No finding speaks of what Python calls the value."""
    folder = pool / "tasks" / MC
    Edit("card.yaml", "last_date: 2026-01-02", "last_date: 2025-01-02").apply(folder)
    assert [one.sentence for one in found(folder, "C003")] == [
        "In `provenance`, `last_date` lies before `first_date`."
    ]

    Edit("card.yaml", "known_biases: small numbers only", "known_biases: {a: 1}").apply(folder)
    assert "`known_biases` is a group of keys" in " ".join(one.sentence for one in lint_task(folder).findings)


@pytest.mark.parametrize(("template", "words"), [
    ("{% for n in range(999999) %}x{% endfor %}", "counts further than 100000"),
    ("{{ choices[3] + 'x' }}", "a list in it has no element 3, counted from 0"),
    ("{{ keys.b.c }}", "a group of keys in it has no key `b`"),
    ("{{ choices.index('z') }}", "it looks for 'z' in a list that does not hold it"),
])
def test_a_template_s_failure_is_told_in_words(template: str, words: str) -> None:
    """What Jinja and Python say among themselves is put so that an author can mend it."""
    with pytest.raises(TemplateError) as caught:
        render(template, {"choices": ["a", "b"], "keys": {"a": 1}})

    assert words in caught.value.reason


def test_the_well_known_example_number_belongs_to_nobody() -> None:
    """The social security number that lint proposes is not one that it finds."""
    assert list(personal_data("Her social security number is 078-05-1120.")) == []
    assert list(personal_data("Her social security number is 536-22-1874.")) != []
