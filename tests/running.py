"""Running cells in tests: fixed surroundings, and a model that answers by rule."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence

from commons.engines.base import Engine, EngineFacts, EngineKind, Readiness
from commons.evaluate.progress import Silent
from commons.evaluate.run import Run, RunReport, RunRequest
from commons.evaluate.surroundings import Surroundings
from commons.harness.requests import Answer, Request
from commons.harness.store import ResponseStore
from commons.pool.models import Model
from commons.pool.repository import Repository

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.timezone.utc)


def still() -> Surroundings:
    """Surroundings in which no time passes."""
    return Surroundings(commit="0" * 40, run_url=None, host="test", salt="salt", now=lambda: NOON, seconds=lambda: 0.0)


def measure(
    pool: Repository, models: Sequence[Model], *, limit: int | None = None, force: bool = False,
    names: set[str] | None = None,
) -> RunReport:
    """Run the pool's tasks on ``models``."""
    tasks, _ = pool.tasks(names)
    with ResponseStore(pool.work / "responses.sqlite") as store:
        return Run(pool, store, Silent(), still()).run(RunRequest(tasks, models, limit=limit, force=force))


def in_the_harness(model: Model) -> Model:
    """The same weights in the harness's own backend, one request at a time."""
    return model.model_copy(update={
        "id": f"{model.id}-hf", "backend": "hf", "arguments": {**model.arguments, "batch_size": 1},
    })


class RuleEngine:
    """A model that answers by a rule and counts what it was asked."""

    def __init__(self, rule: Callable[[Request], Answer]) -> None:
        self._rule = rule
        self.asked: list[Request] = []

    @property
    def facts(self) -> EngineFacts:
        """What provenance says."""
        return EngineFacts("rule", {"rule": "1"}, "none", 4096, None)

    def answer(
        self, requests: Sequence[Request], beside: Sequence[Request] = ()  # noqa: ARG002  (each answer stands alone)
    ) -> Iterator[tuple[Request, Answer]]:
        """Answer by the rule."""
        for request in requests:
            self.asked.append(request)
            yield request, self._rule(request)

    def close(self) -> None:
        """Nothing to close."""


def rule_kind(engine: Engine) -> EngineKind:
    """An engine kind that opens ``engine`` for every model."""
    return EngineKind("rule", None, lambda _: Readiness(True), lambda: {"rule": "1"}, lambda _: engine)


def by_length(request: Request) -> Answer:
    """Prefer short continuations; generate the prompt's last word."""
    if request.kind == "generate_until":
        return Answer(text=" " + request.prompt_text.split()[-1], tokens_in=5, tokens_out=1)
    text = request.continuation or request.prompt_text
    return Answer(loglikelihood=-1.5 * len(text) - 0.123456789, is_greedy=len(text) < 6, tokens_in=5, tokens_out=0)
