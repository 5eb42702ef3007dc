"""New tasks in the harness itself: each loads, asks what it should, and gives full marks to the right answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commons.scaffold.columns import KINDS, Kind
from commons.scaffold.yamltext import template_path
from tests.scaffold.making import items_of, make, write_sheet

pytestmark = pytest.mark.model


def load(folder: Path, kind: Kind, source: Path | None = None) -> Any:
    """A new task of ``kind``, loaded by the harness from its own files."""
    from lm_eval.tasks import TaskManager
    from lm_eval.tasks._yaml_loader import load_yaml

    task, _ = make(folder / "tasks", items_of(source or template_path(f"{kind}.jsonl"), kind))
    config = load_yaml(task.folder / f"{task.name}.yaml")
    files = {split: [str(path) for path in paths] for split, paths in task.data_files.items()}
    config["dataset_kwargs"] = {"data_files": files, "cache_dir": str(folder / "cache")}
    return TaskManager(include_defaults=False).load([config])["tasks"][task.name]


def score(loaded: Any, answer: Callable[[Any], Any]) -> dict[str, list[float]]:
    """Each metric of each item, in the items' order, where ``answer`` answers every request."""
    loaded.build_all_requests()
    by_item: dict[int, list[Any]] = {}
    for request in loaded.instances:
        request.resps = [answer(request)]
        by_item.setdefault(request.doc_id, []).append(request)
    loaded.apply_filters()
    scores: dict[str, list[float]] = {}
    for _, requests in sorted(by_item.items()):
        results = [next(iter(request.filtered_resps.values())) for request in requests]
        for metric, value in loaded.process_results(requests[0].doc, results).items():
            scores.setdefault(metric, []).append(float(value))
    return scores


def right_answer(loaded: Any) -> Callable[[Any], Any]:
    """Answers every request as the gold says."""
    def answer(request: Any) -> Any:
        gold = loaded.doc_to_target(request.doc)
        if loaded.OUTPUT_TYPE == "multiple_choice":
            return (-1.0 if request.idx == gold else -9.0, False)
        return (-1.0, True) if loaded.OUTPUT_TYPE == "loglikelihood" else gold

    return answer


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "loglikelihood_rolling"])
def test_the_right_answer_gets_full_marks(tmp_path: Path, kind: Kind) -> None:
    """Answered as the gold says, every metric of a new task but perplexity is 1."""
    loaded = load(tmp_path, kind)
    scores = score(loaded, right_answer(loaded))
    scores.pop("perplexity", None)
    assert scores
    assert all(values == [1.0] * 8 for values in scores.values())


def test_a_whole_text_is_scored(tmp_path: Path) -> None:
    """A rolling task sends each text once, as it stands, and declares the three metrics."""
    loaded = load(tmp_path, "loglikelihood_rolling")
    loaded.build_all_requests()
    texts = {json.loads(line)["text"] for line in template_path("loglikelihood_rolling.jsonl").open(encoding="utf-8")}
    assert {request.arguments[0] for request in loaded.instances} == texts
    assert set(loaded.aggregation()) == {"bits_per_byte", "byte_perplexity", "word_perplexity"}


def test_a_continuation_begins_with_a_space(tmp_path: Path) -> None:
    """The harness joins context and target as they are, so the space between them is the target's."""
    loaded = load(tmp_path, "loglikelihood")
    loaded.build_all_requests()
    assert all(request.arguments[1].startswith(" ") for request in loaded.instances)
    assert not any(request.arguments[0].endswith(" ") for request in loaded.instances)


def test_the_last_number_of_a_line_is_graded(tmp_path: Path) -> None:
    """A number is found in the words around it, with or without commas between thousands."""
    written = {"a": "3 x 4,000 = 12,000.", "b": " 12000 ", "c": "about 12", "d": "none", "e": "", "f": "0-12,000"}
    source = write_sheet(tmp_path / "items.csv", [{"question": name, "answer": "12000"} for name in written])
    loaded = load(tmp_path, "generate_until", source)
    scores = score(loaded, lambda request: written[request.doc["question"]])["exact_match"]
    right = dict(zip((document["question"] for document in loaded.eval_docs), scores, strict=True))
    assert right == {"a": 1, "b": 1, "c": 0, "d": 0, "e": 0, "f": 1}


def test_any_of_several_accepted_answers_is_right(tmp_path: Path) -> None:
    """Where rows list accepted answers, each of them gets the mark, in any case and with a point at the end."""
    sheet = [{"question": name, "answer": ["car", "motor car"] if name < "c" else ["Ana"]} for name in "abcd"]
    loaded = load(tmp_path, "generate_until", write_sheet(tmp_path / "items.jsonl", sheet))
    written = {"a": "Motor car.", "b": "cart", "c": " ana", "d": "car"}
    scores = score(loaded, lambda request: written[request.doc["question"]])["exact_match"]
    right = dict(zip((document["question"] for document in loaded.eval_docs), scores, strict=True))
    assert right == {"a": 1, "b": 0, "c": 1, "d": 0}
