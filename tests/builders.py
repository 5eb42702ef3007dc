"""Small pools for tests: tasks of every output type and models, written by hand so that a test can read them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from commons.pool.repository import Repository

CANARY = "eval-commons:5d2c9f1e-7a43-4b86-9e0f-3c61d8a2b754"
REPOSITORY_ROOT = Path(__file__).resolve().parents[1]

CARD = """\
title: "A task called {name}"
summary: A task for tests.
domain: general
skills: [knowledge]
languages: [en]
owners: [someone]
licence: CC-BY-4.0
provenance:
  source: written for a test
  collected: by hand
  annotators: one
  first_date: 2026-11-01
  last_date: 2026-11-01
first_published: 2026-11-01
headline: {{metric: {metric}, filter: {filter}, direction: {direction}, unit: {unit}, chance: null, ceiling: null}}
publish: {publish}
canary: {canary}
comparability_version: 1
lifecycle: {{state: draft, since: 2026-11-01}}
fields: {{id: id, question: q, choices: {choices}, gold: {gold}, cluster: {cluster}}}
answer: {{type: {answer}}}
claims: {{smallest_difference: 0.99}}
shuffle_seed: 1
known_biases: many
ai_use: none
"""

MULTIPLE_CHOICE = """\
output_type: multiple_choice
doc_to_text: "{{q}}"
doc_to_choice: c
doc_to_target: a
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: acc_norm, aggregation: mean, higher_is_better: true}
  - {metric: brier_score, aggregation: brier_score, higher_is_better: false}
"""

GENERATE = """\
output_type: generate_until
doc_to_text: "{{q}}"
doc_to_target: "{{a}}"
generation_kwargs: {until: ["\\n"], max_gen_toks: 8, do_sample: false}
filter_list:
  - name: word
    filter: [{function: regex, regex_pattern: "(\\\\w+)"}, {function: take_first}]
  - name: raw
    filter: [{function: take_first}]
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true, ignore_case: true}
  - {metric: bleu, aggregation: bleu, higher_is_better: true}
"""

LOGLIKELIHOOD = """\
output_type: loglikelihood
doc_to_text: "{{q}}"
doc_to_target: " {{a}}"
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: perplexity, aggregation: perplexity, higher_is_better: false}
"""

ROLLING = """\
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: q
metric_list:
  - {metric: bits_per_byte, aggregation: bits_per_byte, higher_is_better: false}
  - {metric: word_perplexity, aggregation: weighted_perplexity, higher_is_better: false}
