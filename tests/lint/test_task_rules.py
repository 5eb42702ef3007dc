"""What single rules do in situations that one replaced word cannot show."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons.lint.runner import lint_task
from tests.lint.builders import CANARY, Edit, line_of
from tests.lint.builders import GENERATE as GEN
from tests.lint.builders import LOGLIKELIHOOD as LL
from tests.lint.builders import MULTIPLE_CHOICE as MC
from tests.lint.defects import ROWS


def test_an_empty_folder_lists_what_a_task_needs(pool: Path) -> None:
    """An empty task folder gives one finding for each file it lacks, and no other."""
    folder = pool / "tasks" / "nothing_yet"
    folder.mkdir()

    findings = lint_task(folder).findings

    assert [finding.code for finding in findings] == ["T006"] * 4
    assert [finding.where.path.name for finding in findings] == ["README.md", "card.yaml", "data", "nothing_yet.yaml"]


def test_a_misnamed_configuration_is_recognised(pool: Path) -> None:
    """Where the configuration has another name, the mend says which file to rename."""
    folder = pool / "tasks" / MC
    (folder / f"{MC}.yaml").rename(folder / "config.yaml")

    findings = lint_task(folder).findings

    assert [(finding.code, finding.mend) for finding in findings] == [
        ("T006", "If it is config.yaml, rename that to dose_check.yaml.")
    ]


def test_a_canary_in_no_row_is_one_finding(pool: Path) -> None:
    """A canary that every row lacks is said once, and not for each row."""
    folder = pool / "tasks" / MC
    rows = folder / "data" / "test.jsonl"
    rows.write_text(rows.read_text().replace("456789abc", "456789abd"))

    findings = lint_task(folder).findings

    assert [finding.code for finding in findings] == ["D005"]
    assert findings[0].sentence == "None of the 6 rows carries the card's canary."


def test_a_data_set_on_the_hub_pinned_to_a_commit_is_in_order(pool: Path) -> None:
    """A Hub data set with a 40-hex commit needs no files here."""
    folder = pool / "tasks" / LL
    files = "  data_files:\n    test: data/test.jsonl\n    dev: data/dev.jsonl\n"
    Edit(f"{LL}.yaml", files, f"  revision: {'ab12' * 10}\n").apply(folder)
    Edit(f"{LL}.yaml", "dataset_path: json", "dataset_path: someone/words").apply(folder)

    assert lint_task(folder).findings == ()


def test_a_bad_revision_is_said_even_without_a_data_set(pool: Path) -> None:
    """A revision that is no commit is a finding also where the data set's name is missing."""
    folder = pool / "tasks" / LL
    Edit(f"{LL}.yaml", "dataset_path: json\ndataset_kwargs:\n", "dataset_kwargs:\n  revision: main\n").apply(folder)

    assert [finding.code for finding in lint_task(folder).findings] == ["D008"]


def test_few_shot_samples_written_in_the_configuration_are_examples(pool: Path) -> None:
    """Examples listed in the configuration need no split, and are rendered like rows."""
    folder = pool / "tasks" / MC
    good = "{id: a, question: 1 mg?, choices: [1 mg, 2 mg], answer: 0, note: x}"
    bad = "{id: b, choices: [1 mg, 2 mg], answer: 0}"
    Edit(f"{MC}.yaml", "fewshot_split: dev", f"fewshot_config:\n  samples:\n    - {good}").apply(folder)
    Edit(f"{MC}.yaml", "num_fewshot: 2", "num_fewshot: 1").apply(folder)
    assert lint_task(folder).findings == ()

    Edit(f"{MC}.yaml", good, f"{good}\n    - {bad}").apply(folder)
    findings = lint_task(folder).findings

    assert [finding.code for finding in findings] == ["P001"]
    assert f"dose_check.yaml:{line_of(folder / f'{MC}.yaml', 'id: b')}" in findings[0].sentence


def test_choices_as_prompts_take_the_gold_from_the_prompt(pool: Path) -> None:
    """A task that puts its choices into prompts (as Winogrande does) has its gold in `doc_to_text`."""
    folder = pool / "tasks" / MC
    Edit(f"{MC}.yaml", 'doc_to_text: "{{question}}\\nAnswer:"', 'doc_to_text: "{{answer}}"').apply(folder)
    Edit(f"{MC}.yaml", "doc_to_target: answer", "doc_to_target: note").apply(folder)
    assert lint_task(folder).findings == ()

    Edit(ROWS, '"answer": 1', '"answer": 5').apply(folder)
    findings = lint_task(folder).findings

    assert [finding.code for finding in findings] == ["D007"]


