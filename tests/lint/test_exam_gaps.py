"""Defects of which one replaced word is not enough, and what is near to them and in order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons.lint.findings import Finding
from commons.lint.runner import lint_task
from tests.lint.builders import GENERATE, MULTIPLE_CHOICE, Edit, canary_of, line_of

CONFIG = f"{GENERATE}.yaml"
MOODS = ("positive", "negative", "neutral")
THINGS = (
    "soup", "tent", "lamp", "film", "guide", "hotel", "train", "shirt", "novel", "phone", "garden", "museum", "ferry",
    "bakery", "camera", "kettle", "bridge", "market", "piano", "stove", "carpet", "candle", "window", "basket",
)  # fmt: skip


def _codes(folder: Path) -> list[str]:
    return [one.code for one in lint_task(folder).findings]


def _of(folder: Path, code: str) -> list[Finding]:
    return [one for one in lint_task(folder).findings if one.code == code]


def _moods(pool: Path, odd: str, *, ignore_case: bool = False, place: int = 5) -> Path:
    """A task of 24 reviews with three labels, of which one row says ``odd``."""
    folder = pool / "tasks" / GENERATE
    rows = [
        {"id": f"test-{at}", "question": f"The {thing} was as it was.", "answer": MOODS[at % 3], "note": "moods",
         "canary": canary_of(GENERATE)}
        for at, thing in enumerate(THINGS)
    ]  # fmt: skip
    rows[place]["answer"] = odd
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    Edit("data/test.jsonl", None, text).apply(folder)
    Edit(CONFIG, "'(\\d+)'", "'(\\w+)'").apply(folder)
    if not ignore_case:
        Edit(CONFIG, "    ignore_case: true\n", "").apply(folder)
    return folder


def _sampled(pool: Path, *answers: str, more: str = "") -> Path:
    """The task of generated answers with examples written into the configuration."""
    folder = pool / "tasks" / GENERATE
    lines = [f'    - {{question: "9{at} mg and 4 mg?", answer: "{one}"}}' for at, one in enumerate(answers)]
    samples = "\n".join(lines)
    text = f"num_fewshot: {len(answers)}\nfewshot_config:\n{more}  samples:\n{samples}\nmetadata:"
    Edit(CONFIG, "metadata:", text).apply(folder)
    return folder


@pytest.mark.parametrize(("odd", "meant"), [("netural", "neutral"), ("neutal", "neutral"), ("Neutral", "neutral")])
def test_a_misspelt_label_is_found_at_its_row(pool: Path, odd: str, meant: str) -> None:
    """D049 names the row and the label."""
    found = _of(_moods(pool, odd), "D049")

    assert [(one.where.line, f'"{meant}"' in one.mend) for one in found] == [(6, True)]


@pytest.mark.parametrize("odd", ["mixed", "neutrals", "neutral"])
def test_another_label_is_no_slip(pool: Path, odd: str) -> None:
    """A rare label of its own, and one with another ending, are in order."""
    assert "D049" not in _codes(_moods(pool, odd))


def test_capitals_that_the_comparison_overlooks_are_no_slip(pool: Path) -> None:
    """With `ignore_case` the answer is right either way."""
    assert "D049" not in _codes(_moods(pool, "Neutral", ignore_case=True))


def test_a_label_that_the_prompt_names_is_no_slip(pool: Path) -> None:
    """What the prompt offers is meant."""
    folder = _moods(pool, "netural")
    Edit(CONFIG, "Answer:", "positive, negative, neutral or netural?").apply(folder)

    assert "D049" not in _codes(folder)


def test_an_example_without_the_words_of_the_filter_is_found(pool: Path) -> None:
    """T010 speaks at the one example of four that lacks the four hashes."""
    folder = _sampled(pool, "So #### 94", "So #### 95", "Therefore 96", "So #### 97")
    Edit(CONFIG, "'(\\d+)'", "'#### (\\d+)'").apply(folder)

    assert [one.where.line for one in _of(folder, "T010")] == [line_of(folder / CONFIG, "Therefore")]


def test_examples_that_all_answer_plainly_are_no_finding_of_their_form(pool: Path) -> None:
    """Where the most lack the words, it is the filter that is wrong."""
    folder = _sampled(pool, "94 mg", "95 mg", "So #### 96")
    Edit(CONFIG, "'(\\d+)'", "'#### (\\d+)'").apply(folder)

    assert _of(folder, "T010") == []


def test_places_and_settings_of_examples_that_fit_are_in_order(pool: Path) -> None:
    """Places count from 0 and from the end, and a setting may say what the items' says."""
    folder = pool / "tasks" / MULTIPLE_CHOICE
    own = 'fewshot_indices: [0, 5, -1], doc_to_text: "{{ question }}\\nAnswer:", target_delimiter: " "'
    Edit(f"{MULTIPLE_CHOICE}.yaml", "metadata:", f"fewshot_config: {{{own}}}\nmetadata:").apply(folder)

    assert _codes(folder) == []


