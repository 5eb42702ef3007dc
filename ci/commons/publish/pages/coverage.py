"""The coverage pages: what is missing, partial, stale or broken, and why. Nothing is hidden, at any size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commons.pool.amendments import Amendment
from commons.pool.cell import Outcome
from commons.pool.models import Model
from commons.pool.tombstone import Tombstone
from commons.publish.addresses import COVERAGE, coverage_of_models, coverage_of_tasks, model_path, task_path
from commons.publish.listing import Groups, Leaf, grouped, leaves
from commons.publish.pages import Page, pool_pages, ready
from commons.publish.shares import Share, share
from commons.publish.snapshot import Broken, Orphan, Snapshot, TaskEntry
from commons.publish.states import OUTCOME_WORDS, CellState, State

#: A pool with at most so many pairs has every one of them in a table; a larger one has bars, and groups of reasons.
TABLE = 3000
#: Bars on one page, and files, cells and ledger lines that are named one by one.
BARS = 100
NAMED = 200


@dataclass(frozen=True)
class Bar:
    """How much is known of a task or a model."""

    name: str
    path: str
    share: Share


@dataclass(frozen=True)
class Section:
    """Pairs of one kind, by reason. ``anchor`` stays as it is, because people link to it."""

    anchor: str
    title: str
    words: str
    groups: Groups


@dataclass(frozen=True)
class CoverageView:
    """How many pairs are in each state; all reasons; and where pairs are few, every one of them.

    ``bars`` are those of tasks and of models where all fit on this page; else they have pages of their own.
    """

    counts: tuple[tuple[State, int], ...]
    stale: int
    all: Share
    bars: tuple[tuple[str, tuple[Bar, ...]], ...]
    elsewhere: tuple[tuple[str, str, int], ...]
    sections: tuple[Section, ...]
    tasks: tuple[tuple[TaskEntry, tuple[tuple[Model, CellState], ...]], ...]
    broken: tuple[Broken, ...]
    orphans: tuple[Orphan, ...]
    amendments: tuple[Amendment, ...]
    tombstones: tuple[Tombstone, ...]
    most: int = NAMED

    @property
    def there(self) -> tuple[tuple[str, str], ...]:
        """The anchors and titles of what the page lists."""
        return tuple((anchor, title) for anchor, title, is_there in self._parts() if is_there)

    @property
    def without(self) -> tuple[tuple[str, str], ...]:
        """Anchors and titles of what there is none of; the anchors stand all the same, because others link to them."""
        return tuple((anchor, title) for anchor, title, is_there in self._parts() if not is_there)

    def _parts(self) -> Iterable[tuple[str, str, bool]]:
        yield from ((one.anchor, one.title, one.groups.pairs > 0) for one in self.sections)
        yield "broken", "Broken files", bool(self.broken)
        yield "orphans", "Orphans", bool(self.orphans)
        yield "withdrawn", "Tasks taken down", bool(self.tombstones)
        yield "amendments", "Corrections and withdrawals", bool(self.amendments)


@pool_pages
class Coverage:
    """The coverage page; of a large pool also how much is known of each task and each model."""

    name = "coverage"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:
        """One page, and for a large pool those of the bars."""
        is_large = len(snapshot.states) > TABLE
        tasks = [Bar(one.card.title, task_path(one.name), share(snapshot.of_task(one))) for one in snapshot.tasks]
        models = [Bar(one.name, model_path(one.id), share(snapshot.of_model(one))) for one in snapshot.models]
        view = _view(snapshot, tasks, models, is_large=is_large)
        description = "Every task on every model: measured or not, and why."
        yield Page(COVERAGE, "Coverage", description, "coverage.html", ready(view), as_of=snapshot.as_of)
        if is_large:
            for what, path, bars in (("Tasks", coverage_of_tasks(1), tasks), ("Models", coverage_of_models(1), models)):
                for leaf in leaves(path, bars, BARS):
                    yield _bars(what, leaf, snapshot)


@dataclass(frozen=True)
class BarsView:
    """A page of bars of tasks or models."""

    what: str
    leaf: Leaf[Bar]


def _bars(what: str, leaf: Leaf[Bar], snapshot: Snapshot) -> Page:
    return Page(leaf.here, f"Coverage of {what.lower()}", f"How much is known of each of the {what.lower()}.",
                "coverage_bars.html", ready(BarsView(what, leaf)), as_of=snapshot.as_of)


def _view(snapshot: Snapshot, tasks: Sequence[Bar], models: Sequence[Bar], *, is_large: bool) -> CoverageView:
    states = list(snapshot.states.values())
    elsewhere = (("Tasks", coverage_of_tasks(1), len(tasks)), ("Models", coverage_of_models(1), len(models)))
    return CoverageView(
        counts=tuple((kind, sum(state.state is kind for state in states)) for kind in State),
        stale=sum(bool(state.stale) for state in states),
        all=share(states),
        bars=() if is_large else (("Tasks", tuple(tasks)), ("Models", tuple(models))),
        elsewhere=elsewhere if is_large else (),
        sections=tuple(_sections([*states, *snapshot.others])),
        tasks=() if is_large else tuple(
            (task, tuple(zip(snapshot.models, snapshot.of_task(task), strict=True))) for task in snapshot.tasks
        ),
        broken=snapshot.broken, orphans=snapshot.orphans, amendments=snapshot.amendments[::-1],
        tombstones=snapshot.tombstones,
    )


def _sections(states: Sequence[CellState]) -> Iterable[Section]:
    def having(kind: State) -> list[CellState]:
        return [state for state in states if state.state is kind]

    yield Section("missing", "Not run", "Nobody has run these yet. None of them is a score of zero.",
                  grouped(having(State.MISSING), lambda one: one.reason))
    yield Section("partial", "Partial", "Some items have no score, so there is no headline number. A rerun mends that.",
                  grouped(having(State.PARTIAL), _lacking))
    yield Section("stale", "Stale", "Measured before something changed. Shown with the reason, and counted in nothing.",
                  grouped([state for state in states if state.stale], lambda one: " ".join(one.stale)))
    yield Section("failed", "Instrument faults", "The connection, the sandbox or the clock failed on some of the "
                  "items. That says nothing of the model.",
                  grouped(filter(_has_fault, states), lambda _: "An instrument failed on some of its items."))
    yield Section("inapplicable", "Inapplicable", "These pairs cannot be measured.",
                  grouped(having(State.INAPPLICABLE), lambda one: one.reason))
    yield Section("withheld", "Withheld", "Results that were withdrawn: not shown, and counted in nothing.",
                  grouped(having(State.WITHHELD), lambda one: one.reason))
    yield Section("external", "External", "Measured by somebody else and imported: in no rank and in no count.",
                  grouped([state for state in states if state.external], lambda _: "Somebody else measured it."))


def _has_fault(state: CellState) -> bool:
    return state.facts is not None and any(
        outcome is Outcome.INSTRUMENT_FAULT and rows for outcome, rows in state.facts.outcomes)


def _lacking(state: CellState) -> str:
    """Which outcomes leave rows of a partial cell without a score."""
    outcomes = state.facts.outcomes if state.facts else ()
    lacking = [OUTCOME_WORDS[outcome] for outcome, rows in outcomes if rows and not outcome.has_score]
    return f"Rows without a score: {' and '.join(lacking) or 'of unknown cause'}."
