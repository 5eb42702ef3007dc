"""Planted defects of the rules about answers, choices, filters and metrics."""

from __future__ import annotations

import json

from tests.lint.builders import CANARY, canary_of
from tests.lint.defects import GEN, LL, MC, ROWS, Defect, config


def choice_rows(items: list[tuple[list[str], int]], question: str = "Sum {}?") -> str:
    """The text of a data file with these choices and golds."""
    rows = [
        {"id": f"test-{number}", "question": question.format(number), "choices": choices, "answer": gold,
         "note": "sums", "canary": CANARY}
        for number, (choices, gold) in enumerate(items)
    ]  # fmt: skip
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def text_rows(answers: list[object]) -> str:
    """The text of a data file with these answers."""
    rows = [
        {"id": f"test-{number}", "question": f"Sum {number}?", "answer": answer, "note": "sums",
         "canary": canary_of(GEN)}
        for number, answer in enumerate(answers)
    ]  # fmt: skip
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def _three(number: int, dress: str = "{}") -> tuple[list[str], int]:
    choices = [f"dose {number}{place}" for place in range(3)]
    choices[number % 3] = dress.format(choices[number % 3])
    return choices, number % 3


def _rows(code: str, items: list[tuple[list[str], int]], mend: str, first: str = '"test-0"') -> Defect:
    return Defect(code, MC, ROWS, None, choice_rows(items), first, mend)


def _answers(code: str, task: str, answers: list[object], at: str, mend: str) -> Defect:
    return Defect(code, task, ROWS, None, text_rows(answers), at, mend)


def _pattern(new: str, at: str, mend: str, code: str = "M005") -> Defect:
    return config(code, GEN, "'(\\d+)'", new, at, mend)


DEFECTS = [
    # Ways to find the gold without a question.
    _rows("D024", [_three(number, "{}.") for number in range(12)], "one form"),
    _rows("D024", [_three(number, "'{}'") for number in range(12)], "one form"),
    _rows("D024", [_three(number, "A) {}") for number in range(12)], "one form"),
    _rows("D025", [(_three(number)[0], 0) for number in range(12)], "shuffle_seed"),
    _rows("D025", [(_three(number)[0], 2 if number % 4 else 0) for number in range(40)], "shuffle_seed", '"test-1"'),
    _rows("D026", [_three(number, "{} when given slowly") for number in range(12)], "as long as"),
    _rows("D026", [(["dose", "dose of 2", "dose of 3"], 0), (["dose of 4", "dose", "dose of 6"], 1)] * 6, "as long as"),
    _rows("D027", [(_three(number)[0], 1 + number % 2) for number in range(20)], "subtract 1"),
    # Choices and stems.
    _rows("D028", [([f"dose {number}{place}" for place in range((2, 6)[number % 2])], number % 2)
                   for number in range(6)], "as many choices"),
    Defect("D030", MC, ROWS, '"6 mg"', '"None of the above"', "test-2", "of its own"),
    Defect("D030", MC, ROWS, '"6 mg"', '"toutes les réponses"', "test-2", "of its own"),
    Defect("D031", MC, ROWS, '"2 mg and 3 mg?"', '"Which is NOT a dose?"', "test-2", "what is so"),
    Defect("D031", MC, ROWS, '"2 mg and 3 mg?"', '"Which of the following is not so?"', "test-2", "what is so"),
    # Golds.
    _answers("D029", GEN, [f"{5 if number % 4 else number} mg" for number in (1, 1, 1, 4) * 8], "test-0", "Balance"),
    Defect("D032", GEN, ROWS, '"answer": "5 mg"', '"answer": "5 mg "', "test-2", "Remove"),
    Defect("D032", GEN, ROWS, '"answer": "5 mg"', '"answer": "5 mg\\n"', "test-2", "Remove"),
    Defect("D032", MC, ROWS, '"5 mg"', '"5 mg "', "test-2", "Remove"),
    Defect("D032", LL, ROWS, '"answer": "5 mg"', '"answer": "5 mg\\t"', "test-2", "Remove"),
    config("D032", GEN, 'doc_to_target: "{{answer}}"', 'doc_to_target: "{{answer}} "', "doc_to_target", "Remove"),
    config("D032", GEN, 'doc_to_target: "{{answer}}"', 'doc_to_target: " {{answer}}"', "doc_to_target", "Remove"),
    Defect("D033", GEN, f"{GEN}.yaml", 'until: ["\\n"]', 'until: ["5"]', '"test-2"', "no gold contains", ROWS),
    config("D033", GEN, 'until: ["\\n"]',
           'until: [" mg", "5", "6", "7", "8", "9", "1"]', "until: [", "no gold contains"),
    Defect("D009", GEN, ROWS, '"answer": "5 mg"', '"answer": "[5, 6]"', "test-2", "without braces"),
    # Filters and metrics.
    _pattern("'The answer is ([A-Z]+)'", "regex_pattern", "letter by letter"),
    _pattern("'([A-D])'", "regex_pattern", "letter by letter"),
    Defect("M005", GEN, f"{GEN}.yaml", "'(\\d+)'", "'answer.*(\\d+)'", "test-7", "letter by letter", ROWS),
    config("M006", GEN, "      - function: take_first\n", "", "function: regex", "take_first"),
    config("M006", GEN, "- function: take_first", "- function: majority_vote", "majority_vote", "take_first"),
    config("M006", GEN, "    filter:", "    filter:\n      - function: take_first", "function: regex", "only there"),
    config("M006", MC, "metric_list:",
           "filter_list:\n  - name: none\n    filter: [{function: lowercase}]\nmetric_list:",
           "name: none", "Remove `filter_list`"),
    config("M007", MC, "higher_is_better: true", "higher_is_better: false", "better: false", "true"),
    config("M007", LL, "higher_is_better: false", "higher_is_better: true  # no", "# no", "false"),
    config("M008", GEN, "ignore_case: true", 'ignore_case: "no"', "ignore_case", "without quotes"),
    config("M008", GEN, '[" mg"]', '" mg"', "regexes_to_ignore", "a list"),
    config("M008", GEN, '[" mg"]', '["(mg"]', "regexes_to_ignore", "single quotes"),
    _pattern("'(\\d+)'\n        group_select: 1", "group_select", "not groups", "M008"),
    _pattern('\'(\\d+)\'\n        group_select: "0"', "group_select", "last", "M008"),
    config("M008", GEN, "      - function: take_first", "      - {function: take_first_k, k: 3}\n"
           "      - function: take_first", "k: 3", "repeats: 3"),
    config("M008", GEN, "      - function: take_first", "      - {function: map, mapping_dict: [a]}\n"
           "      - function: take_first", "mapping_dict", "pairs"),
    config("M008", GEN, "do_sample: false", 'do_sample: "false"', "do_sample", "without quotes"),
    config("M008", GEN, "do_sample: false", 'do_sample: true\n  temperature: "hot"', "temperature", "0.7"),
    config("M008", GEN, "do_sample: false", "do_sample: false\nrepeats: 5", "repeats", "repeats: 1"),
    config("M008", GEN, "function: regex\n", "function: multi_choice_regex\n", "multi_choice_regex", "choices"),
]
