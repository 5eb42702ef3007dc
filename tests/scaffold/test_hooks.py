"""The hook of a new structured task: what it grades, and that no answer makes it fail."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons.scaffold.yamltext import template_path

Grade = Callable[[str], tuple[float, float]]
RECORD = {"who": "Ana María", "count": "12", "when": None}


@pytest.fixture(scope="module")
def grade() -> Grade:
    """The hook, loaded from its file as the harness loads it, on one record."""
    spec = importlib.util.spec_from_file_location("scaffold_hooks", template_path("hooks.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def one(answer: str) -> tuple[float, float]:
        scores = module.process_results({"answer": json.dumps(RECORD)}, [answer])
        assert scores.keys() == {"exact_record", "field_accuracy"}
        return scores["exact_record"], scores["field_accuracy"]

    return one


@pytest.mark.parametrize(("answer", "exact", "fields"), [
    (json.dumps(RECORD), 1, 3),
    (json.dumps(RECORD).rstrip("}"), 1, 3),
    ('```json\n{"who": "ana  maría", "count": 12, "when": null}\n```', 1, 3),
    ('So {this}: {"count": 12.0, "when": null, "who": "Ana María"} and {"who": 1}', 1, 3),
    ('{"who": "Ana María", "count": "12", "when": null, "why": 1}', 0, 3),
    ('{"who": "Ana María", "count": "12"}', 0, 2),
    ('{"who": "Ana", "count": 13, "when": "null"}', 0, 0),
    ('{"who": ["Ana María"], "count": {"n": 12}, "when": false}', 0, 0),
    ("Ana María, 12", 0, 0),
    ('{"who": "Ana María", "count": "12", "wh', 0, 0),
    ("", 0, 0),
])
def test_records_are_graded_field_by_field(grade: Grade, answer: str, exact: int, fields: int) -> None:
    """The first JSON object is compared: case, spacing and the type of a number do not matter, all else does."""
    assert grade(answer) == (exact, pytest.approx(fields / 3))


@pytest.mark.parametrize("answer", [
    '{"a":' * 50_000, '{"who": ' + "[" * 15_000 + "]" * 15_000 + "}", "{" * 100_000,
    '{"who": ' + "9" * 10_000 + "}", '{"who": 1e999, "count": -Infinity, "when": NaN}', '{"who": "\\ud800"}', "\0{}",
    '{"who": ' + '{"a":' * 900 + "1" + "}" * 900 + "}",
], ids=range(8))
def test_hostile_answers_score_nothing_and_raise_nothing(grade: Grade, answer: str) -> None:
    """Deep nesting, huge numbers, broken characters: a score of 0, never an exception."""
    assert grade(answer)[0] == 0


@settings(max_examples=60, deadline=None)
@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), lambda inner: st.dictionaries(
    st.sampled_from(["who", "count", "when"]), inner)).map(json.dumps))
def test_no_text_makes_it_fail(grade: Grade, answer: str) -> None:
    """Whatever a model writes, both scores lie between 0 and 1."""
    exact, fields = grade(answer)
    assert exact in (0, 1)
    assert 0 <= fields <= 1


def test_it_reads_no_file_and_imports_little() -> None:
    """The hook uses the standard library's json and re alone."""
    text = Path(template_path("hooks.py")).read_text(encoding="utf-8")
    imports = [line for line in text.splitlines() if line.startswith(("import", "from"))]
    assert imports == ["import json", "import re"]
    assert sys.version_info >= (3, 10)
