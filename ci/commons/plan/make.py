"""Making a plan: outlines, the ledger's index and the response store put together."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import CommonsError
from commons.harness import HARNESS_VERSION
from commons.plan.budget import Budget, information, within
from commons.plan.caps import Caps, left_out, under
from commons.plan.costs import Cost, cost_of, unanswered
from commons.plan.facts import FactsMaker, TaskFacts
from commons.plan.index import Index
from commons.plan.outline import TaskOutline
from commons.plan.outlines import Outlines, Unplannable
from commons.plan.packing import MINUTES, MOST_SHARDS, pack
from commons.plan.plan import LeftOut, Plan, PlannedCell
from commons.plan.rates import History, Rates, rates_of
from commons.plan.shelf import Shelf
from commons.plan.stored import StoredAnswers
from commons.plan.survey import Draft, Survey, Surveyor, by_model, headlines
from commons.plan.watching import Watcher
from commons.pool.cell import CANONICAL
from commons.pool.hashing import protocol_hash
from commons.pool.ledger import BrokenCell
from commons.pool.models import Model
from commons.variants.registry import CannotVary
from commons.variants.varied import Varied, put_name

#: Rates are means, and the cells of so many tasks, spread evenly over the ledger, give them as well as all would.
_TASKS_FOR_RATES = 100
#: Hardware that a plan is for unless it is told otherwise: free runners, and what others serve.
USUAL = frozenset({"cpu", "endpoint"})


@dataclass(frozen=True)
class Way:
    """A variant to plan: its name, what outlines the tasks put so, and what makes their facts (as in a request)."""

    variant: str
    outlines: Outlines
    facts: FactsMaker | None = None


@dataclass(frozen=True)
class PlanRequest:
    """What to plan: task folders and models; ``known`` are all models, whose speed stands in for unmeasured ones.

    ``facts`` makes what results are held against; without it the plan is for looking at, and cannot be collected.
    ``drifts`` is when endpoints were last seen to have drifted. ``canonical`` is whether the canonical cells are
    planned, and ``ways`` are the variants that are, which nothing looks at where there are none.
    """

    folders: Sequence[Path]
    models: Sequence[Model]
    known: Sequence[Model]
    force: bool = False
    on: frozenset[str] = USUAL
    budget: Budget | None = None
    caps: Caps = field(default_factory=Caps)
    drifts: Mapping[str, datetime.datetime] = field(default_factory=dict)
    most_shards: int = MOST_SHARDS
    minutes: float = MINUTES
    commit: str | None = None
    made: datetime.datetime | None = None
    facts: FactsMaker | None = None
    canonical: bool = True
    ways: Sequence[Way] = ()


@dataclass(frozen=True)
class Planning:
    """A plan, and what stood in its way: tasks that cannot be rendered, cell files that cannot be read."""

    plan: Plan
    broken_tasks: tuple[Unplannable, ...]
    broken_cells: tuple[BrokenCell, ...]


@dataclass
class _Tally:
    """What is gathered from shelves on the way."""

    histories: dict[str, History] = field(default_factory=dict)
    tells: dict[str, float] = field(default_factory=dict)
    broken: list[BrokenCell] = field(default_factory=list)
    lost: list[Unplannable] = field(default_factory=list)


class Planner:
    """Makes plans over one pool."""

    def __init__(self, outlines: Outlines, index: Index, stored: StoredAnswers, watcher: Watcher) -> None:
        self._outlines = outlines
        self._index = index
        self._stored = stored
        self._watcher = watcher

    def plan(self, request: PlanRequest) -> Planning:
        """Plan. Nothing is run, and nothing but memos is written."""
        outlines, broken = self._outlines.load(request.folders, self._watcher)
        protocol = protocol_hash(HARNESS_VERSION)
        surveyor = Surveyor(request.models, protocol, request.on, force=request.force, drifts=request.drifts)
        tally = _Tally()
        self._survey(request, outlines, surveyor, tally)
        varied = {way.variant: self._vary(way, request, outlines, surveyor, tally) for way in request.ways}
        broken += tally.lost
        survey = surveyor.found
        rates = rates_of(request.known, tally.histories)
        cells = self._costed(request, survey, rates, surveyor.hashes)
        loads = {name: one.load_seconds for name, one in rates.items()}
        cells, out = _fitting(request, cells, tally.tells, loads)
        hashes = {put_name(one.task, variant): one.task_hash
                  for variant, several in ((CANONICAL, outlines), *varied.items()) for one in several}
        facts, lost = self._facts(request, outlines, varied, cells)
        if lacking := {one.put for one in lost}:
            cells = [cell for cell in cells if not {cell.task, cell.put} & lacking]
        puts = {name for cell in cells for name in (cell.task, cell.put)}
        models = {cell.model for cell in cells}
        plan = Plan(
            protocol_hash=protocol, commit=request.commit,
            tasks={name: digest for name, digest in hashes.items() if name in puts},
            models={name: digest for name, digest in surveyor.hashes.items() if name in models},
            cells=tuple(cells),
            shards=pack(cells, loads, most=request.most_shards, minutes=request.minutes, capped=request.caps.given),
            inapplicable=tuple(survey.inapplicable), left_out=tuple(out), kept=survey.kept,
            basis={name: rates[name].basis for name in sorted(models)},
            facts={name: one for name, one in facts.items() if name in puts}, made=request.made,
            drifted={name: when for name, when in request.drifts.items() if name in models},
        )
        return Planning(plan, (*broken, *lost), tuple(tally.broken))

    def _facts(
        self, request: PlanRequest, outlines: Sequence[TaskOutline], varied: Mapping[str, Sequence[TaskOutline]],
        cells: Sequence[PlannedCell],
    ) -> tuple[dict[str, TaskFacts], list[Unplannable]]:
        """What the results of each planned task are held against, and the tasks that none can be made for."""
        found: dict[str, TaskFacts] = {}
        lost: list[Unplannable] = []
        planned = {name for cell in cells for name in (cell.task, cell.put)}
        folders = {folder.name: folder for folder in request.folders}
        makers = [(CANONICAL, request.facts, outlines),
                  *((way.variant, way.facts, varied[way.variant]) for way in request.ways)]
        for variant, facts_of, several in makers:
            for one in several:
                name = put_name(one.task, variant)
                if facts_of is not None and name in planned:
                    try:
                        found[name] = facts_of(one, self._outlines.digest_of(folders[one.task]))
                    except CommonsError as error:
                        lost.append(Unplannable(one.task, error, variant))
        return found, lost

    def _vary(
        self, way: Way, request: PlanRequest, canonical: Sequence[TaskOutline], surveyor: Surveyor, tally: _Tally
    ) -> Sequence[TaskOutline]:
        """Decide the cells of a variant, and return its outlines; what cannot be varied is a cell that cannot exist."""
        folders = {folder.name: folder for folder in request.folders}
        forms = {one.task: one.task_hash for one in canonical}
        outlines, missing = way.outlines.load([folders[task] for task in forms], self._watcher)
        for one in missing:
            if isinstance(one.error, CannotVary):
                surveyor.refuse(one.task, one.variant, one.error.sentence)
            else:
                tally.lost.append(one)
        with self._index.together():
            for outline in outlines:
                shelf = self._index.shelf(outline.task, Varied(way.variant, forms[outline.task]))
                self._decide(request, outline, shelf, surveyor, tally, way.variant)
        return outlines

    def _decide(
        self, request: PlanRequest, outline: TaskOutline, shelf: Shelf, surveyor: Surveyor, tally: _Tally,
        variant: str = CANONICAL,
    ) -> None:
        """Decide the cells of one task as it is put."""
        drafted = len(surveyor.found.drafts)
        surveyor.look(outline, shelf, variant)
        tally.broken += shelf.broken
        capped = request.caps.given and len(surveyor.found.drafts) > drafted
        if request.budget is not None or capped:
            tally.tells[put_name(outline.task, variant)] = information(outline, headlines(shelf, outline))

    def _survey(
        self, request: PlanRequest, outlines: Sequence[TaskOutline], surveyor: Surveyor, tally: _Tally
    ) -> None:
        """Look at the shelf of every task, and gather history from some of them."""
        names = self._index.tasks()
        step = max(1, -(-len(names) // _TASKS_FOR_RATES))
        sampled = set(names[::step])
        models = {model.id: model for model in request.known}
        with self._index.together():
            for outline in outlines:
                if not request.canonical and outline.task not in sampled:
                    continue
                shelf = self._index.shelf(outline.task)
                if request.canonical:
                    self._decide(request, outline, shelf, surveyor, tally)
                if outline.task in sampled:
                    _remember(tally, shelf, outline, models)
            for task in sorted(sampled - {outline.task for outline in outlines}):
                _remember(tally, self._index.shelf(task), None, models)

    def _costed(
        self, request: PlanRequest, survey: Survey, rates: dict[str, Rates], hashes: dict[str, str]
    ) -> list[PlannedCell]:
        """The drafts with their costs, by model in the order of ``models.yaml`` and by task."""
        drafts = by_model(survey.drafts)
        outlines = {CANONICAL: self._outlines, **{way.variant: way.outlines for way in request.ways}}
        cells: list[PlannedCell] = []
        for model in request.models:
            if model.id not in drafts:
                continue
            known = self._stored.known(model, hashes[model.id], request.drifts.get(model.id))
            for draft in drafts[model.id]:
                whole = draft.outline.form(model.form)
                left = (unanswered(outlines[draft.variant].requests(draft.outline.task, model.form), known) if known
                        else whole)
                cost = cost_of(model, rates[model.id], draft.outline.items, whole, left, draft.own)
                cells.append(_planned(draft, cost))
        return cells


def _remember(tally: _Tally, shelf: Shelf, outline: TaskOutline | None, models: dict[str, Model]) -> None:
    for name, head in shelf.heads.items():
        if (model := models.get(name)) is not None:
            same = outline is not None and head.standing.task_hash == outline.task_hash
            tally.histories.setdefault(name, History()).add(model, head, outline if same else None)


def _planned(draft: Draft, cost: Cost) -> PlannedCell:
    return PlannedCell(draft.outline.task, draft.model, draft.reason, cost.requests, cost.tokens_in, cost.tokens_out,
                       cost.seconds, cost.dollars, draft.variant, cost.most_dollars)


def _fitting(
    request: PlanRequest, cells: list[PlannedCell], tells: Mapping[str, float], loads: Mapping[str, float]
) -> tuple[list[PlannedCell], list[LeftOut]]:
    """The cells that fit the caps on money and then the budget, and those that do not."""
    out: list[LeftOut] = []
    if request.caps.given:
        cells, out = under(request.caps, cells, tells, loads)
    if request.budget is not None:
        kept, left = within(request.budget, cells, tells, loads)
        out += [left_out(cells[place], "the budget") for place in left]
        cells = [cells[place] for place in kept]
    return cells, out