LONG = "Four and ninety are ninety and four, so the two of them make 94 mg"


@pytest.mark.parametrize(("answer", "limit", "expected"), [
    (LONG, 4, 1),
    (LONG, 16, 0),
    ("94 mg, because four and ninety are ninety and four", 4, 0),
])  # fmt: skip
def test_examples_longer_than_the_limit(pool: Path, answer: str, limit: int, expected: int) -> None:
    """D033 speaks where the limit cuts an example before the filter's result, and not where it comes first."""
    folder = _sampled(pool, answer)
    Edit(CONFIG, "max_gen_toks: 16", f"max_gen_toks: {limit}").apply(folder)

    found = _of(folder, "D033")

    assert len(found) == expected
    assert all(one.where.line == line_of(folder / CONFIG, "max_gen_toks") for one in found)


def _by_chrf(pool: Path) -> Path:
    folder = pool / "tasks" / GENERATE
    text = (folder / CONFIG).read_text(encoding="utf-8")
    head, rest = text.split("filter_list:")[0], text[text.index("metadata:") :]
    metric = "metric_list:\n  - metric: chrf\n    aggregation: chrf\n    higher_is_better: true\n"
    (folder / CONFIG).write_text(head + metric + rest, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("old", "new", "at"), [
    ('until: ["\\n"]', 'until: ["mg"]', "until: ["),
    ("max_gen_toks: 16", "max_gen_toks: 1", "max_gen_toks"),
])  # fmt: skip
def test_any_metric_suffers_from_a_cut_gold(pool: Path, old: str, new: str, at: str) -> None:
    """D033 also speaks under chrF, where a cut answer only scores less; uncut it is silent."""
    folder = _by_chrf(pool)
    assert _of(folder, "D033") == []

    Edit(CONFIG, old, new).apply(folder)

    assert [one.where.line for one in _of(folder, "D033")] == [line_of(folder / CONFIG, at)]


def test_the_filter_of_the_headline_must_be_asked_for(pool: Path) -> None:
    """M013 speaks although another filter takes the answer as it is, for the headline is taken after this one."""
    folder = pool / "tasks" / GENERATE
    strict = "  - name: strict\n    filter: [{function: regex, regex_pattern: '#### (\\d+)'}, {function: take_first}]\n"
    Edit(CONFIG, "metric_list:", f"{strict}metric_list:").apply(folder)
    assert _of(folder, "M013") == []

    Edit("card.yaml", "filter: number", "filter: strict").apply(folder)

    assert [one.where.line for one in _of(folder, "M013")] == [line_of(folder / CONFIG, "####")]


def _in_japanese(pool: Path, row: str) -> Path:
    folder = pool / "tasks" / GENERATE
    Edit("card.yaml", "domain: medicine", "domain: language").apply(folder)
    Edit("card.yaml", "languages: [en]", "languages: [ja]").apply(folder)
    path = folder / "data" / "test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for at, one in enumerate(rows):
        one["question"] = f"昨日、デパートで靴を買いましたが、何足でしたか。{at}と三"
    rows[3]["question"] = row
    text = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in rows)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_row_in_another_script_is_found_in_a_task_about_language(pool: Path) -> None:
    """P005 sees an English row among Japanese ones; a few Latin letters in a Japanese row are in order."""
    found = _of(_in_japanese(pool, "She has lived in Kyoto since she was a child at school."), "P005")

    assert [one.where.line for one in found] == [4]


def test_latin_letters_in_a_japanese_row_are_in_order(pool: Path) -> None:
    """A word in Latin letters is part of the language."""
    assert _of(_in_japanese(pool, "昨日、デパートでTシャツとPOLOシャツを買いましたか。"), "P005") == []


def test_the_mends_name_what_to_do(pool: Path) -> None:
    """A merge key is to be written out, and a CSV file to be saved as JSON lines."""
    folder = pool / "tasks" / GENERATE
    Edit(CONFIG, "dataset_path: json", "dataset_path: csv").apply(folder)
    assert "commons new --from" in _of(folder, "D008")[0].mend

    Edit(CONFIG, "metadata:", "metadata: &base\n  <<: {a: 1}").apply(folder)
    assert "Merge keys" in _of(folder, "T001")[0].sentence
