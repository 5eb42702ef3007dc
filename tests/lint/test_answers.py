"""What the rules about answers, filters and metrics leave alone, and what one replaced word cannot show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import LOGLIKELIHOOD as LL
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.builders import Edit
from tests.lint.defects import ROWS
from tests.lint.defects_answers import choice_rows, text_rows

OWN = {"D007", "D009", *(f"D{number:03}" for number in range(24, 34)), *(f"M{number:03}" for number in range(1, 9))}
CHAIN = "      - function: regex\n        regex_pattern: '(\\d+)'\n"
IGNORED = '    regexes_to_ignore: [" mg"]\n'


def codes(folder: Path, *edits: Edit) -> list[str]:
    """The codes of these families that lint gives once the edits are made."""
    for edit in edits:
        edit.apply(folder)
    return sorted(finding.code for finding in lint_task(folder).findings if finding.code in OWN)


def config(old: str, new: str, task: str = GEN) -> Edit:
    """An edit of the configuration."""
    return Edit(f"{task}.yaml", old, new)


def golds(*answers: object) -> Edit:
    """Other golds for the task with generated answers."""
    return Edit(ROWS, None, text_rows(list(answers)))


@pytest.mark.parametrize(
    "edits",
    [
        [config("'(\\d+)'", "'[Tt]he answer is:? *(\\d+)'")],
        [config("'(\\d+)'", "'(?<=answer is )(.*)(?=\\.)'"), config(IGNORED, "")],
        [config("'(\\d+)'", "'(-?[$0-9.,]{2,})|(-?[0-9]+)'\n        group_select: -1")],
        [config(CHAIN, "      - {function: map, mapping_dict: {five: 5 mg}, default_value: x}\n"),
         golds("5 mg", "5 mg")],
        [config(CHAIN, "      - function: lowercase\n"), golds("Paris", "Rome")],
        [config(CHAIN, "      - {function: custom, filter_fn: x}\n"), golds("Paris", "Rome")],
        [config("- function: take_first", "- {function: take_first_k, k: 3}\n      - function: majority_vote\n"
                "      - function: take_first"),
         config("do_sample: false", "do_sample: true\n  temperature: 0.7\nrepeats: 3")],
        [config("metric: exact_match", "metric: bleu"), config("aggregation: mean", "aggregation: bleu"),
         config(IGNORED + "    ignore_case: true\n", ""), Edit("card.yaml", "metric: exact_match", "metric: bleu")],
        [golds("so 2 and 3\n#### 5", "#### 7"), config("'(\\d+)'", "'#### (\\d+)'"),
         config('[" mg"]', '["(?s).*#### "]'), config('until: ["\\n"]', 'until: ["Question:"]')],
        [golds("so 2 and 3\n#### 5", "#### 7"), config("'(\\d+)'", "'#### (\\d+)'"),
         config('[" mg"]', '["(?s).*#### "]')],
        [golds(["5 mg", "five mg"], ["6 mg", "7"])],
        [golds("word " * 20 + "5", "7"), config('[" mg"]', '["word "]')],
        [golds(*["yes", "no"] * 12), config("'(\\d+)'", "'(yes|no)'")],
    ],
    ids=str,
)  # fmt: skip
def test_gradings_that_work_are_no_finding(pool: Path, edits: list[Edit]) -> None:
    """Filters that find the gold in some right answer, or cannot be followed here, give no finding."""
    assert codes(pool / "tasks" / GEN, *edits) == []


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([golds("one two three four", "five"), config("max_gen_toks: 16", "max_gen_toks: 3"),
          config("'(\\d+)'", "'(.*)'")], ["D033"]),
        ([golds("1", "2", "a\nb"), config(CHAIN, "")], ["D033"]),
        ([golds("five", "6", "7")], ["M005"]),
        ([golds(*(f"{number},000" for number in range(1, 30)))], ["M005"]),
        ([golds("5", "6"), config("'(\\d+)'", '"Answer:\\n(\\\\d+)"')], ["M005"]),
        ([golds("5", " 6", "7"), config(CHAIN, "")], ["D032"]),
        ([golds("[5, 6]", "[7, 8]")], ["D009", "D009"]),
        ([config("higher_is_better: true", "higher_is_better: false"),
          Edit("card.yaml", "direction: higher", "direction: lower")], ["M007"]),
        ([config("ignore_case: true", "ignore_case: [yes]"), config("'(\\d+)'", "'([A-Z])'")], ["M008"]),
        ([config("- function: take_first", "- function: lowercase"), config("'(\\d+)'", "'([A-Z])'")], ["M006"]),
    ],
    ids=str,
)  # fmt: skip
def test_one_fault_gives_one_code(pool: Path, edits: list[Edit], expected: list[str]) -> None:
    """A fault of several words is found by the rule that it belongs to, and by no other."""
    assert codes(pool / "tasks" / GEN, *edits) == expected


def test_a_hook_that_grades_is_left_alone(pool: Path) -> None:
    """Where `process_results` grades, filters, stops, directions and golds are its own affair."""
    folder = pool / "tasks" / GEN
    (folder / "hooks.py").write_text("def grade(doc, results):\n    return {'exact_match': 1.0}\n")

    assert codes(
        folder,
        config("metadata:", "process_results: !function hooks.grade\nmetadata:"),
        config("- function: take_first", "- function: lowercase"),
        config("ignore_case: true", 'ignore_case: "x"'),
        golds("five ", "5\n6"),
    ) == []


def test_a_metric_of_ones_own_may_take_a_list(pool: Path) -> None:
    """A metric written as code may want all the answers, so the filter need not end in one."""
    folder = pool / "tasks" / GEN
    (folder / "hooks.py").write_text("def passed(references, predictions):\n    return 1.0\n")
    edits = [config("metric: exact_match", "metric: !function hooks.passed"),
             config("      - function: take_first\n", "")]  # fmt: skip

    assert codes(folder, *edits, Edit("card.yaml", "metric: exact_match", "metric: passed")) == []


def test_spaces_that_are_part_of_the_form_are_left_alone(pool: Path) -> None:
    """Choices that all begin with a space, and a target with the usual leading space, are meant so."""
    spaced = [([f" {number} mg", f" {number + 1} mg", f" {number + 2} mg"], number % 3) for number in range(6)]

    assert "D032" not in codes(pool / "tasks" / MC, Edit(ROWS, None, choice_rows(spaced)))
    assert codes(pool / "tasks" / LL) == []


def test_a_digit_that_is_a_choice_must_not_become_an_index(pool: Path) -> None:
    """A template turns "4" into the index 4; where the choice "4" stands elsewhere, another choice counts as right."""
    folder = pool / "tasks" / MC
    rows = [json.loads(line) for line in choice_rows([(["2", "3", "1"], 0), (["4", "0", "2"], 1), (["1", "2", "0"], 2)])
            .splitlines()]  # fmt: skip
    for row, gold in zip(rows, ["2", "0", "0"], strict=True):
        row["answer"] = gold
    (folder / ROWS).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    config("doc_to_target: answer", 'doc_to_target: "{{answer}}"', MC).apply(folder)

    found = [finding for finding in lint_task(folder).findings if finding.code in OWN]

    assert [(finding.code, finding.where.line) for finding in found] == [("D007", 1), ("D007", 2), ("D007", 3)]
    assert "without braces" in found[0].mend


@pytest.mark.parametrize("words", ["All above board", "none", "Neither", "above all", "both sides"])
def test_ordinary_choices_do_not_refer(pool: Path, words: str) -> None:
    """Choices with the same words in another sense give no hint."""
    assert codes(pool / "tasks" / MC, Edit(ROWS, '"6 mg"', json.dumps(words))) == []


@pytest.mark.parametrize("question", ["Why is it not so?", "WHICH IS NOT A DOSE?", "Notice the least dose: which?"])
def test_ordinary_questions_are_not_negated_stems(pool: Path, question: str) -> None:
    """A plain not, or a question all in capitals, gives no hint."""
    assert codes(pool / "tasks" / MC, Edit(ROWS, '"2 mg and 3 mg?"', json.dumps(question))) == []


def test_several_negated_stems_are_one_finding(pool: Path) -> None:
    """The lines are listed in one finding, the first few by number."""
    folder = pool / "tasks" / MC
    rows = folder / ROWS
    rows.write_text(rows.read_text().replace("mg and", "mg and NOT"))

    found = [finding for finding in lint_task(folder).findings if finding.code == "D031"]

    assert [finding.sentence for finding in found] == [
        "6 questions ask what is not so (lines 1, 2, 3, 4, 5 and more)."
    ]
