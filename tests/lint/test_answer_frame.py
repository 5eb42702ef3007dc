"""A frame that the prompt shows is no finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE, Edit


@pytest.mark.parametrize(
    ("prompt", "pattern"),
    [
        ("{{question}} Write: the  answer is ...\\nAnswer:", "The answer is (\\d+)"),
        ("{{question}}\\nAnswer:", "Answer: (\\d+)"),
        ("{{question}}\\nAnswer:", "(?:The answer is )?(\\d+)"),
        ("{{question}}\\nAnswer:", "= (\\d+)"),
    ],
)
def test_words_that_are_asked_for_or_not_needed_are_no_finding(pool: Path, prompt: str, pattern: str) -> None:
    """Words in the prompt, optional words, and single signs are in order."""
    folder = pool / "tasks" / GENERATE
    Edit(f"{GENERATE}.yaml", "{{question}}\\nAnswer:", prompt).apply(folder)
    Edit(f"{GENERATE}.yaml", "(\\d+)", pattern).apply(folder)

    assert [one.code for one in lint_task(folder).findings] == []


def test_another_filter_that_takes_the_answer_as_it_is_suffices(pool: Path) -> None:
    """A strict filter beside a flexible one is a choice of the author's."""
    folder = pool / "tasks" / GENERATE
    strict = "  - name: strict\n    filter: [{function: regex, regex_pattern: '#### (\\d+)'}, {function: take_first}]\n"
    Edit(f"{GENERATE}.yaml", "metric_list:", f"{strict}metric_list:").apply(folder)

    assert [one.code for one in lint_task(folder).findings] == []
