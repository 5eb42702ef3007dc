"""Planted defects of questions that do not stand alone, and of items that are not what they seem."""

from __future__ import annotations

from tests.lint.builders import GENERATE, MULTIPLE_CHOICE
from tests.lint.defects import MC_2, ROWS, Defect

MC, GEN = MULTIPLE_CHOICE, GENERATE
ASKED = '"question": "2 mg and 3 mg?"'


def _asks(code: str, text: str, mend: str) -> Defect:
    return Defect(code, MC, ROWS, ASKED, f'"question": "{text}"', "test-2", mend)


DEFECTS = [
    Defect("D040", MC, ROWS, '"note": "sums"', f'"note": "{"sums " * 1_000_001}"', "test-2", "asked about"),
    _asks("D042", "Which dose is shown in the picture?", "must know"),
    _asks("D042", "What follows from your answer to question 1?", "must know"),
    _asks("D042", "How much is the dose in the figure above?", "must know"),
    _asks("D043", "Which of these doses do you think is the nicest?", "right or wrong"),
    _asks("D043", "How much is 2 mg and 3 mg? And who would give so much?", "two items"),
    _asks("D044", "TODO write this one", "Write it"),
    _asks("D031", "All of these are too little except which one?", "Ask what is so"),
    Defect("D045", MC, ROWS, MC_2, '"choices": ["4 mg", "5 mg, which is the sum of two doses", "6 mg"], "answer": 1',
           "test-2", "Shorten it"),
    Defect("D048", MC, "README.md", "What it", "40 items. What it", "40 items", "Correct the README"),
]
