"""Rows are put through templates exactly as the harness does it; compared with the harness where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from commons.errors import Where
from commons.lint.rendering import Known, Templates, item_templates, render_rows
from commons.pool.harness_config import HarnessConfig
from commons.pool.items import DataRow

ROW: dict[str, Any] = {"q": "2 mg?", "n": 1, "s": "1", "l": "[1, 2]", "c": ["a", "b"], "text": "['a', 'b']", "e": ""}

TARGETS = ["n", "s", "l", "{{n}}", "{{s}}", "{{l}}", "{{q}}", "[{{q}}]", "[{{n}}]", "{{c}}", "e", "{{e}}", "c", "x", 3]
CHOICES = [None, "c", "{{c}}", "text", "{{text}}", ["x", "y"], {"A": "x", "B": "y"}]


def rendered(**settings: Any) -> Any:
    """The one row put through these settings."""
    config = HarnessConfig.model_validate({"task": "abc", **settings})
    row = DataRow(Where(Path("data.jsonl"), 1), ROW)
    return render_rows(item_templates(config, frozenset(ROW)), [row])[0]


@pytest.mark.parametrize(
    ("target", "choices", "expected"),
    [
        ("s", "c", "1"),
        ("{{s}}", "c", 1),
        ("{{s}}", None, "1"),
        ("{{l}}", None, [1, 2]),
        ("l", None, "[1, 2]"),
        ("[{{q}}]", None, "[2 mg?]"),
    ],
)
def test_what_becomes_of_a_target(target: str, choices: str | None, expected: object) -> None:
    """A column's name takes the value; digits become a number only with choices; a list that parses becomes a list."""
    row = rendered(doc_to_text="q", doc_to_target=target, doc_to_choice=choices)

    assert row.target == Known(expected)
    assert row.faults == ()


def test_a_number_that_the_harness_cannot_read_is_a_fault() -> None:
    """Digits with a leading zero stop the harness, so they are a fault here."""
    row = rendered(doc_to_text="q", doc_to_target="0{{s}}", doc_to_choice="c")

    assert row.target is None
    assert "`01`" in row.faults[0].reason


@pytest.mark.parametrize("choices", CHOICES)
@pytest.mark.parametrize("target", TARGETS)
def test_targets_are_those_of_the_harness(target: Any, choices: Any) -> None:
    """For every kind of target and choices the harness gives the same values."""
    api = pytest.importorskip("lm_eval.api.task")
    config = pytest.importorskip("lm_eval.config.task")
    task = api.ConfigurableTask.__new__(api.ConfigurableTask)
    task.prompt = None
    task.features = list(ROW)
    task._config = config.TaskConfig(
        task="abc", doc_to_text="{{q}}", doc_to_target=target, doc_to_choice=choices, output_type="multiple_choice"
    )

    row = rendered(doc_to_text="{{q}}", doc_to_target=target, doc_to_choice=choices)

    assert row.text == Known(task.doc_to_text(ROW))
    assert row.target == Known(task.doc_to_target(ROW))
    if choices is not None:
        assert row.choices == Known(task.doc_to_choice(ROW))


def test_hooks_are_left_out() -> None:
    """A setting that names a function gives no value, and no fault."""
    from commons.pool.yamlfile import FunctionRef

    row = rendered(doc_to_text=FunctionRef("hooks.f"), doc_to_target="q")

    assert row.text is None
    assert row.faults == ()


def test_a_template_that_costs_too_much_in_all_is_refused_and_the_others_are_not() -> None:
    """A template that is cheap for each row and dear for all of them stops there; the other settings go on."""
    settings = {
        "doc_to_text": (("doc_to_text",), "{% for i in range(200) %}{% for j in range(200) %}{% endfor %}{% endfor %}"),
        "doc_to_choice": (("doc_to_choice",), None),
        "doc_to_target": (("doc_to_target",), "{{n}}"),
    }
    templates = Templates(settings, frozenset({"n"}), numbers_become_integers=False)
    rows = [DataRow(Where(Path("test.jsonl"), number), {"n": number}) for number in range(1, 300)]
    rendered = render_rows(templates, rows)

    assert not rendered[0].faults
    assert rendered[-1].faults[0].too_costly
    assert rendered[-1].target == Known("299")
