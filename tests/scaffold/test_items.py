"""Rows as items: which answers are understood, which are doubtful, and that every fault is told at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.errors import BadFile, Problem
from commons.scaffold import rows
from commons.scaffold.columns import Kind
from commons.scaffold.items import ItemSet, Reading
from tests.scaffold.making import items_of, make, write_sheet, write_text


def choice(tmp_path: Path, header: str, row: str, reading: Reading | None = None) -> dict[str, object]:
    """The one item of a CSV file of multiple choice."""
    path = write_text(tmp_path / "items.csv", f"{header}\n{row}\n")
    return dict(items_of(path, "multiple_choice", reading).items[0].core)


def faults(path: Path, kind: Kind, reading: Reading | None = None) -> tuple[Problem, ...]:
    """The problems of a file."""
    with pytest.raises(BadFile) as caught:
        items_of(path, kind, reading)
    return caught.value.problems


@pytest.mark.parametrize("header", [
    "question,a,b,c,answer", "Question,A,B,C,Answer", "prompt,choice1,choice2,choice3,label",
    "stem,option_a,option_b,option_c,answer key", "q,Choice 0,Choice 1,Choice 2,gold",
    "question,opt-1,opt-2,opt-3,correct",
])
def test_common_spellings_of_columns_are_understood(tmp_path: Path, header: str) -> None:
    """Questions, choices and answers are found under their common names, in any case."""
    assert choice(tmp_path, header, "Which?,red,green,blue,green") == {
        "question": "Which?", "choices": ["red", "green", "blue"], "answer": 1}


@pytest.mark.parametrize("written", ['"[""red"", ""green"", ""blue""]"', "red | green|blue"])
def test_choices_may_stand_in_one_column(tmp_path: Path, written: str) -> None:
    """One column of choices is read as a JSON list or as text parted by bars."""
    assert choice(tmp_path, "question,choices,answer", f"Which?,{written},b") == {
        "question": "Which?", "choices": ["red", "green", "blue"], "answer": 1}


@pytest.mark.parametrize(("answer", "base", "index"), [
    ("c", None, 2), ("C", None, 2), ("(b)", None, 1), ("B.", None, 1), ("blue", None, 2), ("0", 0, 0), ("3", 1, 2),
])
def test_answers_are_letters_texts_or_declared_numbers(
    tmp_path: Path, answer: str, base: int | None, index: int
) -> None:
    """A letter, the exact text, or a number whose start is declared leads to the choice."""
    reading = Reading(answers_from=base)
    assert choice(tmp_path, "question,a,b,c,answer", f"Which?,red,green,blue,{answer}", reading)["answer"] == index


def test_a_number_that_is_a_choices_text_is_that_choice(tmp_path: Path) -> None:
    """Where the choices are numbers, an answer that equals one of them is that one."""
    assert choice(tmp_path, "question,a,b,c,answer", "2 + 3?,4,5,6,5")["answer"] == 1


@pytest.mark.parametrize(("row", "base", "sentence"), [
    ("Which?,red,green,blue,1", None, "it is not said whether the first choice is 0 or 1"),
    ("Which?,red,green,blue,3", 0, "is none of the choices"),
    ("Which?,red,green,blue,0", 1, "is none of the choices"),
    ("Which?,red,green,blue,d", None, "is none of the choices"),
    ("Which?,red,green,blue,Blue", None, "is none of the choices"),
    ("Which?,red,green,blue,", None, "The answer is empty."),
    ("Which?,1,2,3,2", 0, "means by its text `2` and by its number `3`"),
    ("Which?,B,A,C,A", None, "means by its text `A` and by its letter `B`"),
    ("Which?,red,,blue,a", None, "Choice 2 is empty."),
    ("Which?,red,red,blue,a", None, "The choice `red` is there twice."),
    ("Which?,red,green,None of the above,a", None, "speaks of others by their place"),
    ("Which?,red,green,Both A and B,a", None, "speaks of others by their place"),
    (",red,green,blue,a", None, "`question`: The cell is empty."),
])
def test_doubtful_rows_are_refused(tmp_path: Path, row: str, base: int | None, sentence: str) -> None:
    """No answer is guessed: each doubt is a fault of its row, with a mend."""
    path = write_text(tmp_path / "items.csv", f"question,a,b,c,answer\n{row}\n")
    (problem,) = faults(path, "multiple_choice", Reading(answers_from=base))
    assert sentence in problem.sentence
    assert problem.where.line == 2
    assert problem.mend


def test_a_json_number_counts_from_zero(tmp_path: Path) -> None:
    """In JSON, a number that was typed as one is the harness's index; a number in quotes is doubtful."""
    row = {"question": "Which?", "choices": ["red", "green"], "answer": 1}
    path = write_sheet(tmp_path / "items.jsonl", [row])
    assert items_of(path, "multiple_choice").items[0].core["answer"] == 1
    path = write_sheet(tmp_path / "items.jsonl", [{**row, "answer": "1"}])
    assert "it is not said" in faults(path, "multiple_choice")[0].sentence


