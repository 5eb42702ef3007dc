"""The cell file: one text for one cell, and every edited digit found."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons.errors import BadFile
from commons.pool.card import PublishLevel
from commons.pool.cell import Cell, Identity, Metric, Outcome, Protocol, Provenance, Row
from commons.pool.cellfile import check_text, five_digits, from_text, to_text
from commons.pool.hashing import CellKey

HERE = Path("results/cells/pick/model.json")


def example(**changes: object) -> Cell:
    """A cell of two rows."""
    key = CellKey("a" * 64, "b" * 64, "c" * 64)
    metric = Metric(value=0.5, stderr=0.5, interval=(0.09, 0.91), method="Wilson", n=2, aggregation="mean",
                    higher_is_better=True)
    cell = Cell(
        identity=Identity(task="pick", model="model", comparability_version=1, cell_key=key.key,
                          task_hash=key.task_hash, model_hash=key.model_hash, protocol_hash=key.protocol_hash),
        protocol=Protocol(form="plain", num_fewshot=0, seeds={"fewshot": 1234}, chat_template_sha256=None,
                          system_prompt_sha256=None, generation=None, context_length=2048),
        publish=PublishLevel.SAMPLES,
        metric_names=("acc,none",),
        metrics={"acc,none": metric},
        rows=(Row("t0", 0, Outcome.SCORED, (1.0,), 0, (-1.2345, -2.5), None, None, 7, 0),
              Row("t1", 0, Outcome.SCORED, (0.0,), 1, (-3.25, -0.75), None, None, 7, 0)),
        transcript=None,
        provenance=Provenance(commit=None, run_url=None, versions={}, weights="none", engine="none", host="test",
                              started="2026-11-23T12:00:00+00:00", seconds=1.5, cost_usd=None),
    )
    return dataclasses.replace(cell, **changes)


def test_what_is_written_is_read_back() -> None:
    """Reading gives the same cell, and writing it again the same bytes."""
    text = to_text(example())

    assert from_text(text, HERE) == example()
    assert to_text(from_text(text, HERE)) == text
    assert check_text(text, HERE) == []


def test_each_row_stands_on_its_own_line() -> None:
    """A diff shows which items flipped: one row, one line."""
    lines = to_text(example()).splitlines()

    assert sum(line.startswith('  ["t') for line in lines) == 2


def test_equal_runs_differ_only_in_provenance() -> None:
    """Another clock changes lines of the provenance block and nothing else."""
    later = example().provenance.model_copy(update={"started": "2027-01-01T00:00:00+00:00", "seconds": 9.0})
    one, two = to_text(example()).splitlines(), to_text(example(provenance=later)).splitlines()

    changed = {line.split(":")[0].strip() for line, other in zip(one, two, strict=True) if line != other}
    assert changed == {'"started"', '"seconds"', '"check"'}


def test_every_edited_digit_is_found_at_its_line() -> None:
    """Whichever digit of the file is changed, a check fails or the file no longer reads; rows are named by item."""
    text = to_text(example())
    lines = text.split("\n")
    for match in re.finditer(r"\d", text):
        digit = "7" if match.group() != "7" else "3"
        edited = text[: match.start()] + digit + text[match.end() :]
        line = text[: match.start()].count("\n") + 1
        try:
            from_text(edited, HERE)
        except BadFile:
            continue
        problems = check_text(edited, HERE)
        assert problems, f"line {line}: {lines[line - 1]}"
        if lines[line - 1].startswith('  ["t'):
            assert any(problem.where.line == line for problem in problems)


def test_a_removed_row_is_found() -> None:
    """A row that is taken away leaves more checks than rows."""
    text = to_text(example())
    shorter = text.replace(next(line for line in text.splitlines(True) if line.startswith('  ["t0')), "")

    assert any("holds 1 rows" in problem.sentence for problem in check_text(shorter, HERE))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"schema_version": 99}', "not json", '{"schema_version": 1}'])
def test_what_is_no_cell_file_says_so(text: str) -> None:
    """Other JSON, other versions and plain text are one clear fault."""
    with pytest.raises(BadFile) as caught:
        from_text(text, HERE)

    assert caught.value.problems[0].mend


@settings(max_examples=60)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200))
def test_five_digits_are_stable(value: float) -> None:
    """Rounding twice is rounding once, and five significant digits are kept."""
    once = five_digits(value)

    assert five_digits(once) == once
    assert once == pytest.approx(value, rel=5.1e-5)


def test_what_is_not_finite_cannot_be_written() -> None:
    """NaN and infinity are no results."""
    with pytest.raises(ValueError, match="finite"):
        five_digits(float("nan"))
    with pytest.raises(ValueError, match="Out of range"):
        to_text(example(rows=(Row("t0", 0, Outcome.SCORED, (float("inf"),)),)))


def test_outcomes_are_counted_and_faults_make_a_cell_partial() -> None:
    """A row without a score makes the cell partial; model faults and refusals do not."""
    rows = (Row("t0", 0, Outcome.REFUSED, (0.0,)), Row("t1", 0, Outcome.MODEL_FAULT, (0.0,)))
    broken = (*rows, Row("t2", 0, Outcome.INSTRUMENT_FAULT, (None,)))

    assert not example(rows=rows).partial
    assert example(rows=broken).partial
    assert json.loads(to_text(example(rows=broken)))["outcomes"] == {
        "model_fault": 1, "refused": 1, "instrument_fault": 1,
    }
