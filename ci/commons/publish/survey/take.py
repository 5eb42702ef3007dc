"""Taking the survey of one task: its cells are read once, and everything that is said of them follows from that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from commons.analyse.entering import Entering, LeftOut, Rules, select
from commons.pool.amendments import Amendment
from commons.pool.cell import CANONICAL, Cell
from commons.pool.repository import Repository
from commons.pool.standing import headline_name
from commons.pool.task import Task
from commons.publish.frame import Frame
from commons.publish.numbers import quantity
from commons.publish.states import CellState, State, cell_state, missing_state
from commons.publish.survey.findings import item_survey, pairs, ranks, saturation
from commons.publish.survey.reading import Cells, ReadCell, cells_of, rendered_of
from commons.publish.survey.survey import Broken, ItemSurvey, Orphan, PairFinding, Survey


@dataclass(frozen=True)
class Taken:
    """A survey with its items, and the cells that it was taken from, by model and variant."""

    survey: Survey
    items: ItemSurvey
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)


def take(pool: Repository, task: Task, frame: Frame, amendments: Sequence[Amendment]) -> Taken:
    """Survey a task of the pool; ``amendments`` are those that name it.

    A card whose numbers contradict its cells makes the task itself broken: :class:`ValueError` and its kin are raised
    for the caller to name it.
    """
    rendered, unrendered = rendered_of(pool, task)
    cells = cells_of(pool, task.name, task.card, rendered)
    known = [one for one in cells.good if one.cell.identity.model in frame.by_id]
    states, others = _states(task, frame, amendments, cells, known)
    rules = Rules(frame.models, tuple(amendments), frame.drifts)
    held = select(task.name, task.card, [one.cell for one in known], rules, _left_out(cells.broken))
    placed, no_places = ranks(held)
    survey = Survey(
        task=task.name, states=states, others=others, orphans=_orphans(cells, frame),
        broken=(*([unrendered] if unrendered else []), *cells.broken), ranks=placed, no_ranks=no_places,
        saturation=saturation(held, frame.models), pairs=_pairs(held, frame, states),
        items=_count(one.cell for one in cells.good), values=_values(task, [one.cell for one in cells.good]),
    )
    return Taken(survey, item_survey(held, rendered), {
        (one.cell.identity.model, one.cell.identity.variant): one.cell for one in known
    })


def take_orphans(pool: Repository, task: str) -> Taken:
    """Survey the cells of a task that is not in the pool: they are named and nothing else."""
    cells = cells_of(pool, task, None, None)
    reason = f"The task `{task}` is not in the pool, or cannot be read."
    orphans = tuple(_orphan(one, reason) for one in cells.good)
    return Taken(Survey(task, (), (), orphans, cells.broken, None, "", None, (), None, None), ItemSurvey())


def _states(
    task: Task, frame: Frame, amendments: Sequence[Amendment], cells: Cells, known: Sequence[ReadCell]
) -> tuple[tuple[CellState, ...], tuple[CellState, ...]]:
    states = {model.id: missing_state(task.name, task.config.output_type, model) for model in frame.models}
    for one in cells.broken:
        if one.model in states:
            states[one.model] = CellState(task.name, one.model, CANONICAL, State.BROKEN, "", one.faults[0])
    others = []
    for read in known:
        identity = read.cell.identity
        state = cell_state(read.cell, task.card, frame.by_id[identity.model], amendments,
                           frame.drifts.get(identity.model), read.digest)
        if identity.variant == CANONICAL:
            states[identity.model] = state
        else:
            others.append(state)
    return _paged(frame, tuple(states.values()), tuple(others))


def _paged(
    frame: Frame, states: tuple[CellState, ...], others: tuple[CellState, ...]
) -> tuple[tuple[CellState, ...], tuple[CellState, ...]]:
    """With a page for as many cells as there may be: those in doubt first, then the best, then other variants."""
    most = frame.limits.cells
    if most is None:
        return states, others
    held = [state for state in (*states, *others) if state.facts is not None]
    chosen = {state.file_name for state in sorted(held, key=_worth_a_page)[:most]}
    states, others = (tuple(_with_page(state, state.file_name in chosen) for state in some)
                      for some in (states, others))
    return states, others


def _worth_a_page(state: CellState) -> tuple[bool, bool, float, str]:
    headline = state.headline
    value = 0.0 if headline is None else headline.value if headline.higher_is_better else -headline.value
    return state.variant != CANONICAL, state.state is State.MEASURED and not state.stale, -value, state.file_name


def _with_page(state: CellState, paged: bool) -> CellState:
    return state if paged == state.paged else CellState(
        state.task, state.model, state.variant, state.state, state.note, state.reason, state.facts, state.headline,
        state.stale, paged,
    )


def _left_out(broken: Iterable[Broken]) -> list[LeftOut]:
    return [LeftOut(one.model, CANONICAL, f"Its file is broken: {one.faults[0]}") for one in broken if one.model]


def _orphans(cells: Cells, frame: Frame) -> tuple[Orphan, ...]:
    lost = (one for one in cells.good if one.cell.identity.model not in frame.by_id)
    return tuple(_orphan(one, f"The model `{one.cell.identity.model}` is not in the pool, or cannot be read.")
                 for one in lost)


def _orphan(one: ReadCell, reason: str) -> Orphan:
    identity = one.cell.identity
    variant = "" if identity.variant == CANONICAL else f"@{identity.variant}"
    return Orphan(identity.task, identity.model, identity.model + variant, reason)


def _count(cells: Iterable[Cell]) -> int | None:
    counted = [len({row.item for row in cell.rows}) for cell in cells if cell.identity.variant == CANONICAL]
    return max(counted, default=None)


def _pairs(held: Entering, frame: Frame, states: Iterable[CellState]) -> tuple[PairFinding, ...]:
    return pairs(held, frame.pairs, {state.model: state for state in states},
                 {model.id: model.name for model in frame.models})


def _values(task: Task, cells: Sequence[Cell]) -> tuple[float, float] | None:
    """The ends of what the headlines and their intervals reach; each is tried, for one too wild to write is none."""
    name, headline = headline_name(task.card), task.card.headline
    metrics = [cell.metrics[name] for cell in cells if name in cell.metrics]
    values = [value for metric in metrics for value in (metric.value, *(metric.interval or ()))]
    values += [value for value in (headline.chance, headline.ceiling) if value is not None]
    for value in values:
        quantity(value, headline.unit)
    return (min(values), max(values)) if values else None


