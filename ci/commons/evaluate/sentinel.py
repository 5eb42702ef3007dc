"""A check of sentinel items: endpoints that are not pinned are asked the same again, twice, past the response store.

The store is neither read nor written, because its answers are the old ones. Rendering runs in the sandbox, where no
key is; asking runs here, where no contributed code is.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.engines.base import Engine, engine_kind
from commons.errors import BadFile, CannotRun, CommonsError
from commons.evaluate.admission import started_at
from commons.evaluate.money import bound_of, dollars_of
from commons.evaluate.progress import Progress
from commons.evaluate.report import expected
from commons.evaluate.sentinel_choosing import Sentinel, choose, labels, sentinels_of
from commons.evaluate.sentinel_verdict import baseline_of, judge
from commons.evaluate.surroundings import Surroundings
from commons.harness import HARNESS_VERSION
from commons.harness.rendering import TaskRendering
from commons.harness.requests import Answer, Request
from commons.plan.cells import decide, standing_of
from commons.plan.outline import outline_of
from commons.pool.cell import Cell, Outcome
from commons.pool.hashing import model_hash, protocol_hash
from commons.pool.ledger import Ledger
from commons.pool.models import Model
from commons.pool.sentinels import Check, SentinelFile, appended, is_before, read_sentinels, sentinel_path, to_text
from commons.pool.task import Task
from commons.pool.whole import write_whole

#: How many items an endpoint is asked, unless it is told otherwise.
ITEMS = 20

#: Each item is asked so often in a check.
_TIMES = 2

#: Tasks with their renderings.
Rendered = Sequence[tuple[Task, TaskRendering]]


@dataclass(frozen=True)
class Watched:
    """What became of one endpoint: its check and the file with it; else ``why`` it was not asked, or the ``error``."""

    model: str
    items: tuple[Sentinel, ...] = ()
    most_dollars: float = 0.0
    check: Check | None = None
    path: Path | None = None
    why: str = ""
    error: CommonsError | None = None


@dataclass(frozen=True)
class _Stock:
    """What a model's cells give a check: the items to choose from, and when the oldest cell that stands was started."""

    items: tuple[Sentinel, ...]
    oldest: datetime.datetime | None


class Watch:
    """Checks endpoints one after another. ``dollars`` is what all checks together may cost, None for no limit."""

    def __init__(
        self, ledger: Ledger, rendered: Rendered, progress: Progress, outside: Surroundings, *, items: int = ITEMS,
        dollars: float | None = None,
    ) -> None:
        self._ledger = ledger
        self._rendered = rendered
        self._progress = progress
        self._outside = outside
        self._items = items
        self._left = dollars

    def check(self, model: Model, output: Path | None) -> Watched:
        """Check one endpoint into ``output``; with None only say what would be asked. Nothing is raised for it."""
        try:
            return self._check(model, output)
        except Exception as error:  # noqa: BLE001  (one endpoint never stops the others, whatever is wrong with it)
            return Watched(model.id, error=expected(error))

    def _check(self, model: Model, output: Path | None) -> Watched:
        path = sentinel_path(self._ledger.root, model.id)
        before = read_sentinels(path) if path.exists() else None
        stock = self._stock(model, before)
        if not stock.items:
            return Watched(model.id, why="no whole cell of today's key has an item that one greedy generation answers")
        digest = model_hash(model)
        last = next((one for one in reversed(before.checks) if one.model_hash == digest), None) if before else None
        chosen = choose(stock.items, model.id, last, self._items)
        price = model.price
        most = sum(bound_of(price, one.request) for one in chosen) * _TIMES if price is not None else 0.0
        if self._left is not None and most > self._left:
            return Watched(model.id, tuple(chosen), most, why="it could cost more than is left of the caps on money")
        if output is None:
            return Watched(model.id, tuple(chosen), most, why="dry run: nothing was asked")
        check = self._asked(model, chosen, before, stock.oldest)
        if self._left is not None:
            self._left -= check.dollars or 0.0
        place = output / f"{model.id}.json"
        write_whole(place, to_text(appended(before, model.id, check)))
        return Watched(model.id, tuple(chosen), most, check, place)

    def _stock(self, model: Model, before: SentinelFile | None) -> _Stock:
        """The items of the model's whole cells of today's keys; one that an endpoint's drift made stale is one too."""
        drift = before.last_drift if before else None
        found: list[Sentinel] = []
        starts: list[datetime.datetime] = []
        for task, rendering in self._rendered:
            cell = self._whole(task, rendering, model)
            if cell is None:
                continue
            found += sentinels_of(rendering, model.form, task.card.publish, self._outside.salt)
            started = started_at(cell)
            if started is not None and not is_before(cell.provenance.started, drift):
                starts.append(started)
        return _Stock(tuple(found), min(starts, default=None))

    def _whole(self, task: Task, rendering: TaskRendering, model: Model) -> Cell | None:
        try:
            cell = self._ledger.cell(task.name, model.id)
        except BadFile as error:
            self._progress.say(f"{error} Its items are left out.")
            return None
        if cell is None:
            return None
        outline = outline_of(rendering, task.card)
        decision = decide(outline, model, protocol_hash(HARNESS_VERSION), model_hash(model), standing_of(cell))
        return None if decision.planned or decision.inapplicable else cell

    def _asked(
        self, model: Model, chosen: Sequence[Sentinel], before: SentinelFile | None, oldest: datetime.datetime | None
    ) -> Check:
        """Ask every item twice and hold the answers against the baseline's.

        Raises:
            CannotRun: the endpoint cannot be asked from here, or this machine's clock stands before the last check.
        """
        kind = engine_kind(model)
        if not (ready := kind.check(model)).ready:
            raise CannotRun(ready.reason, mend=ready.mend)
        self._progress.begin(model.id, _TIMES * len(chosen))
        engine = kind.open(model)
        try:
            first = self._answers(engine, [one.request for one in chosen], model)
            again = [one.request for one in chosen if one.request.digest in first]
            second = self._answers(engine, again, model)
        finally:
            engine.close()
            self._progress.end()
        answers = [*first.values(), *second.values()]
        items = tuple(one.with_answers(first.get(one.request.digest), second.get(one.request.digest))
                      for one in chosen)
        checks = before.checks if before else ()
        baseline = baseline_of(checks, model_hash(model), oldest, labels(chosen))
        verdict = judge(items, baseline.items if baseline else ())
        when = self._outside.now().astimezone(datetime.timezone.utc).replace(microsecond=0)
        if checks and when <= checks[-1].when:
            raise CannotRun(f"It is {when.isoformat()} here, and the last check is of {checks[-1].when.isoformat()}.",
                            mend="Set this machine's clock, or wait.")
        return Check(
            when=when, model_hash=model_hash(model), items=items,
            faults=sum(not item.answered for item in items), baseline=baseline.when if baseline else None,
            n=verdict.n, changed=verdict.changed, noisy=verdict.noisy, p=verdict.p, drifted=verdict.drifted,
            dollars=None if model.price is None else round(dollars_of(model.price, answers), 6),
        )

    def _answers(self, engine: Engine, requests: Sequence[Request], model: Model) -> Mapping[str, Answer]:
        """The answers by the requests' digests, without those that the endpoint failed to give."""
        found = {}
        for request, answer in engine.answer(requests) if requests else ():
            if answer.outcome is Outcome.INSTRUMENT_FAULT:
                self._progress.say(f"{model.id}: {answer.detail}")
            else:
                found[request.digest] = answer
            self._progress.advance(1)
        return found
