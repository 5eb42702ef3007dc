"""Planted defects of names: what the harness has built in, tags, files that not every machine can store."""

from __future__ import annotations

from tests.lint.builders import MULTIPLE_CHOICE
from tests.lint.defects import Defect, config

MC = MULTIPLE_CHOICE

DEFECTS = [
    config("R004", MC, "metadata:", "tag: mmlu\nmetadata:", "tag", "mmlu_commons"),
    config("R004", MC, "metadata:", "tag:\n  - doses\n  - hellaswag\nmetadata:", "- hellaswag", "another tag"),
    config("R005", MC, "metadata:", "tag: dose_words\nmetadata:", "tag", "dose_words_tasks"),
    config("R005", MC, "metadata:", "tag: [dose_check]\nmetadata:", "tag", "dose_check_tasks"),
    config("R005", MC, "metadata:", "tag: ward_round\nmetadata:", "tag", "ward_round_tasks"),
    Defect("R006", MC, "aux.txt", None, "x", None, "Rename it"),
    Defect("R006", MC, "notes: old.txt", None, "x", None, "Rename it"),
    Defect("R006", MC, "notes.", None, "x", None, "Rename it"),
    Defect("R006", MC, "readme.md", None, "x", None, "Rename one", "readme.md"),
    Defect("R006", MC, "inner/card.yaml", None, "title: x\n", None, "folder of its own", "inner"),
]
