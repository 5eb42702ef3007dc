"""Small correct tasks of each output type, written as text so that a test can plant one defect by replacing words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CANARY = "eval-commons:12345678-1234-4234-8234-123456789abc"

MULTIPLE_CHOICE = "dose_check"
GENERATE = "dose_words"
LOGLIKELIHOOD = "next_word"
ROLLING = "plain_prose"
NAMES = (MULTIPLE_CHOICE, GENERATE, LOGLIKELIHOOD, ROLLING)

_HEAD = """\
task: {name}
dataset_path: json
dataset_kwargs:
  data_files:
    test: data/test.jsonl
    dev: data/dev.jsonl
test_split: test
"""

_CONFIGS = {
    MULTIPLE_CHOICE: """\
fewshot_split: dev
num_fewshot: 2
output_type: multiple_choice
doc_to_text: "{{question}}\\nAnswer:"
doc_to_choice: choices
doc_to_target: answer
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
  - metric: acc_norm
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1.0
""",
    GENERATE: """\
output_type: generate_until
doc_to_text: "{{question}}\\nAnswer:"
doc_to_target: "{{answer}}"
generation_kwargs:
  until: ["\\n"]
  max_gen_toks: 16
  do_sample: false
filter_list:
  - name: number
    filter:
      - function: regex
        regex_pattern: '(\\d+)'
      - function: take_first
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
    regexes_to_ignore: [" mg"]
    ignore_case: true
metadata:
  version: 1.0
""",
    LOGLIKELIHOOD: """\
output_type: loglikelihood
doc_to_text: question
doc_to_target: " {{answer}}"
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
  - metric: perplexity
    aggregation: perplexity
    higher_is_better: false
metadata:
  version: 1.0
""",
    ROLLING: """\
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: answer
metric_list:
  - metric: bits_per_byte
    aggregation: bits_per_byte
    higher_is_better: false
metadata:
  version: 1.0
""",
}

_HEADLINES = {
    MULTIPLE_CHOICE: ("acc", "none", "higher"),
    GENERATE: ("exact_match", "number", "higher"),
    LOGLIKELIHOOD: ("acc", "none", "higher"),
    ROLLING: ("bits_per_byte", "none", "lower"),
}

_CARD = """\
title: "Doses: {name}"
summary: A high score shows that doses are added correctly.
domain: medicine
skills: [arithmetic]
languages: [en]
owners: [someone]
licence: CC-BY-4.0
provenance:
  source: written for this test
  collected: by hand
  annotators: one person
  first_date: 2026-01-01
  last_date: 2026-01-02
first_published: 2026-02-01
headline:
  metric: {metric}
  filter: {filter}
  direction: {direction}
  chance: {chance}
canary: {canary}
lifecycle:
  state: draft
  since: 2026-02-01
answer:
  type: {answer}
claims:
  smallest_difference: 0.9
shuffle_seed: 7
known_biases: small numbers only
ai_use: none
"""

MODELS = """\
models:
  - id: tiny
    name: Tiny
    family: tiny
    released: 2026-01-01
    context_length: 2048
    licence: Apache-2.0
    backend: hf
    weights:
      repository: someone/tiny
      revision: 0123456789abcdef0123456789abcdef01234567
    chat_template: false
    runs_on: [cpu]
"""

SUITE = """\
group: ward_round
task:
  - dose_check
  - next_word
aggregate_metric_list:
  - metric: acc
"""


@dataclass(frozen=True)
class Edit:
    """One defect: in ``file``, ``old`` becomes ``new``; no ``old`` means the whole file, no ``new`` deletes it."""

    file: str
    old: str | None
    new: str | None

    def apply(self, folder: Path) -> None:
        """Plant the defect."""
        path = folder / self.file
        if self.new is None:
            path.unlink()
        elif self.old is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.new, encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
            assert self.old in text, f"{self.old!r} is not in {self.file}"
            path.write_text(text.replace(self.old, self.new, 1), encoding="utf-8")


def write_task(root: Path, name: str) -> Path:
    """Write a correct task of the output type that ``name`` stands for; give its folder."""
    folder = root / "tasks" / name
    (folder / "data").mkdir(parents=True)
    metric, filter_name, direction = _HEADLINES[name]
    answer = {MULTIPLE_CHOICE: "choice", GENERATE: "number"}.get(name, "none")
    canary, chance = canary_of(name), "0.333" if name == MULTIPLE_CHOICE else "null"
    card = _CARD.format(
        name=name, metric=metric, filter=filter_name, direction=direction, chance=chance, canary=canary, answer=answer
    )
    (folder / f"{name}.yaml").write_text(_HEAD.format(name=name) + _CONFIGS[name], encoding="utf-8")
    (folder / "card.yaml").write_text(card, encoding="utf-8")
    (folder / "README.md").write_text("What it measures, how it was made, where it stops.\n", encoding="utf-8")
    for split, first in (("test", 2), ("dev", 20)):
        lines = [json.dumps(_row(name, split, number)) for number in range(first, first + 6)]
        (folder / "data" / f"{split}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def canary_of(name: str) -> str:
    """The canary of a correct task; each has its own, and the first one's is :data:`CANARY`."""
    return CANARY[:-1] + "cdef"[NAMES.index(name)]


def _row(name: str, split: str, number: int) -> dict[str, object]:
    row: dict[str, object] = {"id": f"{split}-{number}", "question": f"{number} mg and 3 mg?"}
    if name == MULTIPLE_CHOICE:
        places = [(-1, 0, 1), (0, 1, -1), (1, -1, 0)][(number - 2) % 3]
        row |= {"choices": [f"{number + 3 + place} mg" for place in places], "answer": places.index(0)}
    else:
        row["answer"] = f"{number + 3} mg"
    return row | {"note": "sums", "canary": canary_of(name)}


def write_pool(root: Path) -> Path:
    """Write a correct pool: the four tasks, a file of models and a suite; give its root."""
    for name in NAMES:
        write_task(root, name)
    (root / "models.yaml").write_text(MODELS, encoding="utf-8")
    (root / "tasks" / "_suites").mkdir()
    (root / "tasks" / "_suites" / "ward_round.yaml").write_text(SUITE, encoding="utf-8")
    return root


def line_of(path: Path, words: str) -> int:
    """The number of the first line that holds ``words``."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


@contextmanager
def nested(folder: Path, depth: int) -> Iterator[None]:
    """So many folders in each other below ``folder``, taken away again: what clears up after tests goes by depth."""
    folders = [f"{folder}{'/d' * number}" for number in range(1, depth + 1)]
    for one in folders:
        os.mkdir(one)  # noqa: PTH102  (a Path of so many steps is slow)
    try:
        yield
    finally:
        for one in reversed(folders):
            os.rmdir(one)  # noqa: PTH106