def test_a_generated_answer_with_choices_needs_an_index(pool: Path) -> None:
    """Where generated answers are compared with a choice, the gold is an index and no text."""
    folder = pool / "tasks" / GEN
    Edit(f"{GEN}.yaml", "doc_to_target:", "doc_to_choice: [5 mg, 6 mg, 7 mg]\ndoc_to_target:").apply(folder)

    findings = lint_task(folder).findings

    assert {finding.code for finding in findings} == {"D007"}


def test_grading_by_a_hook_frees_the_names_of_metrics(pool: Path) -> None:
    """With `process_results`, any metric name counts, and the gold is the hook's own affair."""
    folder = pool / "tasks" / GEN
    Edit("hooks.py", None, "def grade(doc, results):\n    return {'dose_error': 1.0}\n").apply(folder)
    Edit(f"{GEN}.yaml", "metric: exact_match", "metric: dose_error").apply(folder)
    Edit(f"{GEN}.yaml", "    ignore_case: true\n", "process_results: !function hooks.grade\n").apply(folder)
    Edit("card.yaml", "metric: exact_match", "metric: dose_error").apply(folder)
    Edit(ROWS, '"answer": "5 mg"', '"answer": ""').apply(folder)

    report = lint_task(folder)

    assert [(finding.code, finding.level) for finding in report.findings] == [("S002", "hint")]
    assert not report.blocking


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("metric: !function hooks.grade", "S010"),
        ("metric: exact_match\n    aggregation: !function hooks.grade", "M002"),
        ("metric: !function hooks.gradd", "S001"),
    ],
)
def test_metrics_written_as_code(pool: Path, line: str, code: str | None) -> None:
    """A metric may be a function of the folder; an aggregation may not, because nobody could recompute it."""
    folder = pool / "tasks" / GEN
    Edit("hooks.py", None, "def grade(doc, results):\n    return {}\n").apply(folder)
    if "aggregation" in line:
        Edit(f"{GEN}.yaml", "    aggregation: mean\n", "").apply(folder)
    Edit(f"{GEN}.yaml", "metric: exact_match", line).apply(folder)
    name = line.rpartition(".")[2] if "aggregation" not in line else "exact_match"
    Edit("card.yaml", "metric: exact_match", f"metric: {name}").apply(folder)

    codes = {finding.code for finding in lint_task(folder).findings}

    assert codes == {"S002", code} - {None}


def test_an_included_file_counts_and_is_named(pool: Path) -> None:
    """A fault in an included file is reported in that file, and included settings count."""
    folder = pool / "tasks" / GEN
    Edit("common.yaml", None, "num_fewshot: 0\ngeneration_kwargs:\n  max_tokens: 4\n  until: [x]\n").apply(folder)
    kwargs = 'generation_kwargs:\n  until: ["\\n"]\n  max_gen_toks: 16\n  do_sample: false\n'
    Edit(f"{GEN}.yaml", kwargs, "include: common.yaml\n").apply(folder)

    findings = lint_task(folder).findings

    assert [(finding.code, finding.where.path.name, finding.where.line) for finding in findings] == [
        ("T005", "common.yaml", 3)
    ]


def test_a_canary_of_zeros_is_a_placeholder(pool: Path) -> None:
    """A canary of zeros in the card and in every row is one finding at the card's line."""
    folder = pool / "tasks" / MC
    for file in ("card.yaml", "data/test.jsonl", "data/dev.jsonl"):
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace(CANARY, "eval-commons:00000000-0000-0000-0000-000000000000"))

    findings = lint_task(folder).findings

    assert [finding.code for finding in findings] == ["C005"]
    assert findings[0].where.line == line_of(folder / "card.yaml", "canary:")


def test_a_data_file_marked_as_a_program_is_a_finding(pool: Path) -> None:
    """A data file with the executable mark is a finding that says how to take it off."""
    folder = pool / "tasks" / MC
    (folder / ROWS).chmod(0o755)

    findings = lint_task(folder).findings

    assert [finding.code for finding in findings] == ["S004"]
    assert "chmod -x test.jsonl" in findings[0].mend