def test_every_fault_of_every_row_is_told_at_once(tmp_path: Path) -> None:
    """Faults of cells, of answers and of the file's form come together, in order of their lines."""
    text = "question,a,b,answer\n,x,y,a\nq2?,x,y,z\nq3?,x,y,a,more\nq4?,x,x,a\nq5?,x,y,b\n"
    found = faults(write_text(tmp_path / "items.csv", text), "multiple_choice")
    assert [problem.where.line for problem in found] == [2, 3, 4, 5]


def test_very_many_faults_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a screenful, the number of faults is said in place of each."""
    monkeypatch.setattr(rows, "MAX_REPORTED", 2)
    found = faults(write_text(tmp_path / "items.csv", "question,answer\n" + "q,\n" * 5), "generate_until")
    assert len(found) == 3
    assert found[-1].sentence == "There are 3 more faults."


@pytest.mark.parametrize(("kind", "text", "sentence"), [
    ("multiple_choice", "question,answer\nq,a\n", "No column holds the choices"),
    ("multiple_choice", "a,b,answer\nx,y,a\n", "No column holds the question"),
    ("multiple_choice", "question,a,b,choices,answer\nq,x,y,x|y,a\n", "Choices stand both in `choices` and"),
    ("multiple_choice", "question,choice1,choice2,choice4,answer\nq,x,y,z,x\n", "`choice4` cannot be a choice after"),
    ("multiple_choice", "prompt,stem,a,b,answer\nq,q,x,y,a\n", "`prompt`, `stem` could each be the question"),
    ("generate_until", "question,answer,canary\nq,a,c\n", "There is a column `canary`"),
    ("generate_until", "question,answer,self\nq,a,c\n", "There is a column `self`"),
    ("loglikelihood", "context\nx\n", "No column holds the target"),
    ("structured", "input\nx\n", "No column holds the answer"),
    ("generate_until", "question,answer\n", "The file has column names and no items"),
])
def test_columns_that_do_not_fit_are_refused(tmp_path: Path, kind: Kind, text: str, sentence: str) -> None:
    """A missing, doubled or reserved column is refused with the names it may have."""
    (problem,) = faults(write_text(tmp_path / "items.csv", text), kind)
    assert sentence in problem.sentence
    assert problem.mend


def test_the_columns_own_name_wins_over_other_spellings(tmp_path: Path) -> None:
    """`question` is the question, though a `prompt` stands beside it, which is kept."""
    items = items_of(write_text(tmp_path / "items.csv", "prompt,question,answer\np,q,a\n"), "generate_until")
    assert items.items[0].core == {"question": "q", "answer": "a"}
    assert items.items[0].extras == {"prompt": "p"}


def test_several_answers_are_parted_only_when_asked(tmp_path: Path) -> None:
    """A bar in an answer is text unless --multiple-answers makes it a separator."""
    path = write_text(tmp_path / "items.csv", "question,answer\nq1?,a | b\nq2?,c\n")
    assert [item.core["answer"] for item in items_of(path, "generate_until").items] == ["a | b", "c"]
    several = items_of(path, "generate_until", Reading(multiple_answers=True))
    assert [item.core["answer"] for item in several.items] == [["a", "b"], ["c"]]


def test_an_answer_that_can_never_be_written_is_refused(tmp_path: Path) -> None:
    """Generation stops at the line's end, so an answer of two lines is a fault."""
    path = write_text(tmp_path / "items.csv", 'question,answer\nq1?,"a\nb"\n')
    assert "more than one line" in faults(path, "generate_until")[0].sentence


