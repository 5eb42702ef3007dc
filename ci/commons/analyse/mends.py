"""What would mend a task, or help to judge it, by its diagnosis: sentences for its owners."""

from __future__ import annotations

from collections.abc import Sequence

from commons.analyse.entering import Entering
from commons.analyse.frontier import Frontier
from commons.pool.card import PROPORTION, Headline
from commons.pool.models import Model
from commons.stats.saturation.diagnosis import Diagnosis, Evidence, Name
from commons.stats.saturation.more_items import items_to_order, items_to_place, items_to_show
from commons.stats.saturation.policy import (
    ABOVE_CHANCE,
    ALPHA,
    FAMILIES,
    RELIABLE,
    SATURATED_HEADROOM,
    SATURATED_HEADROOM_MOST,
    TELLING,
)

_SOLVED = "Nothing mends a task that is solved: make a harder successor, or look whether wrong golds hide room."


def mends(
    diagnosis: Diagnosis, evidence: Evidence, best: Frontier | None, found: Entering, known: Sequence[Model]
) -> tuple[str, ...]:
    """The mends of a task; ``known`` are the models of the pool, of which some may be named to be measured next."""
    if diagnosis.name is Name.INSUFFICIENT:
        return (_more_to_know(evidence, best, found, known),)
    if best is None:
        return ()
    broken = _overstepped(evidence, found.task)
    if diagnosis.name is Name.UNDERPOWERED:
        return (*broken, *_guessing(evidence, best, found.task), *_more_items(evidence, best, found))
    if diagnosis.name is Name.FLOOR:
        far = f"{100 * ABOVE_CHANCE:.0f}{'% of the way to the ceiling' if evidence.of_the_way else ' points'}"
        said = (f"Look for what breaks it (`commons check {found.task}`, and rows with `commons show {found.task} "
                f"{best.models[0]}`); else wait for a model that stands {far} above guessing.")
        return (said,)
    if diagnosis.name is Name.SATURATING:
        return broken or (_SOLVED,)
    return broken


def _more_to_know(evidence: Evidence, best: Frontier | None, found: Entering, known: Sequence[Model]) -> str:
    if evidence.families < FAMILIES:
        return more_families(found.task, [model.family for model in found.models], known)
    if best is None:
        return "Choose a headline that is a mean over items of more than one source."
    return "Name the chance level and the ceiling in the card."


def more_families(task: str, measured: Sequence[str], known: Sequence[Model]) -> str:
    """Which models of other families to measure: those that the pool names, the first of each family."""
    missing = FAMILIES - len(set(measured))
    first: dict[str, str] = {}
    for model in known:
        if model.family not in measured:
            first.setdefault(model.family, model.id)
    named = list(first.values())[:missing]
    said = f"Measure a model of {missing} more {'family' if missing == 1 else 'families'}"
    if not named:
        return f"{said}; models.yaml names none: add some first. Of each family the best model counts."
    few = "" if len(named) == missing else " and others that models.yaml does not name yet"
    return (f"{said}, for example {', '.join(named)}{few}: `commons run {task} --model {named[0]}`; `commons doctor` "
            "says which run here.")


def _overstepped(evidence: Evidence, task: str) -> tuple[str, ...]:
    if not evidence.over_ceiling:
        return ()
    said = (f"Mend the ceiling first: correct `headline.ceiling` in the card of {task}, or look whether models know "
            "its wrong golds by heart.")
    return (said,)


def _guessing(evidence: Evidence, best: Frontier, task: str) -> tuple[str, ...]:
    """Where few sources hold all items, or no model is shown to beat guessing, more items alone are not missing."""
    sources = int(best.clusters.max()) + 1
    if sources < TELLING and sources < best.scores.shape[1]:
        return (f"All items come from {sources} sources: add items of others. An order counts from {TELLING} on.",)
    if evidence.above is None or evidence.above[0] > 0:
        return ()
    look = f"read rows before you add items, `commons show {task} {best.models[0]}`"
    return (f"Too hard for these models, or the gold or the prompt is broken: {look}.",)


def _more_items(evidence: Evidence, best: Frontier, found: Entering) -> tuple[str, ...]:
    """How many items each purpose takes, in one place."""
    items = best.scores.shape[1]
    said = "; ".join([*_to_claim(best, found, items), *_to_place(evidence, best, items),
                      *_to_order(evidence, best, items)])
    return (f"{items:,} items are held. {said[:1].upper()}{said[1:]}.",) if said else ()


def _to_claim(best: Frontier, found: Entering, items: int) -> list[str]:
    headline, claimed = found.card.headline, found.card.claims.smallest_difference
    needed = items_to_show(best.scores, best.clusters, claimed)
    wish = f"showing the {_difference(claimed, headline)} that the card claims between two models"
    return [] if needed is None else [_purpose(wish, needed, items)]


def _to_place(evidence: Evidence, best: Frontier, items: int) -> list[str]:
    """Where the best model may or may not stand at the ceiling: until its interval says which."""
    if best.scale is None or best.top.interval is None or (evidence.headroom or 0.0) > SATURATED_HEADROOM or (
            evidence.headroom is None):
        return []
    sign = 1.0 if best.higher_is_better else -1.0
    top, low = sign * best.top.value, min(sign * end for end in best.top.interval)
    wanted = best.scale.ceiling - SATURATED_HEADROOM_MOST * (best.scale.ceiling - best.scale.chance)
    needed = items_to_place(top, low, wanted, items)
    return [] if needed is None else [_purpose("saying whether the best model has solved it", needed, items)]


def _to_order(evidence: Evidence, best: Frontier, items: int) -> list[str]:
    wish = f"ordering today's best models with a reliability of {RELIABLE}"
    ordered = items_to_order(best.reliability, items)
    if ordered is None or (evidence.omnibus is not None and evidence.omnibus > ALPHA):
        return [f"for {wish}, no number can be told: they may be equally good"]
    if ordered <= items:
        few = evidence.telling or 0
        return [f"for {wish}, at least {TELLING} items (or sources) have to tell two of them apart, and {few} do"]
    return [_purpose(wish, ordered, items)]


def _purpose(wish: str, needed: int, items: int) -> str:
    return f"for {wish}, " + ("they are enough" if needed <= items else
                             f"it takes about {needed:,} ({needed - items:,} more)")


def _difference(value: float, headline: Headline) -> str:
    return f"{100 * value:g} points" if headline.unit == PROPORTION else f"{value:g} {headline.unit}"
