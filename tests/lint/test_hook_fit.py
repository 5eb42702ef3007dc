"""Hooks against the settings that call them, what they need from elsewhere, and files that nothing uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import Edit

SIGNED = "def grade(doc, results):\n    "
FAULTY = [
    ("T009", "def grade(doc):\n    return {'exact_match': 1.0}\n", 1),
    ("T009", "def grade(doc, results, more):\n    return {'exact_match': 1.0}\n", 1),
    ("T009", "def grade(doc, results, *, way):\n    return {'exact_match': 1.0}\n", 1),
    ("T009", SIGNED + "return {'exact_math': 1.0}\n", 2),
    ("T009", SIGNED + "if doc:\n        return {'a': 1.0}\n    return {'b': 1.0}\n", 3),
    ("T009", SIGNED + "return {'exact_match': float(results[0] == doc['anwser'])}\n", 2),
    ("M010", "import re\n\n\n" + SIGNED + "return {'exact_match': bool(re.match(r'(\\w+\\s?)*$', results[0]))}\n", 5),
    ("S012", "import spacy\n\n\n" + SIGNED + "return {'exact_match': 1.0}\n", 1),
    ("S005", "@(lambda made: made)\n" + SIGNED + "return {'exact_match': 1.0}\n", 2),
    ("S005", "X = list(map(lambda one: log(one), 'ab'))\n\n\n" + SIGNED + "return {'exact_match': 1.0}\n", 1),
    ("S005", "def f(x: log()):\n    return 1\n\n\n" + SIGNED + "return {'exact_match': 1.0}\n", 1),
    ("S005", "class A(metaclass=log()):\n    x = 1\n\n\n" + SIGNED + "return {'exact_match': 1.0}\n", 1),
]
IN_ORDER = [
    SIGNED + "return {'exact_match': 1.0, 'extra': 0.0}\n",
    SIGNED + "scores = {}\n    scores['exact_match'] = 1.0\n    return scores\n",
    SIGNED + "return {**one(doc), 'other': 1.0}\n\n\ndef one(doc):\n    return {'exact_match': 1.0}\n",
    SIGNED + "if doc['answer']:\n        return {'exact_match': 1.0}\n    return {'exact_match': 0.0}\n",
    SIGNED + "def inner():\n        return {'x': 1}\n    return {'exact_match': 1.0}\n",
    SIGNED + "if 'hint' in doc:\n        doc['hint']\n    return {'exact_match': 1.0}\n",
    SIGNED + "doc['own'] = 1\n    return {'exact_match': float(doc['own'])}\n",
    "def grade(doc, results, way=1, **more):\n    return {'exact_match': 1.0}\n",
    "def grade(*given):\n    return {'exact_match': 1.0}\n",
    "import re\n\n\n" + SIGNED + "return {'exact_match': bool(re.match(r'(?:\\w+\\s)*$', results[0]))}\n",
    "try:\n    import spacy\nexcept ImportError:\n    spacy = None\n\n\n" + SIGNED + "return {'exact_match': 1.0}\n",
    "def own(made):\n    def inner(*given):\n        return made(*given)\n    return inner\n\n\n@own\n" + SIGNED
    + "return {'exact_match': 1.0}\n",
    "PARTS = sorted('ab', key=lambda one: one.lower())\nWAYS = {'a': lambda one: log(one)}\n\n\n" + SIGNED
    + "return {'exact_match': 1.0}\n",
    '"""Paths such as ../other are no matter here."""\n\n\n' + SIGNED + "'../x'\n    return {'exact_match': 1.0}\n",
]  # fmt: skip


def _codes(pool: Path, source: str) -> list[tuple[str, int]]:
    """What lint finds in a task graded by ``grade`` in this source, without the hint that there is code."""
    folder = pool / "tasks" / GEN
    Edit(f"{GEN}.yaml", "metadata:", "process_results: !function hooks.grade\nmetadata:").apply(folder)
    Edit("hooks.py", None, source).apply(folder)
    return [(one.code, one.where.line) for one in lint_task(folder).findings if one.code != "S002"]


@pytest.mark.parametrize(("code", "source", "line"), FAULTY)
def test_a_hook_that_does_not_fit_is_found_at_its_line(pool: Path, code: str, source: str, line: int) -> None:
    """What would stop the run, or run where nobody sees it, gives its own code alone."""
    assert _codes(pool, source) == [(code, line)]


@pytest.mark.parametrize("source", IN_ORDER)
def test_a_hook_that_fits_gives_nothing(pool: Path, source: str) -> None:
    """More scores than are named, columns that are asked for first, and scores that are put together, are in order."""
    assert _codes(pool, source) == []


@pytest.mark.parametrize("source", [
    "open('../dose_check/data/test.jsonl')", "open('/etc/passwd')", "open('~/x')", "open('data/../../x')",
    "import pathlib\n    pathlib.Path.home()", "from pathlib import Path\n    Path(__file__).parent.parent",
    "from pathlib import Path\n    Path(__file__).resolve().parents[1]",
    "from pathlib import Path\n    Path('x').expanduser()",
])  # fmt: skip
def test_a_path_out_of_the_folder_blocks(pool: Path, source: str) -> None:
    """A file of the machine or of another task is no part of a grade."""
    found = _codes(pool, SIGNED + f"{source}\n    return {{'exact_match': 1.0}}\n")

    assert "S012" in {code for code, _ in found}, found


def test_a_file_of_the_folder_is_a_hint_alone(pool: Path) -> None:
    """Reading one's own files is discouraged, and does not block."""
    source = "from pathlib import Path\n\n\n" + SIGNED + "Path(__file__).parent\n    open('words.txt')\n"

    assert {code for code, _ in _codes(pool, source + "    return {'exact_match': 1.0}\n")} == {"S008"}


