"""Planted defects in the texts of the items and in the data folder."""

from __future__ import annotations

from tests.lint.builders import GENERATE, LOGLIKELIHOOD, MULTIPLE_CHOICE, ROLLING
from tests.lint.defects import ROWS, Defect, config

MC, GEN, LL, ROLL = MULTIPLE_CHOICE, GENERATE, LOGLIKELIHOOD, ROLLING
THREE = '"question": "3 mg and 3 mg?"'
LONG = "A nurse gives a child of nine years two spoons of syrup every morning and one spoon every evening for a week"
GEN_ROW = '{"id": "test-2", "question": "2 mg and 3 mg?"'

DEFECTS = [
    # Repeated items.
    Defect("D010", GEN, ROWS, '"question": "3 mg and 3 mg?", "answer": "6 mg"',
           '"question": "2 mg  and 3 MG", "answer": "5 mg"', '"test-3"', "Remove one"),
    Defect("D010", GEN, ROWS, THREE, '"question": "2 mg and 3 mg?"', '"test-3"', "which answer is right"),
    Defect("D010", MC, ROWS, '"question": "5 mg and 3 mg?", "choices": ["7 mg", "8 mg", "9 mg"], "answer": 1',
           '"question": "2 mg and 3 mg?", "choices": ["5 mg", "6 mg", "4 mg"], "answer": 0', '"test-5"', "Remove one"),
    Defect("D010", MC, ROWS, '"question": "5 mg and 3 mg?", "choices": ["7 mg", "8 mg", "9 mg"], "answer": 1',
           '"question": "2 mg and 3 mg?", "choices": ["6 mg", "5 mg", "4 mg"], "answer": 0', '"test-5"',
           "which answer is right"),
    Defect("D014", MC, "data/dev.jsonl", '"question": "20 mg and 3 mg?", "choices": ["22 mg", "23 mg", "24 mg"]',
           '"question": "2 mg and 3 mg?", "choices": ["4 mg", "5 mg", "6 mg"]', '"dev-20"', "another example"),
    # Damaged texts.
    Defect("D015", GEN, ROWS, THREE, '"question": "3 mg and 3 mg, s\u00c3\u00a9par\u00c3\u00a9s?"', '"test-3"',
           "s\u00e9par\u00e9s"),
    Defect("D015", GEN, ROWS, THREE, '"question": "3 mg and 3 mg of na\ufffdve cells?"', '"test-3"', "from its source"),
    Defect("D015", GEN, ROWS, THREE, '"question": "3 mg and 3 mg \\ud83d?"', '"test-3"', "from its source"),
    config("D015", GEN, "\\nAnswer:", "\\nR\u00c3\u00a9ponse:", "doc_to_text", "R\u00e9ponse"),
    Defect("D016", GEN, ROWS, THREE, '"question": "3 mg &amp; 3 mg?"', '"test-3"', "`&`"),
    Defect("D016", GEN, ROWS, THREE, '"question": "3 mg&nbsp;and 3 mg?"', '"test-3"', "a space"),
    Defect("D016", GEN, ROWS, THREE, '"question": "3 mg<br/>and 3 mg?"', '"test-3"', "tags out"),
    Defect("D016", GEN, ROWS, THREE, '"question": "3 <i>mg</i> and 3 mg?"', '"test-3"', "tags out"),
    Defect("D016", GEN, ROWS, THREE, '"question": "3 <a href=\\"x\\">mg and 3 mg?"', '"test-3"', "tags out"),
    Defect("D017", GEN, ROWS, THREE, '"question": "3 mg\u200b and 3 mg?"', '"test-3"', "Delete"),
    Defect("D017", GEN, ROWS, THREE, '"question": "3 mg\\u0007 and 3 mg?"', '"test-3"', "Delete"),
    Defect("D017", GEN, ROWS, THREE, '"question": "3 mg\\r\\nand 3 mg?"', '"test-3"', "\\n alone"),
    Defect("D017", GEN, ROWS, THREE, '"question": "\\ufeff3 mg and 3 mg?"', '"test-3"', "Delete"),
    Defect("D017", GEN, ROWS, THREE, '"question": "3 mg \u202eand 3 mg?"', '"test-3"', "Delete"),
    Defect("D017", GEN, ROWS, THREE, '"question": "3 mil\u00adli\u00adgrams and 3 mg?"', '"test-3"', "Delete"),
    Defect("D017", GEN, "card.yaml", "A high score", "A high\u200b score", "summary", "Delete"),
    config("D017", GEN, "\\nAnswer:", "\\u200b\\nAnswer:", "doc_to_text", "Delete"),
    # Keys, passwords, persons.
    Defect("D018", GEN, "README.md", "What it", "Set HF_TOKEN=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, what it",
           "hf_", "Revoke"),
    Defect("D018", GEN, "card.yaml", "by hand", "by hand with AKIAQ3EGV7LKMN2PX4TZ", "AKIA", "Revoke"),
    Defect("D018", GEN, ROWS, '"note": "sums"', '"note": "https://ana:h4Rz9kq@db.example.org/x"', "ana", "Revoke"),
    Defect("D019", GEN, ROWS, '"note": "sums"', '"note": "by j.miller@clinic-mail.com"', "miller", "example.org"),
    Defect("D019", GEN, ROWS, '"note": "sums"', '"note": "card 4539 1488 0343 6467"', "4539", "4111"),
    Defect("D019", GEN, ROWS, '"note": "sums"', '"note": "DE75 5121 0800 1245 1261 99"', "DE75", "GB82"),
    Defect("D019", GEN, ROWS, '"note": "sums"', '"note": "SSN 536-22-8145"', "536-22", "078-05-1120"),
    Defect("D023", GEN, ROWS, '"note": "sums"', '"note": "call +49 30 901820 now"', "901820", "stories"),
    # Values that are not there, or not as they stand.
    Defect("D020", GEN, ROWS, THREE, '"question": null', '"test-3"', "{% if question %}"),
    Defect("D020", GEN, ROWS, THREE, '"question": "  "', '"test-3"', "remove the row"),
    Defect("D020", GEN, ROWS, THREE, '"question": "NaN"', '"test-3"', "remove the row"),
    Defect("D020", GEN, ROWS, THREE, '"question": "None"', '"test-3"', "remove the row"),
    Defect("D021", GEN, ROWS, THREE, '"question": 3', '"test-3"', "double quotes"),
    Defect("D022", GEN, "data/test_fixed.jsonl", None, "{}\n", None, "Name it"),
    Defect("D022", GEN, ROWS, None, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
           "version", "data itself"),
]
