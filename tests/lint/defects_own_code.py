"""Planted defects of code and of files that are none of the task's."""

from __future__ import annotations

from tests.lint.builders import MULTIPLE_CHOICE
from tests.lint.defects import Defect, config

MC = MULTIPLE_CHOICE

DEFECTS = [
    config("S009", MC, "metadata:", "unsafe_code: true\nmetadata:", "unsafe_code", "without running"),
    Defect("S011", MC, "setup.sh", None, "echo\n", None, "Delete it"),
    Defect("S011", MC, "Makefile", None, "all:\n", None, "Delete it"),
    Defect("S011", MC, "make/items.ipynb", None, "{}\n", None, "Delete it"),
    Defect("T007", MC, "hard.yaml", None, "# harder\ntask: dose_hard\n", "task:", "folder of its own"),
    Defect("T007", MC, "inner/all.yml", None, "group: doses\n", "group:", "folder of its own"),
    Defect("T008", MC, ".DS_Store", None, "x", None, "Delete it"),
    Defect("T008", MC, "README.md~", None, "x", None, "Delete it"),
    Defect("T008", MC, ".ipynb_checkpoints/a.json", None, "{}", None, "Delete it", ".ipynb_checkpoints"),
    Defect("T008", MC, "README.md", "What", "<<<<<<< HEAD\nIt\n=======\nWhat\n>>>>>>> main\nand", "<<<<<<<", "Choose"),
    Defect("C004", MC, "README.md", "What", "TODO sources\nWhat", "TODO", "your own words"),
    Defect("T006", MC, "README.md", None, "\n \n", None, "Write a page"),
    config("T005", MC, "metadata:\n  version: 1.0\n", "", "task:", "version: 1.0"),
    config("T005", MC, "  version: 1.0", "  author: x", "metadata:", "version: 1.0"),
    config("T003", MC, "metadata:", "fewshot_config: {sampler: first}\nmetadata:", "sampler", "first_n"),
]