@pytest.mark.parametrize(("name", "stray"), [
    ("conftest.py", True), ("json.py", True), ("old_hooks.py", True), ("units.py", False), ("tools/words.py", False),
])  # fmt: skip
def test_python_that_nothing_uses_blocks(pool: Path, name: str, stray: bool) -> None:
    """A Python file is named by a setting, imported by one that is, or the card's generator; else it is in the way."""
    Edit(name, None, "FACTORS = {'mg': 1}\n").apply(pool / "tasks" / GEN)
    source = "from units import FACTORS\nimport tools.words\n\n\n" + SIGNED + "return {'exact_match': 1.0}\n"

    found = {code for code, _ in _codes(pool, source)} - {"S012"}

    assert found == ({"S011"} if stray else set())


@pytest.mark.parametrize("written", [
    "process_docs: !function hooks.change", "fewshot_config: {process_docs: !function hooks.change, split: dev}",
])  # fmt: skip
def test_code_that_changes_the_items_is_told_at_its_line(pool: Path, written: str) -> None:
    """What is asked is then not what stands in the data file: a hint, for a person to look at."""
    folder = pool / "tasks" / GEN
    Edit(f"{GEN}.yaml", "metadata:", f"{written}\nmetadata:").apply(folder)
    Edit("hooks.py", None, "def change(dataset):\n    return dataset\n").apply(folder)

    found = [one for one in lint_task(folder).findings if one.code == "S010"]

    assert [(one.level, one.where.path.name) for one in found] == [("hint", f"{GEN}.yaml")]


@pytest.mark.parametrize(("key", "defined"), [("class", "class Own:\n    pass\n"),
                                              ("custom_dataset", "def Own(**given):\n    return {}\n")])
def test_code_in_place_of_the_harness_blocks(pool: Path, key: str, defined: str) -> None:
    """A task or a data set made by code cannot be reviewed by its items."""
    folder = pool / "tasks" / GEN
    Edit(f"{GEN}.yaml", "metadata:", f"{key}: !function hooks.Own\nmetadata:").apply(folder)
    Edit("hooks.py", None, defined).apply(folder)

    assert {one.code for one in lint_task(folder).findings} == {"S002", "S009"}