"""

CHOICE_ROWS = [
    {"q": "The capital of France is", "c": ["Paris", "Berlin", "Rome"], "a": 0},
    {"q": "Two plus two is", "c": ["five", "four", "nine"], "a": 1},
    {"q": "Water freezes into", "c": ["steam", "fire", "ice"], "a": 2},
    {"q": "Grass is usually", "c": ["green", "purple", "silver"], "a": 0},
]
QUESTION_ROWS = [
    {"q": "The capital of France is", "a": "Paris"},
    {"q": "One two three", "a": "four"},
    {"q": "Mary had a little", "a": "lamb"},
    {"q": "The opposite of hot is", "a": "cold"},
]
TEXT_ROWS = [
    {"q": "The cat sat on the mat and looked at the dog."},
    {"q": "Heat the oven to two hundred degrees before you begin."},
    {"q": "Dear Anna, thank you for the parcel; the jam was excellent."},
]


@dataclass
class TaskSpec:
    """A task to write: its rows, its harness settings, and what its card says."""

    name: str
    rows: list[dict[str, object]]
    settings: str
    metric: str
    filter: str = "none"
    direction: str = "higher"
    unit: str = "proportion"
    publish: str = "samples"
    cluster: str = "null"
    files: dict[str, str] = field(default_factory=dict)
    splits: dict[str, list[dict[str, object]]] = field(default_factory=dict)


def choice_task(name: str = "pick", **changes: object) -> TaskSpec:
    """A multiple-choice task of four items."""
    return TaskSpec(**{"name": name, "rows": CHOICE_ROWS, "settings": MULTIPLE_CHOICE, "metric": "acc", **changes})


def generate_task(name: str = "say", **changes: object) -> TaskSpec:
    """A generation task of four items with two filters."""
    return TaskSpec(**{"name": name, "rows": QUESTION_ROWS, "settings": GENERATE, "metric": "exact_match",
                       "filter": "word", **changes})


def loglikelihood_task(name: str = "finish", **changes: object) -> TaskSpec:
    """A log-likelihood task of four items."""
    return TaskSpec(**{"name": name, "rows": QUESTION_ROWS, "settings": LOGLIKELIHOOD, "metric": "acc", **changes})


def rolling_task(name: str = "read_on", **changes: object) -> TaskSpec:
    """A rolling log-likelihood task of three texts."""
    return TaskSpec(**{"name": name, "rows": TEXT_ROWS, "settings": ROLLING, "metric": "bits_per_byte",
                       "direction": "lower", "unit": "bits per byte", **changes})


def four_tasks() -> list[TaskSpec]:
    """One task of each output type."""
    return [choice_task(), generate_task(), loglikelihood_task(), rolling_task()]


def write_task(root: Path, spec: TaskSpec) -> Path:
    """Write a task folder under ``root/tasks``."""
    folder = root / "tasks" / spec.name
    (folder / "data").mkdir(parents=True, exist_ok=True)
    splits = {"test": spec.rows, **spec.splits}
    for split, rows in splits.items():
        lines = [{"id": f"{split[0]}{index}", **row, "canary": CANARY} for index, row in enumerate(rows)]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / "data" / f"{split}.jsonl").write_text(text, encoding="utf-8")
    files = ", ".join(f"{split}: data/{split}.jsonl" for split in splits)
    head = (f"task: {spec.name}\ndataset_path: json\ndataset_kwargs:\n  data_files: {{{files}}}\n"
            "test_split: test\nnum_fewshot: 0\nmetadata: {version: 1.0}\n")
    if "num_fewshot" in spec.settings:
        head = head.replace("num_fewshot: 0\n", "")
    (folder / f"{spec.name}.yaml").write_text(head + spec.settings, encoding="utf-8")
    has = {key for row in spec.rows for key in row}
    card = CARD.format(
        name=spec.name, metric=spec.metric, filter=spec.filter, direction=spec.direction, unit=f'"{spec.unit}"',
        publish=spec.publish, canary=CANARY, choices="c" if "c" in has else "null", gold="a" if "a" in has else "null",
        cluster=spec.cluster, answer="choice" if "c" in has else "none" if spec.direction == "lower" else "text",
    )
    (folder / "card.yaml").write_text(card, encoding="utf-8")
    (folder / "README.md").write_text(f"# {spec.name}\n", encoding="utf-8")
    for name, text in spec.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def endpoint_entry(base_url: str, name: str = "fake-endpoint", **changes: object) -> str:
    """A models.yaml entry for a model that a server on the loopback plays."""
    settings = {"timeout_seconds": 5, "retries": 1, "parallel": 2, **changes}
    inner = "\n".join(f"      {key}: {value}" for key, value in settings.items())
    return f"""\
  - id: {name}
    name: A model for tests
    family: Tests
    released: 2026-01-01
    context_length: 4096
    licence: proprietary
    backend: local-chat-completions
    endpoint:
      base_url: {base_url}
      snapshot: fake-1
      pinned: true
{inner}
    chat_template: true
    runs_on: [endpoint]
    price: {{input_per_million: 1.0, output_per_million: 2.0}}
"""


def write_pool(root: Path, tasks: list[TaskSpec], models: str | None = None) -> Repository:
    """Write a pool with ``tasks``; its models are the repository's own unless entries are given."""
    (root / "tasks").mkdir(parents=True, exist_ok=True)
    for spec in tasks:
        write_task(root, spec)
    text = (REPOSITORY_ROOT / "models.yaml").read_text(encoding="utf-8") if models is None else "models:\n" + models
    (root / "models.yaml").write_text(text, encoding="utf-8")
    return Repository(root)