def harness(tmp_path: Path, answers: list[str]) -> tuple[str, list[str]]:
    """The filter's name of a generation task with these answers, and what the card says is accepted."""
    sheet = [{"question": f"q{n}?", "answer": answer} for n, answer in enumerate(answers)]
    task, _ = make(tmp_path / "tasks", items_of(write_sheet(tmp_path / "items.csv", sheet), "generate_until"))
    assert task.config.filter_list is not None
    assert task.card.headline.filter == task.config.filter_list[0].name
    return task.config.filter_list[0].name, list(task.card.answer.accepts)


@pytest.mark.parametrize(("answers", "expected"), [
    (["3", "-4.5", "12,000"], ("number", ["whitespace", "thousands"])),
    (["3", "four"], ("stripped", ["whitespace", "case", "punctuation"])),
    (["3,5", "four"], ("stripped", ["whitespace", "case", "punctuation"])),
    (["Polish", "polish"], ("stripped", ["whitespace", "punctuation"])),
    (["C++", "C"], ("stripped", ["whitespace", "case"])),
    (["!", "a"], ("stripped", ["whitespace", "case"])),
    (["A.", "a", "b"], ("stripped", ["whitespace", "case"])),
])
def test_answers_decide_how_they_are_graded(
    tmp_path: Path, answers: list[str], expected: tuple[str, list[str]]
) -> None:
    """Numbers are searched for; case and punctuation are ignored only where answers stay apart without them."""
    assert harness(tmp_path, answers) == expected


def test_long_answers_get_enough_tokens(tmp_path: Path) -> None:
    """The limit of generation is never under what the longest answer needs."""
    sheet = [{"question": "q?", "answer": "é" * 100}]
    task, _ = make(tmp_path / "tasks", items_of(write_sheet(tmp_path / "items.csv", sheet), "generate_until"))
    assert task.config.generation_kwargs == {"until": ["\n"], "max_gen_toks": 256, "do_sample": False}


def test_few_answers_that_recur_have_a_chance_level(tmp_path: Path) -> None:
    """Where two answers recur, guessing one of them is half right, and the card says so."""
    sheet = [{"question": f"q{n}?", "answer": ["yes", "no"][n % 2]} for n in range(8)]
    task, _ = make(tmp_path / "tasks", items_of(write_sheet(tmp_path / "items.csv", sheet), "generate_until"))
    assert task.card.headline.chance == 0.5


def test_different_numbers_of_choices_have_a_mean_chance(tmp_path: Path) -> None:
    """Where lists of choices differ in length, chance is the mean over items."""
    text = "question,choices,answer\nq1?,x|y,a\nq2?,x|y|z|w,d\n"
    task, rows_ = make(tmp_path / "tasks", items_of(write_text(tmp_path / "items.csv", text), "multiple_choice"))
    assert task.card.headline.chance == 0.375
    assert {row["choices"][row["answer"]] for row in rows_} == {"x", "w"}


@pytest.mark.parametrize(("text", "sentence"), [
    ("input,answer\nx,[1]\n", "not a JSON object with fields"),
    ("input,answer\nx,{}\n", "not a JSON object with fields"),
    ('input,answer\nx,"{""a"": NaN}"\n', "not a JSON object with fields"),
    ('input,answer\nx,"{""a"": ""\\ud800""}"\n', "U+D800"),
    ('input,answer\nx,"{""a"": 1}"\ny,"{""b"": 1}"\n', "The fields are b, not a."),
    ('input,answer\nx,"{""{{7*7}}"": 1}"\n', "The field name '{{7*7}}' is not plain."),
    ("input,{% raw %}\nx,1\n", "The field name '{% raw %}' is not plain."),
    ("input,who,when\nx,Ana,\n", "`when`: The cell is empty."),
])
def test_records_that_cannot_be_graded_are_refused(tmp_path: Path, text: str, sentence: str) -> None:
    """Records are JSON objects with the same plain fields; a field's name can never be a template."""
    (problem,) = faults(write_text(tmp_path / "items.csv", text), "structured")
    assert sentence in problem.sentence


