"""A pool made for these tests, written by the pool's own writers where it has one."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import yaml

from commons.pool.card import PublishLevel
from commons.pool.cell import Cell, Identity, Metric, Outcome, Protocol, Provenance, Row
from commons.pool.hashing import model_hash, sha256_text
from commons.pool.models import Model
from commons.pool.rendered import RenderedHeader, RenderedItem, RenderedItems
from commons.pool.repository import Repository

CANARY = "eval-commons:01234567-89ab-cdef-0123-456789abcdef"
SITE = Path(__file__).resolve().parents[2] / "site"


def card(**changes: Any) -> dict[str, Any]:
    """The content of a card, with some keys changed."""
    return {
        "title": "Made-up sums", "summary": "A high score shows that a model can add small numbers.",
        "domain": "mathematics", "skills": ["arithmetic"], "languages": ["en"], "owners": ["ada", "grace-h"],
        "licence": "CC-BY-4.0",
        "provenance": {"source": "Written for these tests.", "collected": "By a loop.", "annotators": "None.",
                       "first_date": "2026-01-02", "last_date": "2026-01-03"},
        "first_published": "2026-02-01",
        "headline": {"metric": "acc", "direction": "higher", "chance": 0.25, "unit": "proportion"},
        "canary": CANARY, "lifecycle": {"state": "active", "since": "2026-02-01"}, "answer": {"type": "choice"},
        "claims": {"smallest_difference": 0.1}, "shuffle_seed": 7, "known_biases": "Only small numbers.",
        "ai_use": "none", **changes,
    }


def model(model_id: str, **changes: Any) -> dict[str, Any]:
    """An entry of ``models.yaml`` that runs on any machine, with some keys changed."""
    entry = {
        "id": model_id, "name": model_id.title(), "family": "made-up", "released": "2025-05-01", "context_length": 2048,
        "licence": "Apache-2.0", "backend": "hf", "weights": {"repository": f"made/{model_id}", "revision": "a" * 40},
        "chat_template": False, "runs_on": ["cpu"], **changes,
    }
    return {key: value for key, value in entry.items() if value is not None}


def endpoint(model_id: str, **changes: Any) -> dict[str, Any]:
    """An entry that is served elsewhere and gives no log-likelihoods."""
    return model(
        model_id, weights=None, backend="openai-chat-completions", runs_on=["endpoint"], chat_template=True,
        endpoint={"base_url": "https://served.example/v1", "snapshot": f"{model_id}-1", "secret": "SERVED_KEY"},
        **changes,
    )


def wilson(value: float, n: int) -> tuple[float, float]:
    """Wilson's interval, as the cells carry it."""
    z = 1.959963984540054
    centre = (value + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(value * (1 - value) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def accuracy(scores: list[float], **changes: Any) -> Metric:
    """The mean of right-or-wrong scores."""
    value = sum(scores) / len(scores)
    given = {"value": value, "stderr": None, "interval": wilson(value, len(scores)), "method": "Wilson",
             "n": len(scores), "aggregation": "mean", "higher_is_better": True, **changes}
    return Metric(**given)


class Pool:
    """Writes a pool into a folder, part by part."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "tasks").mkdir(parents=True)
        self.repository = Repository(root)

    def models(self, *entries: dict[str, Any]) -> None:
        """Write ``models.yaml``."""
        (self.root / "models.yaml").write_text(yaml.safe_dump({"models": list(entries)}, allow_unicode=True))

    def task(self, name: str, output_type: str = "multiple_choice", **changes: Any) -> None:
        """Write a task folder with three data rows."""
        folder = self.root / "tasks" / name
        (folder / "data").mkdir(parents=True)
        config = {"task": name, "dataset_path": "json", "dataset_kwargs": {"data_files": {"test": "data/test.jsonl"}},
                  "test_split": "test", "output_type": output_type, "doc_to_text": "{{question}}",
                  "doc_to_target": "{{answer}}"}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(config))
        (folder / "card.yaml").write_text(yaml.safe_dump(card(**changes), allow_unicode=True))
        rows = [json.dumps({"id": f"s{n}", "question": f"{n} + {n} =", "answer": str(2 * n), "canary": CANARY})
                for n in range(3)]
        (folder / "data" / "test.jsonl").write_text("\n".join(rows) + "\n")

    def rendered(self, task: str, items: list[RenderedItem], header: str = "") -> None:
        """Write a task's rendered items."""
        head = RenderedHeader(task=task, task_hash=sha256_text(task), output_type="multiple_choice", canary=CANARY,
                              header=header)
        self.repository.ledger.write_rendered(RenderedItems(head, tuple(items)))

    def cell(
        self, task: str, model_id: str, rows: list[Row], metrics: dict[str, Metric] | None = None, *,
        names: tuple[str, ...] = ("acc,none",), publish: str = "samples", started: str = "2026-11-20T09:00:00Z",
        **identity: Any,
    ) -> Path:
        """Write a cell; its metric is the rows' mean where none is given, and missing where a row has no score."""
        scores = [row.scores[0] for row in rows if isinstance(row.scores[0], float)]
        if metrics is None:
            metrics = {} if len(scores) < len(rows) else {"acc,none": accuracy(scores)}
        given = {"task": task, "model": model_id, "comparability_version": 1, "cell_key": sha256_text(task + model_id),
                 "task_hash": sha256_text(task), "model_hash": model_hash(self.model(model_id)),
                 "protocol_hash": sha256_text("protocol"), **identity}
        return self.repository.ledger.write_cell(Cell(
            identity=Identity(**given),
            protocol=Protocol(form="plain", num_fewshot=0, seeds={"fewshot": 1234}, chat_template_sha256=None,
                              system_prompt_sha256=None, generation=None, context_length=2048),
            publish=PublishLevel(publish), metric_names=names, metrics=metrics, rows=tuple(rows), transcript=None,
            provenance=Provenance(commit="c" * 40, run_url=None, versions={"lm_eval": "0.4.13", "commons": "0.1.0"},
                                  weights=f"made/{model_id}@{'a' * 40}", engine="hf", host="linux-x86_64-cpu",
                                  started=started, seconds=61.5, cost_usd=None),
        ))

    def model(self, name: str) -> Model:
        """A registered model."""
        return next(one for one in self.repository.models() if one.id == name)


def rows(scores: list[float], **changes: Any) -> list[Row]:
    """Rows of a multiple-choice task whose gold is the option 0."""
    return [
        Row(item=f"s{n}", repeat=0, outcome=Outcome.SCORED, scores=(score,), chosen=0 if score else 1,
            loglikelihoods=(-1.25, -2.5) if score else (-2.5, -1.25), answer=f"answer {n}", tokens_in=20, tokens_out=2,
            **changes)
        for n, score in enumerate(scores)
    ]


def items(count: int, prompt: str = "What is {n} + {n}?") -> list[RenderedItem]:
    """Rendered items that fit :func:`rows`."""
    return [
        RenderedItem(item=f"s{n}", prompt=prompt.replace("{n}", str(n)), choices=(f"right {n}", f"wrong {n}"), gold=0)
        for n in range(count)
    ]
