"""Small values for the tests of planning: outlines, models, planned cells, stored cells."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from commons.harness.requests import Request
from commons.harness.sandbox import Confinement
from commons.plan.cells import Reason, Standing
from commons.plan.facts import facts_maker
from commons.plan.heads import CellHead
from commons.plan.index import Index
from commons.plan.make import Planner, Planning, PlanRequest, Way
from commons.plan.memo import Memo
from commons.plan.outline import FormOutline, TaskOutline
from commons.plan.outlines import Maker, Outlines, rendering_maker, varying_maker
from commons.plan.plan import Plan, PlannedCell
from commons.plan.stored import StoredAnswers
from commons.plan.watching import Nobody
from commons.pool.card import PublishLevel
from commons.pool.cell import CANONICAL
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.variants.registry import chosen
from tests.running import NOON

#: Far enough ahead of every file that a test writes for the racy rule to trust it.
LATER = 4_000_000_000 * 1_000_000_000

#: When stored cells were started.
STARTED = "2026-11-01T12:00:00+00:00"


def outline(task: str = "sums", **changes: object) -> TaskOutline:
    """The outline of a multiple-choice task of ten items, 40 requests and 4,000 characters."""
    form = FormOutline(requests=40, characters=4_000, tokens_out=0, generations=0, longest=20)
    whole = TaskOutline(task, "a" * 64, True, 10, PublishLevel.SAMPLES, 1, "acc,none", "proportion", 0.25, None, form,
                        form)
    return dataclasses.replace(whole, **changes)  # type: ignore[arg-type]


def generating(task: str = "say", **changes: object) -> TaskOutline:
    """The outline of a generation task of ten items that may write 80 tokens each."""
    form = FormOutline(requests=10, characters=1_000, tokens_out=800, generations=10, longest=95)
    return outline(task, needs_loglikelihoods=False, plain=form, chat=form, **changes)


def model(name: str = "small", **changes: object) -> Model:
    """A model that runs on any processor."""
    entry = {"id": name, "name": name, "family": "made", "released": "2026-01-01", "context_length": 2048,
             "parameters": 100_000_000, "licence": "MIT", "backend": "hf",
             "weights": {"repository": f"made/{name}", "revision": "0" * 40}, "chat_template": False,
             "runs_on": ["cpu"], **changes}
    return Model.model_validate(entry)


def endpoint(name: str = "served", **changes: object) -> Model:
    """A model that somebody else serves for money."""
    return model(name, weights=None, parameters=None, backend="local-chat-completions", chat_template=True,
                 endpoint={"base_url": "https://served.example/v1", "snapshot": name}, runs_on=["endpoint"],
                 **{"price": {"input_per_million": 1.0, "output_per_million": 2.0}, **changes})


def head(standing: Standing, **changes: object) -> CellHead:
    """The head of a whole cell of ten rows that took twenty seconds."""
    whole = CellHead(standing, 10, 20.0, 8.0, 0, 1_000, 0, None, "lm_eval hf", STARTED,
                     {"acc,none": 0.5})
    return whole._replace(**changes)


def planned(task: str, name: str, seconds: float = 60.0, dollars: float = 0.0) -> PlannedCell:
    """A new cell."""
    return PlannedCell(task, name, Reason.NEW, 10, 100, 0, seconds, dollars)


def request(text: str) -> Request:
    """A request to score a continuation."""
    return Request(kind="loglikelihood", prompt=text, continuation=" yes")


@contextmanager
def planner(pool: Repository, *, now: int = LATER) -> Iterator[tuple[Planner, Outlines, Index]]:
    """A planner over ``pool`` whose clock stands at ``now``, with its parts to look into."""
    with Memo(pool.work / "plan.sqlite") as memo:
        outlines = Outlines(memo, rendering_maker(pool, Confinement.SANDBOX), Confinement.SANDBOX, lambda: now)
        index = Index(pool.ledger, memo, lambda: now)
        answers = StoredAnswers(pool.work / "responses.sqlite")
        yield Planner(outlines, index, answers, Nobody()), outlines, index
        answers.close()


def plan_of(pool: Repository, models: Sequence[Model] | None = None, *, now: int = LATER,
            **options: object) -> Planning:
    """Plan the whole pool."""
    known = pool.models()
    asked = PlanRequest(folders=pool.task_folders(), models=list(models or known), known=known,
                        **options)  # type: ignore[arg-type]
    with planner(pool, now=now) as (one, _, _):
        return one.plan(asked)


def plan_in(pool: Repository, *names: str, models: Sequence[Model] | None = None, now: int = LATER,
            **options: object) -> Planning:
    """Plan the whole pool, put in these ways, to be run and collected."""
    known, variants = pool.models(), chosen(names)
    with Memo(pool.work / "plan.sqlite") as memo:

        def outlines(make: Maker, name: str = CANONICAL) -> Outlines:
            return Outlines(memo, make, Confinement.SANDBOX, lambda: now, name)

        ways = tuple(Way(one.name, outlines(varying_maker(pool, Confinement.SANDBOX, one), one.name),
                         facts_maker(pool, Confinement.SANDBOX, one)) for one in variants if one is not None)
        asked = PlanRequest(folders=pool.task_folders(), models=list(models or known), known=known, made=NOON,
                            facts=facts_maker(pool, Confinement.SANDBOX), canonical=None in variants, ways=ways,
                            **options)  # type: ignore[arg-type]
        answers = StoredAnswers(pool.work / "responses.sqlite")
        canonical = outlines(rendering_maker(pool, Confinement.SANDBOX))
        planning = Planner(canonical, Index(pool.ledger, memo, lambda: now), answers, Nobody()).plan(asked)
        answers.close()
        return planning


def reasons(plan: Plan) -> dict[tuple[str, str], str]:
    """Why each planned cell is planned."""
    return {(cell.task, cell.model): cell.reason.value for cell in plan.cells}


