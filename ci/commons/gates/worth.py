"""What an author learns about a task beside the verdict: how hard it is, what it can show, and what it costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commons.errors import BadFile
from commons.gates.policy import CHARACTERS_PER_TOKEN
from commons.gates.trial import Trial
from commons.harness.rendering import Form, TaskRendering
from commons.harness.requests import Request
from commons.harness.sizes import characters_in, most_tokens_out
from commons.pool.cell import CANONICAL
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.task import Task
from commons.stats.power import best_case_difference, smallest_difference

#: The probes whose excess over chance is the choice-artefact score.
ARTEFACTS = ("first", "last", "frequent_place", "longest", "shortest", "wording", "overlap", "copy")


@dataclass(frozen=True)
class Overlap:
    """Another task that shares items with this one: its name, the share of this task's items, and examples."""

    task: str
    share: float
    examples: tuple[str, ...] = ()


#: Finds tasks of the pool that share items with a task of so many items; None where nothing is known of the others.
Redundancy = Callable[[Task, int], "Sequence[Overlap] | None"]


@dataclass(frozen=True)
class Difficulty:
    """The mean headline over the models that were measured on today's task, and its lowest and highest."""

    models: int
    mean: float
    lowest: float
    highest: float
    stale: int


@dataclass(frozen=True)
class Artefact:
    """The probe without skill that comes furthest above chance, as a share of full marks."""

    excess: float
    probe: str


@dataclass(frozen=True)
class Power:
    """The smallest true difference between two models that the items show, and what the card claims."""

    n: int
    independent: float
    best_case: float
    claimed: float


@dataclass(frozen=True)
class ModelCost:
    """What one model would be sent: requests, tokens by estimate, dollars; ``why_not`` where it cannot be asked."""

    model: str
    requests: int
    tokens_in: int
    tokens_out: int
    dollars: float | None
    why_not: str = ""


@dataclass(frozen=True)
class Worth:
    """All of it; a part is None where it cannot be known."""

    difficulty: Difficulty | None
    artefact: Artefact | None
    power: Power | None
    overlaps: tuple[Overlap, ...] | None
    costs: tuple[ModelCost, ...]

    @property
    def dollars(self) -> float:
        """What all priced models together cost."""
        return sum(one.dollars or 0.0 for one in self.costs)

    @property
    def tokens(self) -> int:
        """The tokens of all models together, in and out."""
        return sum(one.tokens_in + one.tokens_out for one in self.costs)

    @property
    def requests(self) -> int:
        """The requests of all models together."""
        return sum(one.requests for one in self.costs)


def worth_of(trial: Trial, pool: Repository, redundancy: Redundancy | None = None) -> Worth:
    """What is known about the task's worth. Models that cannot be read are left out: lint speaks of them."""
    material = trial.material
    try:
        models = pool.models()
    except BadFile:
        models = ()
    return Worth(
        difficulty_of(pool, material.task, material.rendering, material.scale.column, [one.id for one in models]),
        artefact_of(trial),
        power_of(material.task, material.rendering, is_share=material.scale.kind == "share"),
        _overlaps(redundancy, material.task, len(material.rendering.items)),
        tuple(cost_of(material.rendering, model) for model in models),
    )


def _overlaps(redundancy: Redundancy | None, task: Task, items: int) -> tuple[Overlap, ...] | None:
    found = redundancy(task, items) if redundancy else None
    return None if found is None else tuple(found)


def difficulty_of(
    pool: Repository, task: Task, rendering: TaskRendering, column: str, models: Sequence[str]
) -> Difficulty | None:
    """The headline over the cells of the ledger that were measured on exactly this task."""
    values, stale = [], 0
    for model in models:
        try:
            cell = pool.ledger.cell(task.name, model, CANONICAL)
        except BadFile:
            continue
        metric = cell.metrics.get(column) if cell else None
        if cell is None or metric is None:
            continue
        if cell.identity.task_hash == rendering.task_hash:
            values.append(metric.value)
        else:
            stale += 1
    if not values:
        return None
    return Difficulty(len(values), sum(values) / len(values), min(values), max(values), stale)


def artefact_of(trial: Trial) -> Artefact | None:
    """The largest excess over chance among the probes that look at nothing but the choices and the prompt's words."""
    chance = trial.material.scale.chance
    excess = {name: test.score - chance for name in ARTEFACTS if (test := trial.tests.get(name)) is not None}
    if not excess:
        return None
    worst = max(sorted(excess), key=lambda name: excess[name])
    return Artefact(excess[worst], trial.outcomes[worst].probe.label)


def power_of(task: Task, rendering: TaskRendering, *, is_share: bool) -> Power | None:
    """What the items can show, counting items that share a source once; None for scores that are no shares."""
    n = len({item.cluster or f"\x00{item.id}" for item in rendering.items})
    if not is_share or not n:
        return None
    return Power(n, smallest_difference(n), best_case_difference(n), task.card.claims.smallest_difference)


def cost_of(rendering: TaskRendering, model: Model) -> ModelCost:
    """What one run of the task sends to ``model``, with tokens estimated from characters."""
    form: Form = "chat" if model.chat_template else "plain"
    requests = rendering.needed(form)
    if rendering.needs_loglikelihoods and not model.gives_loglikelihoods:
        return ModelCost(model.id, 0, 0, 0, None, "it gives no log-likelihoods")
    longest = max((_tokens_in(one) + most_tokens_out(one) for one in requests), default=0)
    if longest > model.context_length:
        return ModelCost(model.id, 0, 0, 0, None, "its context is too short")
    tokens_in, tokens_out = sum(map(_tokens_in, requests)), sum(map(most_tokens_out, requests))
    dollars = None
    if model.price is not None:
        dollars = (tokens_in * model.price.input_per_million + tokens_out * model.price.output_per_million) / 1e6
    return ModelCost(model.id, len(requests), tokens_in, tokens_out, dollars)


def _tokens_in(request: Request) -> int:
    return math.ceil(characters_in(request) / CHARACTERS_PER_TOKEN.value)
