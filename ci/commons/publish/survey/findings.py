"""What the analyses say of a task's cells, cut to what pages show. No formula stands here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from commons.analyse.answers import answers_of
from commons.analyse.compare import compare_pair
from commons.analyse.diagnosis import TaskDiagnosis, diagnose_entering
from commons.analyse.entering import Entering
from commons.analyse.finding import NotCompared, Pair
from commons.analyse.items import TaskItems, analysed
from commons.analyse.ranks import TaskRanks, ranks_of
from commons.errors import CannotRun
from commons.pool.card import PROPORTION, Card, PublishLevel
from commons.pool.cell import Cell, Row
from commons.pool.models import Model
from commons.pool.rendered import RenderedItems
from commons.pool.standing import headline_name
from commons.publish.judge import VALUE_FAULTS
from commons.publish.states import CellState
from commons.publish.survey.survey import Flip, ItemSurvey, PairFinding, Saturation

#: The pages of two models list so many of the items on which they differ.
MOST_FLIPS = 200
#: Two cells, each sound alone, may disagree about what their headline is made of: that is found only by computing.
_FAULTS = (*VALUE_FAULTS, CannotRun, LookupError, TypeError)


def ranks(held: Entering) -> tuple[TaskRanks | None, str]:
    """The places, or why there are none."""
    try:
        return ranks_of(held), ""
    except _FAULTS as error:
        return None, f"The places cannot be computed ({type(error).__name__})."


def saturation(held: Entering, known: Sequence[Model]) -> Saturation | None:
    """The diagnosis with its numbers, of models that could be measured; None where values are too wild for one."""
    try:
        return _saturation(diagnose_entering(held, known))
    except _FAULTS:
        return None


def _saturation(found: TaskDiagnosis) -> Saturation:
    best, evidence, said = found.frontier, found.evidence, found.diagnosis
    return Saturation(
        name=said.name.value, rule=said.rule, reason=said.reason, numbers=said.numbers,
        missing=evidence.missing, mends=found.mends, models=found.models, families=found.families,
        day=best.day if best else None, best=best.models[0] if best else None,
        value=best.top.value if best else None, interval=best.top.interval if best else None,
        headroom=evidence.headroom, headroom_most=evidence.headroom_most, human=best.human if best else None,
        index=evidence.index, index_interval=evidence.index_interval, reliability=evidence.reliability,
        omnibus=evidence.omnibus,
    )


def pairs(
    held: Entering, wanted: Iterable[tuple[str, str]], states: Mapping[str, CellState], names: Mapping[str, str]
) -> tuple[PairFinding, ...]:
    """The comparisons of pairs of models, by id; those without a cell that enters say so.

    A model without a cell has the reason of its state: not run is another thing than unable to be run.
    """
    cells = {cell.identity.model: cell for cell in held.cells}
    why = {one.model: one.reason for one in held.left_out if one.variant == "canonical"}
    found = []
    for first, second in wanted:
        missing = next((name for name in (first, second) if name not in cells), None)
        if missing is None:
            found.append(_pair(held.card, cells[first], cells[second]))
        elif first in cells or second in cells or missing in why:
            reason = why.get(missing) or states[missing].reason
            found.append(PairFinding(first, second, None, f"{names[missing]}: {reason}"))
    return tuple(found)


def _pair(card: Card, first: Cell, second: Cell) -> PairFinding:
    names = first.identity.model, second.identity.model
    try:
        compared = compare_pair(card, Pair(first, second, ()))
    except _FAULTS as error:
        return PairFinding(*names, None, f"The difference cannot be computed ({type(error).__name__}).")
    if isinstance(compared, NotCompared):
        return PairFinding(*names, None, compared.reason)
    flips = _flips(card, first, second) if compared.is_mean and card.publish is not PublishLevel.NONE else []
    return PairFinding(*names, compared, "", tuple(flips[:MOST_FLIPS]), len(flips))


def _flips(card: Card, first: Cell, second: Cell) -> list[Flip]:
    """The items on which two cells differ, the largest differences first."""
    column = headline_name(card)
    one, other = answers_of(first, column), answers_of(second, column)
    shared = [item for item in one.statistics if item in other.statistics]
    apart = [Flip(item, float(before), float(after)) for item, before, after
             in zip(shared, one.scores(shared), other.scores(shared), strict=True) if before != after]
    return sorted(apart, key=lambda flip: (-abs(flip.first - flip.second), flip.item))


def item_survey(held: Entering, rendered: RenderedItems | None) -> ItemSurvey:
    """Every item with all models on it."""
    if not held.cells or held.card.publish is PublishLevel.NONE:
        return ItemSurvey(silent="The card publishes no items." if held.cells else "No cell enters the comparison.")
    try:
        found: TaskItems | None = analysed(held, rendered)
        silent = found.silent if found else ""
    except _FAULTS as error:
        found, silent = None, error.sentence if isinstance(error, CannotRun) else "The items cannot be analysed."
    items = _items(held, rendered)
    place = {item: number for number, item in enumerate(items)}
    reports = {one.item: one for one in found.reports} if found else {}
    return ItemSurvey(
        items=items, models=tuple(cell.identity.model for cell in held.cells),
        marks=tuple(_marks(held.card, cell, place) for cell in held.cells),
        reports=tuple(reports.get(item) for item in items), silent=silent, alpha=found.alpha if found else None,
        diverse=found.diversity.count if found else 0,
    )


def _items(held: Entering, rendered: RenderedItems | None) -> tuple[str, ...]:
    """All items that a cell has, in their shuffled order where that is known."""
    known = [item.item for item in rendered.items] if rendered else []
    asked = dict.fromkeys(row.item for cell in held.cells for row in cell.rows)
    return tuple([item for item in known if item in asked] + sorted(set(asked) - set(known)))


def _marks(card: Card, cell: Cell, place: dict[str, int]) -> str:
    column = cell.metric_names.index(headline_name(card))
    judged = card.headline.unit == PROPORTION and card.headline.direction == "higher"
    marks = ["."] * len(place)
    for row in cell.rows:
        mark, before = _mark(row, column, judged), marks[place[row.item]]
        # An item that was answered more than once is right or wrong where all its answers are.
        marks[place[row.item]] = mark if before in {".", mark} else "~"
    return "".join(marks)


def _mark(row: Row, column: int, judged: bool) -> str:
    score = row.scores[column]
    if score is None:
        return "!"
    if not judged or isinstance(score, tuple):
        return "#"
    return {0.0: "0", 1.0: "1"}.get(score, "~")
