"""Repeated items, damaged texts, private data and strange values, in situations that one replaced word cannot show."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from commons.lint.findings import Finding
from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import Edit, canary_of
from tests.lint.defects import ROWS

MINE = {f"D{number:03}" for number in (10, 11, *range(14, 24))}
STORY = "A nurse gives a child of nine years two spoons of syrup every morning and one spoon every evening for"
SALAD = [
    "red", "blue", "green", "north", "south", "east", "west", "spring", "summer", "autumn", "winter", "salt", "sugar",
    "flour", "butter", "milk", "honey",
]  # fmt: skip


def write(folder: Path, rows: list[dict[str, object]], file: str = ROWS) -> None:
    """Write rows with ids and the canary of the task, and no other split beside them where no setting needs one."""
    if folder.name == GEN and (folder / "data" / "dev.jsonl").exists():
        Edit(f"{GEN}.yaml", "    dev: data/dev.jsonl\n", "").apply(folder)
        Edit("data/dev.jsonl", None, None).apply(folder)
    canary = canary_of(folder.name)
    full = [{"id": f"r{number}", **row, "note": "sums", "canary": canary} for number, row in enumerate(rows)]
    (folder / file).write_text("".join(f"{json.dumps(row)}\n" for row in full), encoding="utf-8")


def mine(folder: Path) -> list[Finding]:
    """The findings of the rules tested here."""
    return [finding for finding in lint_task(folder).findings if finding.code in MINE]


def codes(folder: Path) -> list[str]:
    """The codes of the rules tested here, once for each finding; a rule that failed counts too."""
    return [finding.code for finding in lint_task(folder).findings if finding.code in MINE | {"R000"}]


def ask(*questions: str) -> list[dict[str, object]]:
    """A row for each question, with an answer of its own."""
    return [{"question": question, "answer": f"{number} mg"} for number, question in enumerate(questions)]


def test_a_copy_with_a_changed_word_is_found(pool: Path) -> None:
    """Two long items that differ in one word are named with their Jaccard index and both ways out."""
    folder = pool / "tasks" / GEN
    write(folder, ask(f"{STORY} a week. How many spoons are that?", "What is 2 mg and 3 mg?",
                      f"{STORY} a week. How many spoons are it?"))

    found = mine(folder)

    assert [(finding.code, finding.where.line) for finding in found] == [("D011", 3)]
    assert "`r0` (line 1 of test.jsonl) (Jaccard index 0.8" in found[0].sentence
    assert "different right answers" in found[0].sentence
    assert "`cluster: cluster`" in found[0].mend


def test_a_shared_cluster_makes_a_pair_legitimate(pool: Path) -> None:
    """Near repeats that carry the same cluster are a pair on purpose; with different clusters they are not."""
    folder = pool / "tasks" / GEN
    Edit("card.yaml", "known_biases", "fields: {cluster: source}\nknown_biases").apply(folder)
    rows = ask(f"{STORY} a week. How many spoons are that?", f"{STORY} a week. How many spoons are it?")
    write(folder, [{**row, "source": "syrup"} for row in rows])
    assert "D011" not in codes(folder)

    write(folder, [{**row, "source": f"syrup {place}"} for place, row in enumerate(rows)])
    assert "D011" in codes(folder)


def test_several_questions_about_one_text_are_no_repeats(pool: Path) -> None:
    """A long text that many items share does not make their questions alike."""
    folder = pool / "tasks" / GEN
    text = f"{STORY} a week, and {' '.join(SALAD)} are on the shelf."
    write(folder, ask(*(f"{text} Where does the {one} stand, and who has put it there?" for one in SALAD)))

    assert codes(folder) == []


def test_items_of_one_template_are_no_repeats(pool: Path) -> None:
    """Sums with other numbers in the same words are different items."""
    folder = pool / "tasks" / GEN
    write(folder, ask(*(
        f"A shelf holds {7 * n} jars of {SALAD[n % 17]} and {3 * n + 1} tins; {n + 2} of the jars are sold. "
        f"How many jars does the shelf hold then?" for n in range(1, 40)
    )))

    assert codes(folder) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 + 3 = ?", "12 - 3 = ?"), ("not ( a and b )", "( not a ) and b"), ("Is 3.5 right?", "Is 35 right?"),
        ("Which letter is 上?", "Which letter is 下?"), ("Polish", "polish"),
        ("Let's eat, Grandma", "Lets eat Grandma"),
    ],
)  # fmt: skip
def test_what_differs_in_meaning_is_no_repeat(pool: Path, one: str, other: str) -> None:
    """Signs, brackets and letters of every script tell items apart; so do case and commas where the answers differ."""
    folder = pool / "tasks" / GEN
    write(folder, ask(one, other))

    assert codes(folder) == []


def test_the_same_choices_under_another_question_are_no_repeat(pool: Path) -> None:
    """Two comparisons of the same two things, printed with their choices, are different items."""
    folder = pool / "tasks" / MC
    Edit(f"{MC}.yaml", "{{question}}", "{{question}} {{choices[0]}} or {{choices[1]}}?").apply(folder)
    write(folder, [
        {"question": "Anna is taller than Ben. Who is taller,", "choices": ["Anna", "Ben"], "answer": 0},
        {"question": "Ben is taller than Anna. Who is taller,", "choices": ["Anna", "Ben"], "answer": 1},
    ])

    assert codes(folder) == []


def test_a_printed_list_of_choices_in_another_order_is_a_repeat(pool: Path) -> None:
    """Where the prompt prints the choices with letters, another order is the same question."""
    folder = pool / "tasks" / MC
    Edit(f"{MC}.yaml", "{{question}}\\n",
         "{{question}}\\nA. {{choices[0]}}\\nB. {{choices[1]}}\\nC. {{choices[2]}}\\n").apply(folder)
    write(folder, [
        {"question": "Which bone is in the arm?", "choices": ["ulna", "tibia", "femur"], "answer": 0},
        {"question": "Which sits above?", "choices": ["knee", "hip", "ankle"], "answer": 1},
        {"question": "Which bone is in the arm?", "choices": ["femur", "ulna", "tibia"], "answer": 1},
    ])

    assert codes(folder) == ["D010"]


def test_a_nearly_repeated_example_is_found(pool: Path) -> None:
    """A few-shot example that differs from an item in one word gives the answer away."""
    folder = pool / "tasks" / MC
    choices = {"choices": ["7", "14", "21"], "answer": 2}
    story = f"On the shelf stand {' '.join(SALAD)}. {STORY}"
    write(folder, [{"question": f"{story} a week. How many spoons?", **choices}])
    write(folder, [{"question": f"{story} one week. How many spoons?", **choices}], "data/dev.jsonl")

    found = mine(folder)

    assert [(finding.code, finding.where.path.name, finding.where.line) for finding in found] == [
        ("D014", "dev.jsonl", 1)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Is a < b and c > d?", "I <3 jam", "Fill in <name> and <blank>.", "R&D; and Q&A", "x = List<String>",
        "<answer>5</answer>", "Où est le café, naïve façade?", "Größe, Łódź, çığ, Việt Nam",
        "Ünïcödé “quotes” – dashes…",
        "می‌خواهم", "क्‍ष", "👩‍⚕️ and 🏳️‍🌈", "שלום\u200f abc", "ภาษา\u200bไทย", "tab\there\nand there",
        "Mail anna@example.org or bob@shop.example", "card 4111 1111 1111 1111", "Multiply 4539148803436467 by 2.",
        "SSN 078-05-1120", "GB82 WEST 1234 5698 7654 32", "Call +1 202 555 0143", "What is 5 +12345678?", "sk-learn",
        "AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "https://user:password@example.org/",
        "@todo", "1000-20-3000", "N/A stands for what?", "git@github.com:a/b",
    ],
)  # fmt: skip
def test_what_only_looks_like_damage_is_left_alone(pool: Path, text: str) -> None:
    """Comparisons, placeholders, scripts that need joiners, and made-up numbers give nothing."""
    folder = pool / "tasks" / GEN
    write(folder, ask(text, "What is 2 mg and 3 mg?"))

    assert codes(folder) == []


def test_tags_that_mark_a_word_in_most_items_are_on_purpose(pool: Path) -> None:
    """A task that marks a word in every item means to; one item with a tag does not."""
    folder = pool / "tasks" / GEN
    write(folder, ask(*(f"What does <b>{word}</b> mean here?" for word in SALAD)))

    assert codes(folder) == []


def test_a_task_about_programs_may_hold_html(pool: Path) -> None:
    """Where the domain is computing, tags are what is asked about."""
    folder = pool / "tasks" / GEN
    write(folder, ask("What does &amp; stand for in <br>?", "And <p>?"))
    assert "D016" in codes(folder)

    Edit("card.yaml", "domain: medicine", "domain: computing").apply(folder)
    assert codes(folder) == []


def test_a_secret_is_never_repeated_whole(pool: Path) -> None:
    """A finding names the first characters of a key alone: it is printed in public."""
    folder = pool / "tasks" / GEN
    key = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5"
    Edit("README.md", "What", f"Token {key}. What").apply(folder)

    found = mine(folder)

    assert [finding.code for finding in found] == ["D018"]
    assert key[:8] in found[0].sentence
    assert key[:12] not in found[0].sentence + found[0].mend


def test_a_column_that_the_template_asks_about_may_be_empty(pool: Path) -> None:
    """A hint between `{% if %}` and `{% endif %}` may be null; without them it may not."""
    folder = pool / "tasks" / GEN
    rows = [{**row, "hint": None if number == 2 else "Think."} for number, row in enumerate(ask(*SALAD))]
    write(folder, rows)
    Edit(f"{GEN}.yaml", "{{question}}", "{{question}}{% if hint %} {{hint}}{% endif %}").apply(folder)
    assert codes(folder) == []

    Edit(f"{GEN}.yaml", "{% if hint %} {{hint}}{% endif %}", "{{hint}}").apply(folder)
    assert codes(folder) == ["D020"]


def test_a_text_that_many_rows_leave_empty_is_empty_on_purpose(pool: Path) -> None:
    """A column that half of the rows leave empty is a part that not all items have."""
    folder = pool / "tasks" / GEN
    write(folder, [{**row, "hint": "" if number % 2 else "Think."} for number, row in enumerate(ask(*SALAD))])
    Edit(f"{GEN}.yaml", "{{question}}", "{{question}} {{hint}}").apply(folder)

    assert codes(folder) == []


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["2024-05-01", "2024-06-02"], ["D021"]), (["2024-05-01 10:00", "2024-06-02T11:00:00Z"], ["D021"]),
        (["2024-05-01", "soon"], []), (["2024-02-31", "2024-05-01"], []), (["2024", "2025"], []),
        ([3, 2.5], ["D021"]), ([3, 2], []), ([3.5, 2.5], []), ([3, "two"], ["D021"]), ([2**70, 1], ["D021"]),
        (["3", "2.5"], []), ([3, None], ["D020"]),
    ],
)  # fmt: skip
def test_what_the_reader_makes_of_a_column(pool: Path, values: list[object], found: list[str]) -> None:
    """Dates, whole numbers beside decimal ones, and numbers beside texts are handed on as something else."""
    folder = pool / "tasks" / GEN
    write(folder, [{**row, "day": value} for row, value in zip(ask("a", "b"), values, strict=True)])
    Edit(f"{GEN}.yaml", "{{question}}", "{{question}} {{day}}").apply(folder)

    assert codes(folder) == found


def test_a_column_that_is_not_shown_may_hold_dates(pool: Path) -> None:
    """What the reader makes of a column that no template uses does no harm; a column `self` always does."""
    folder = pool / "tasks" / GEN
    write(folder, [{**row, "day": "2024-05-01"} for row in ask("a", "b")])
    assert codes(folder) == []

    write(folder, [{**row, "self": "x"} for row in ask("a", "b")])
    assert codes(folder) == ["D021"]


def test_files_for_people_and_files_of_hooks_are_no_strays(pool: Path) -> None:
    """A licence beside the data and a file that a hook names are in use; another is not."""
    folder = pool / "tasks" / GEN
    Edit("data/LICENSE", None, "CC0\n").apply(folder)
    Edit("data/notes.md", None, "How it was made.\n").apply(folder)
    Edit("data/lexicon.json", None, "{}\n").apply(folder)
    assert codes(folder) == ["D022"]

    Edit("hooks.py", None, 'LEXICON = "lexicon.json"\n').apply(folder)
    assert codes(folder) == []


def test_ten_thousand_equal_rows_are_told_quickly(pool: Path) -> None:
    """Equal rows give a bounded report, and no time limit is reached."""
    folder = pool / "tasks" / GEN
    write(folder, [{"question": f"{STORY} a week?", "answer": "5 mg"}] * 10_000)

    found = mine(folder)

    assert {finding.code for finding in found} == {"D010"}
    assert len(found) <= 27


@pytest.mark.parametrize(
    "value",
    ["a" * 2_000_000, "1 " * 500_000, "a@" * 300_000, "<" * 500_000 + ">", "&" * 500_000 + ";", "eyJ" * 300_000,
     "\u200b" * 300_000, "\ud83d" * 1000, "é" * 500_000, "A1 " * 300_000, "://a:b" * 100_000 + "@", "+1" * 300_000,
     "-----BEGIN " * 100_000 + "PRIVATE KEY", "xox" * 300_000, "Ã©" * 200_000],
    ids=lambda value: ascii(value[:6]),
)  # fmt: skip
def test_a_text_made_to_be_slow_is_not(pool: Path, value: str) -> None:
    """Megabytes of what a pattern could stumble over take the rules no longer than a few seconds, and none fails."""
    folder = pool / "tasks" / GEN
    write(folder, ask(value, f"{value}x", "short"))
    started = time.process_time()

    found = codes(folder)

    assert "R000" not in found
    assert time.process_time() - started < 8


def test_deep_rows_do_no_harm(pool: Path) -> None:
    """A row nested hundreds of levels deep is passed over."""
    folder = pool / "tasks" / GEN
    row = '{"id": "deep", "question": "Which?", "answer": "5 mg", "note": ' + "[" * 400 + "]" * 400
    (folder / ROWS).write_text(f'{row}, "canary": "{canary_of(GEN)}"}}\n')

    assert codes(folder) == []