def test_columns_become_fields_of_a_record(tmp_path: Path) -> None:
    """Without an answer column, the further columns are the record; `null` is null, and the prompt names the keys."""
    text = "note,who,how many,source\nAna took 3.,Ana,3,book\nNobody came.,null,0,book\n"
    task, found = make(tmp_path / "tasks", items_of(write_text(tmp_path / "items.csv", text), "structured"))
    assert {row["answer"] for row in found} == {
        '{"who": "Ana", "how many": "3"}', '{"who": null, "how many": "0"}'}
    assert '"who", "how many"' in str(task.config.doc_to_text)
    assert task.card.fields.cluster == "source"


@pytest.mark.parametrize(("record", "until"), [
    ({"who": "Ana"}, "}"), ({"who": {"name": "Ana"}}, "\n\nText:"), ({"who": "an } in a text"}, "\n\nText:"),
])
def test_generation_stops_at_the_end_of_a_flat_record(tmp_path: Path, record: dict[str, object], until: str) -> None:
    """Where no brace but the last closes anything, generation ends with it; else where the next item would begin."""
    path = write_sheet(tmp_path / "items.jsonl", [{"input": "Ana came.", "answer": record}])
    task, _ = make(tmp_path / "tasks", items_of(path, "structured"))
    assert task.config.generation_kwargs == {"until": [until], "max_gen_toks": 128, "do_sample": False}


def test_repeated_items_are_refused(tmp_path: Path) -> None:
    """The same question twice is a fault, also where its choices stand in another order or its answer differs."""
    text = "question,choices,answer\nq?,x|y,x\nother?,x|y,x\nq?,y|x,y\n"
    (problem,) = faults(write_text(tmp_path / "items.csv", text), "multiple_choice")
    assert (problem.where.line, problem.sentence) == (4, "This row asks the same as line 2.")


def test_own_ids_are_kept(tmp_path: Path) -> None:
    """An `id` column names the items; a repeated or empty id is a fault."""
    text = "ID,question,answer\nfirst,q1?,a\n{},q2?,b\n"
    good, twice, blank = (
        write_text(tmp_path / f"{index}.csv", text.format(name)) for index, name in enumerate(["zweite", "first", ""])
    )
    _, found = make(tmp_path / "tasks", items_of(good, "generate_until"))
    assert {row["id"]: row["question"] for row in found} == {"first": "q1?", "zweite": "q2?"}
    assert "stands on line 2 already" in faults(twice, "generate_until")[0].sentence
    assert "This is no id" in faults(blank, "generate_until")[0].sentence


def test_columns_of_dates_alone_are_refused(tmp_path: Path) -> None:
    """The harness reads a column of ISO dates as dates, so their text could never be matched."""
    path = write_text(tmp_path / "items.csv", "question,answer\nq1?,2024-05-01\nq2?,2024-05-02\n")
    assert "Every text of `answer` is a date" in faults(path, "generate_until")[0].sentence
    mixed = write_text(tmp_path / "items.csv", "question,answer\nq1?,2024-05-01\nq2?,in May\n")
    assert len(items_of(mixed, "generate_until").items) == 2


def test_a_blank_cluster_is_refused(tmp_path: Path) -> None:
    """Items without a cluster would all be counted as one cluster."""
    path = write_text(tmp_path / "items.csv", "question,answer,cluster\nq1?,a,\n")
    assert "says which items belong together" in faults(path, "generate_until")[0].mend


def test_nested_values_of_extra_columns_are_kept_as_text(tmp_path: Path) -> None:
    """Extra values of any JSON type become text, so that every row has the same types."""
    path = write_sheet(tmp_path / "items.jsonl", [{"question": "q?", "answer": 4, "tags": ["x", 1], "level": 2.0}])
    items: ItemSet = items_of(path, "generate_until")
    assert items.items[0].extras == {"tags": json.dumps(["x", 1]), "level": "2"}
    assert items.items[0].core["answer"] == "4"
