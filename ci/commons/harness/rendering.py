"""A rendered task: every item as the harness puts it, and everything else that decides its score.

It is made in the process that runs contributed code, so it is read back as outside data. The task hash is taken over
it, before any chat template: a typo mended in a README changes nothing, an edited prompt changes it. What the hash
says of hooks and their data, the reader adds (``commons.harness.sources``): a hook could say anything of itself.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import FailFast, JsonValue

from commons.harness.requests import Request
from commons.pool.hashing import sha256_json
from commons.pool.validate import Strict

Form = Literal["plain", "chat"]


class MetricFacts(Strict):
    """One declared metric: how items become a number, which way is better, its arguments."""

    name: str
    aggregation: str
    higher_is_better: bool
    arguments: dict[str, JsonValue]


class FilterFacts(Strict):
    """One named filter chain."""

    name: str
    steps: list[JsonValue]
    per_answer: bool


class ItemRendering(Strict):
    """One item: its requests in either form (by place in the task's request list), and what it is graded against.

    ``content_sha256`` is the digest of all that a hook sees of it, where the task has hooks.
    """

    id: str
    cluster: str | None
    choices: tuple[str, ...] | None
    gold: int | str | tuple[str, ...] | tuple[int, ...] | None
    plain: tuple[int, ...]
    chat: tuple[int, ...]
    content_sha256: str | None = None

    def request_indices(self, form: Form) -> tuple[int, ...]:
        """The item's requests in ``form``."""
        return self.plain if form == "plain" else self.chat


class TaskRendering(Strict):
    """A whole task as rendered.

    ``hooks_sha256`` is the digest of the task's hooks and what lies beside them, ``functions_sha256`` of which of them
    the configuration names for what; each is None where there is none. ``folder_sha256`` is the digest of the folder
    that this was rendered from; it enters no key.
    """

    task: str
    output_type: Literal["multiple_choice", "loglikelihood", "loglikelihood_rolling", "generate_until"]
    num_fewshot: int
    repeats: int
    generation: dict[str, JsonValue] | None
    metrics: tuple[MetricFacts, ...]
    filters: tuple[FilterFacts, ...]
    hooks_sha256: str | None = None
    functions_sha256: str | None = None
    folder_sha256: str | None = None
    own_grader: bool = False
    requests: Annotated[tuple[Request, ...], FailFast()]
    items: Annotated[tuple[ItemRendering, ...], FailFast()]

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The columns of a row: each metric after each filter, as ``metric,filter``."""
        return tuple(f"{metric.name},{chain.name}" for chain in self.filters for metric in self.metrics)

    def metric(self, column: str) -> MetricFacts:
        """The metric behind a column."""
        name = column.split(",", 1)[0]
        return next(metric for metric in self.metrics if metric.name == name)

    def needed(self, form: Form, items: set[str] | None = None) -> list[Request]:
        """The requests of ``form``, each once, in item order; of ``items`` only, where given."""
        indices = dict.fromkeys(
            index for item in self.items if items is None or item.id in items for index in item.request_indices(form)
        )
        return [self.requests[index] for index in indices]

    @property
    def needs_loglikelihoods(self) -> bool:
        """Whether any request asks for a log-likelihood, which chat endpoints do not give."""
        return any(request.kind != "generate_until" for request in self.requests)

    @property
    def task_hash(self) -> str:
        """The sha256 of what is sent and scored. Items enter by id, so their order does not matter.

        Where the folder has hooks, the items' whole content and the hooks' source enter too, because hooks may use
        either; without hooks only what is sent and what it is graded against does.
        """
        return sha256_json({"parts": self.parts, "items": {item.id: self.input_of(item) for item in self.items}})

    @property
    def parts(self) -> dict[str, str]:
        """What all items share and what enters the hash: the digest of each part, by its name for people."""
        parts: dict[str, JsonValue] = {
            "output type": self.output_type,
            "few-shot number": self.num_fewshot,
            "repeats": self.repeats,
            "generation arguments": self.generation,
            "hooks": self.hooks_sha256,
        }
        if self.functions_sha256 is not None:
            parts["functions"] = self.functions_sha256
        parts |= {f"metric {one.name}": one.model_dump(mode="json") for one in self.metrics}
        parts |= {f"filter {one.name}": one.model_dump(mode="json") for one in self.filters}
        return {name: sha256_json(value) for name, value in parts.items()}

    def input_of(self, item: ItemRendering) -> str:
        """The digest of what is sent for an item and what it is graded against."""
        return sha256_json({
            "cluster": item.cluster,
            "choices": item.choices,
            "gold": item.gold,
            "content": item.content_sha256 if self.hooks_sha256 else None,
            "plain": [self.requests[index].digest for index in item.plain],
            "chat": [self.requests[index].digest for index in item.chat],
        })
