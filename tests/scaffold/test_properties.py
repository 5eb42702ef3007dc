"""Whatever a title or a cell holds: a clear refusal, or a task that reads back with every text as it was."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from commons.errors import BadFile, CannotRun
from commons.pool.yamlfile import parse_yaml
from commons.scaffold.columns import Kind
from commons.scaffold.folder import checked
from commons.scaffold.rows import tidy
from commons.scaffold.yamltext import quoted, scalar
from tests.scaffold.making import WHO, items_of, make, write_sheet, write_text

ODD = st.text(max_size=30) | st.sampled_from(
    ["null", "a: b", "# x", '"', "'", "\\", "{{7*7}}", "{% raw %}", "[1]", "=1+1", "é\u2028x", "\ufeff", "$task", "no"])


@settings(max_examples=60, deadline=None)
@given(ODD)
def test_any_text_survives_quoting(text: str) -> None:
    """A quoted scalar is read as the same text by both of PyYAML's readers and by the pool's own."""
    document = f"a: {quoted(text)}\nb: {scalar(text)}\n"
    assert yaml.safe_load(document) == {"a": text, "b": text}
    assert parse_yaml(document, Path("x.yaml")).data == {"a": text, "b": text}


@settings(max_examples=25, deadline=None)
@given(ODD, ODD)
def test_any_title_is_refused_or_read_back(title: str, column: str) -> None:
    """A title is refused, or stands in the card on one line as it was given."""
    try:
        who = checked(dataclasses.replace(WHO, title=title))
    except CannotRun:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = write_text(Path(folder) / "items.jsonl", json.dumps({"text": "Some text.", "source": column or "x"}))
        try:
            items = items_of(path, "loglikelihood_rolling")
        except BadFile:
            return
        task, _ = make(Path(folder) / "tasks", items, who=who)
        assert task.card.title == " ".join(title.split())


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["multiple_choice", "generate_until", "loglikelihood", "structured"]),
       st.lists(ODD, min_size=5, max_size=5), st.sampled_from([".csv", ".jsonl"]))
def test_any_cells_are_refused_or_read_back(kind: Kind, texts: list[str], suffix: str) -> None:
    """Odd cells are a fault of their row, or stand in the data as they were, and the gold with them."""
    question, first, second, third, extra = texts
    sheets = {
        "multiple_choice": {"question": question, "a": first, "b": second, "c": third, "answer": second, "x y": extra},
        "generate_until": {"question": question, "answer": first, "x y": extra},
        "loglikelihood": {"context": question, "target": first, "x y": extra},
        "structured": {"input": question, "answer": json.dumps({"one": first, "two": second}), "x y": extra},
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            items = items_of(write_sheet(folder / f"items{suffix}", [sheets[kind]]), kind)
        except (BadFile, UnicodeEncodeError):  # half a character cannot even be written into a CSV file
            return
        _, (row,) = make(folder / "tasks", items)
        assert row["x y"] == tidy(extra)
        assert tidy(question) in (row.get("question"), row.get("context"), row.get("input"))
        if kind == "multiple_choice":
            assert row["choices"][row["answer"]] == tidy(second)
        if kind == "structured":
            assert json.loads(row["answer"]) == {"one": first, "two": second}
