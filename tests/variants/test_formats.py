"""The formats of a task: different from each other, the same in every run, and true to what is asked."""

import json
from pathlib import Path

import pytest

from commons.pool.task import Task
from commons.variants.drawing import DRAWN, formats_of
from commons.variants.folder import materialise
from commons.variants.registry import CannotVary, Kind, all_variants
from tests.builders import loglikelihood_task, rolling_task
from tests.variants.tasks import LABELLED, LETTERED, asking, labelled, lettered, made


def rows_of(task: Task) -> list[dict[str, object]]:
    """The rows of a task's evaluated split."""
    return [json.loads(line) for line in (task.folder / "data" / "test.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("spec", [labelled(), lettered(), asking(LABELLED.replace("a\n", "a\n"), rows=labelled().rows)])
def test_nine_formats_that_all_differ(tmp_path: Path, spec: object) -> None:
    """No format is the canonical prompt or another format, and all are described."""
    task = made(tmp_path, spec)  # type: ignore[arg-type]
    formats = formats_of(task)

    assert len(formats) == DRAWN
    assert len({(one.template, one.shift) for one in formats} | {(task.config.doc_to_text, 0)}) == DRAWN + 1
    assert len({one.words for one in formats}) == DRAWN
    assert "as it is" not in {one.words for one in formats}


def test_the_seed_and_the_name_decide(tmp_path: Path) -> None:
    """A task has the same formats every time, and a task of another name has others."""
    first = formats_of(made(tmp_path, lettered()))

    assert formats_of(made(tmp_path / "again", lettered())) == first
    assert formats_of(made(tmp_path, lettered("choose"))) != first


def test_the_gold_goes_with_its_option(tmp_path: Path) -> None:
    """In every format the gold is the option that it was; options that speak of others stay in their places."""
    task = made(tmp_path, lettered())
    canonical = {row["id"]: row for row in rows_of(task)}
    moved = 0
    for variant in all_variants():
        if variant.kind is Kind.FORMAT:
            for row in rows_of(materialise(task, variant, tmp_path / "varied")):
                before = canonical[row["id"]]
                assert row["c"][row["a"]] == before["c"][before["a"]]
                assert sorted(row["c"]) == sorted(before["c"])
                moved += row["c"] != before["c"]
                assert "both of them" not in before["c"] or row == before

    assert moved


def test_a_gold_that_is_a_letter_moves_too(tmp_path: Path) -> None:
    """A letter names its option by place, and a gold that is the option's own text stays."""
    letters = [{"q": "1+1", "c": ["two", "one", "six"], "a": "A"}, {"q": "6+0", "c": ["two", "one", "six"], "a": "C"}]
    texts = [{**row, "a": row["c"]["ABC".index(str(row["a"]))]} for row in letters]
    settings = LETTERED.replace("multiple_choice", "generate_until").replace("acc,", "exact_match,").split("  - ")[0]
    for rows in (letters, texts):
        task = made(tmp_path / str(rows is texts), asking(
            settings + "  - {metric: exact_match, aggregation: mean, higher_is_better: true}\n", rows=rows))
        shifts = {one.shift: number for number, one in enumerate(formats_of(task), 1) if one.shift}
        variant = next(one for one in all_variants() if one.name == f"format-{min(shifts.values())}")
        shift = next(one for one, number in shifts.items() if number == min(shifts.values()))
        got = rows_of(materialise(task, variant, tmp_path / str(rows is texts) / "varied"))

        assert [row["c"] for row in got] == [["two", "one", "six"][shift:] + ["two", "one", "six"][:shift]] * 2
        if rows is texts:
            assert [row["a"] for row in got] == ["two", "six"]
        else:
            assert [row["c"]["ABC".index(row["a"])] for row in got] == ["two", "six"]


def test_options_that_the_prompt_does_not_show_are_not_moved(tmp_path: Path) -> None:
    """Each is asked by itself there, so another order would be no other format."""
    assert {one.shift for one in formats_of(made(tmp_path, labelled()))} == {0}


def test_examples_are_put_in_the_format_too(tmp_path: Path) -> None:
    """A move of options is in the rows that examples are drawn from as well."""
    examples = [{"q": "Which?", "c": ["x", "y", "z"], "a": 1}]
    spec = lettered(settings=LETTERED + "fewshot_split: fewshot\nnum_fewshot: 1\n", splits={"fewshot": examples})
    task = made(tmp_path, spec)
    number = next(number for number, one in enumerate(formats_of(task), 1) if one.shift == 1)
    variant = next(one for one in all_variants() if one.name == f"format-{number}")
    varied = materialise(task, variant, tmp_path / "varied")
    row = json.loads((varied.folder / "data" / "fewshot.jsonl").read_text())

    assert (row["c"], row["a"]) == (["y", "z", "x"], 0)


def test_a_template_with_little_to_change_says_how_many(tmp_path: Path) -> None:
    """A bare field and options by letter allow a few; the next number says how many there are."""
    settings = LABELLED.replace("Question: {{q}}\\nAnswer:", "{{q}}\\nA. {{c[0]}}\\nB. {{c[1]}}")
    task = made(tmp_path, labelled(settings=settings, rows=[{"q": "a", "c": ["x", "y"], "a": 0}]))
    count = len(formats_of(task))

    assert count == 5  # three signs times two orders, less the canonical one
    with pytest.raises(CannotVary, match="allows 5 formats"):
        next(one for one in all_variants() if one.name == "format-6").change(task)


@pytest.mark.parametrize(("spec", "reason"), [
    (rolling_task(), "without a template"),
    (loglikelihood_task(), "nothing that could be written otherwise"),
    (asking(LABELLED.replace('"Question: {{q}}\\nAnswer:"', "!function hooks.ask"), files={"hooks.py": ""}), "a hook"),
    (labelled(settings=LABELLED + 'fewshot_config: {doc_to_text: "{{q}}"}\n'), "a template of their own"),
])
def test_where_there_is_no_format_the_reason_is_said(tmp_path: Path, spec: object, reason: str) -> None:
    """No template, nothing in it, a hook, or examples with a template of their own."""
    with pytest.raises(CannotVary, match=reason):
        formats_of(made(tmp_path, spec))  # type: ignore[arg-type]


def test_turkish_labels_keep_their_case(tmp_path: Path) -> None:
    """Unicode's capitals would spell them wrong."""
    task = made(tmp_path, labelled(), card=("languages: [en]", "languages: [tr]"))

    assert not any("capitals" in one.words or "small" in one.words for one in formats_of(task))
