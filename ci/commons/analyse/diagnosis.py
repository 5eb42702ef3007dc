"""What a task's results say about the task: headroom, reliability, saturation, and what would mend it.

Computed from the cells that enter; what the card declares stands beside it and is never changed by it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from commons.analyse.entering import Entering, Rules, entering
from commons.analyse.matrix import TaskMatrix, matrix_of
from commons.errors import CannotRun
from commons.pool.card import Card, Headline, HumanBaseline, Lifecycle
from commons.pool.cell import Cell
from commons.pool.repository import Repository
from commons.pool.task import Task
from commons.stats.saturation.diagnosis import Diagnosis, Evidence, Name, diagnose
from commons.stats.saturation.frontier import frontier
from commons.stats.saturation.headroom import Scale, attainable, human_headroom
from commons.stats.saturation.index import Index, reliability, saturation_index
from commons.stats.saturation.more_items import items_to_order, items_to_show
from commons.stats.saturation.policy import ABOVE_CHANCE, FAMILIES, RELIABLE, TELLING
from commons.stats.saturation.separability import Separability, separability
from commons.stats.summary import Summary, summarise

PROPORTION = "proportion"
_LEAST_CLUSTERS = 2


@dataclass(frozen=True)
class Frontier:
    """The frontier of a task and what was measured on it.

    ``scores`` has the shape (models, items), higher is better. ``top`` is the best model's headline in its own unit.
    ``scale`` is None where the card does not give it, ``index`` then too; ``human`` is the headroom to people.
    """

    models: tuple[str, ...]
    day: datetime.date
    scores: NDArray[np.float64]
    clusters: NDArray[np.intp]
    top: Summary
    scale: Scale | None
    index: Index | None
    reliability: float
    separability: Separability | None
    human: float | None


@dataclass(frozen=True)
class TaskDiagnosis:
    """A task's diagnosis beside what its card declares. ``frontier`` is None where nothing can be computed."""

    task: str
    headline: Headline
    lifecycle: Lifecycle
    baseline: HumanBaseline | None
    models: int
    families: int
    frontier: Frontier | None
    evidence: Evidence
    diagnosis: Diagnosis
    mends: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """Random items whose keys people looked at again, and the ceiling with its interval that follows from them."""

    wrong: int
    looked_at: int
    ceiling: float
    interval: tuple[float, float]


def after_audit(task: Task, wrong: int, looked_at: int) -> tuple[Task, Audit]:
    """The task with the ceiling that an audit of ``looked_at`` random items gives, in place of its card's.

    Raises:
        CannotRun: its headline is no share of right items, or the numbers are no audit.
    """
    headline = task.card.headline
    if headline.unit != PROPORTION or headline.direction != "higher":
        raise CannotRun("Wrong keys lower the ceiling of a share of right items, and this headline is none.",
                        mend="Leave --audit away.")
    if not 0 <= wrong <= looked_at or looked_at == 0:
        raise CannotRun(f"{wrong} of {looked_at} items is no audit.", mend="For example: --audit 6/100")
    ceiling, interval = attainable(wrong, looked_at)
    card = task.card.model_copy(update={"headline": headline.model_copy(update={"ceiling": ceiling})})
    return replace(task, card=card), Audit(wrong, looked_at, ceiling, interval)


def diagnose_task(repository: Repository, task: Task, rules: Rules | None = None) -> TaskDiagnosis:
    """Read a task's cells and diagnose it.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    return diagnose_entering(entering(repository, task, rules))


def diagnose_entering(found: Entering) -> TaskDiagnosis:
    """Diagnose a task from the cells that enter its comparisons."""
    families = len({model.family for model in found.models})
    best, missing = _measured(found)
    evidence = _evidence(best, families, found.card.headline, missing)
    diagnosis = diagnose(evidence)
    return TaskDiagnosis(
        found.task, found.card.headline, found.card.lifecycle, found.card.human_baseline, len(found.models), families,
        best, evidence, diagnosis, tuple(_mends(diagnosis, best, families, found.card)),
    )


def _measured(found: Entering) -> tuple[Frontier | None, tuple[str, ...]]:
    """The frontier as far as it can be measured; scores that no machine can add up stop no other task."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = matrix_of(found)
            return _frontier(matrix, found) if matrix is not None else (None, ())
    except (ValueError, ArithmeticError) as error:
        return None, (f"The scores cannot be computed with: {error}.",)


def _frontier(matrix: TaskMatrix, found: Entering) -> tuple[Frontier | None, tuple[str, ...]]:
    """The frontier as far as it can be measured, and what could not be and why."""
    if not matrix.is_item_mean:
        why = (f"The headline is {matrix.aggregation}, which is no mean over items: an order's reliability is not "
               "defined for it.")
        return None, (why,)
    if len(set(matrix.clusters)) < _LEAST_CLUSTERS:
        return None, ("All items share one source, so nothing says how far an order would repeat on others.",)
    rows = list(frontier(matrix.oriented, matrix.families))
    scores, clusters, sign = matrix.oriented[rows], matrix.cluster_index, 1.0 if matrix.higher_is_better else -1.0
    top = summarise("mean", [float(one) for one in matrix.scores[rows[0]]], matrix.clusters)
    scale, missing = _scale(found.card.headline, sign)
    best = scores[0].mean()
    index = None
    if len(rows) > 1 and scale is not None and top.interval is not None:
        index = saturation_index(scores, clusters, scale, min(sign * end for end in top.interval))
    if top.interval is None:
        missing = (*missing, f"The best model's score has no interval ({top.method}), so no headroom is judged.")
    if index is not None and index.interval is None:
        few = f"Fewer than {TELLING} items tell any two of the best models apart"
        missing = (*missing, f"{few}, so the index has no interval.")
    human = found.card.human_baseline
    towards = human_headroom(float(best), scale.chance, sign * human.score) if human and scale else None
    measured = Frontier(
        models=tuple(matrix.models[row] for row in rows), day=_newest([found.cells[row] for row in rows]),
        scores=scores, clusters=clusters, top=top, scale=scale, index=index,
        reliability=reliability(scores, clusters) if len(rows) > 1 else 0.0,
        separability=separability(scores, clusters) if len(rows) > 1 else None, human=towards,
    )
    return measured, missing


def _scale(headline: Headline, sign: float) -> tuple[Scale | None, tuple[str, ...]]:
    """Chance and ceiling, turned so that higher is better; a proportion ends at 0 and 1 where the card says nothing."""
    chance, ceiling, missing = headline.chance, headline.ceiling, []
    if headline.unit == PROPORTION:
        if ceiling is None:
            ceiling = 1.0 if sign > 0 else 0.0
            missing.append(f"The card names no attainable ceiling, so {100 * ceiling:.0f}% is taken: wrong keys would "
                           "lower it.")
        if chance is None and sign > 0:
            chance = 0.0
            missing.append("The card names no chance level, so 0% is taken.")
    if chance is None or ceiling is None:
        names = [name for name, value in (("chance level", chance), ("ceiling", ceiling)) if value is None]
        return None, (f"The card names no {' and no '.join(names)}, so headroom cannot be computed.",)
    if sign * ceiling <= sign * chance:
        return None, ("The card's ceiling is no better than chance, so headroom cannot be computed.",)
    return Scale(sign * chance, sign * ceiling), tuple(missing)


def _newest(cells: Sequence[Cell]) -> datetime.date:
    return datetime.date.fromisoformat(max(cell.provenance.started for cell in cells)[:10])


def _evidence(best: Frontier | None, families: int, headline: Headline, missing: tuple[str, ...]) -> Evidence:
    if best is None or best.separability is None:
        return Evidence(families, missing=missing)
    index, scale = best.index, best.scale
    above = None
    if scale is not None and best.top.interval is not None:
        sign = 1.0 if headline.direction == "higher" else -1.0
        unit = 1.0 if headline.unit == PROPORTION else scale.ceiling - scale.chance
        ends = sorted((sign * end - scale.chance) / unit for end in best.top.interval)
        above = (ends[0], ends[1])
    return Evidence(
        families, best.reliability, best.separability.omnibus,
        index.headroom if index else None, index.value if index else None, index.interval if index else None, above,
        index.headroom_most if index else None, missing,
    )


def _mends(diagnosis: Diagnosis, best: Frontier | None, families: int, card: Card) -> list[str]:
    """What would mend the task, or help to judge it, in sentences."""
    if diagnosis.name is Name.INSUFFICIENT:
        if families < FAMILIES:
            more = FAMILIES - families
            whose = "family" if more == 1 else "families"
            return [f"Measure a model of {more} more {whose}; of each family the best model counts."]
        if best is None:
            return ["Choose a headline that is a mean over items of more than one source."]
        return ["Name the chance level and the ceiling in the card."]
    if diagnosis.name is Name.UNDERPOWERED and best is not None:
        return _more_items(best, card)
    if diagnosis.name is Name.FLOOR:
        far = f"{100 * ABOVE_CHANCE:.0f} points above guessing"
        return [f"Look for what breaks it (commons check, commons items); else wait for a model that stands {far}."]
    if diagnosis.name is Name.SATURATING:
        return ["Nothing mends a task that is solved: make a harder successor, or look whether wrong keys hide room."]
    return []


def _more_items(best: Frontier, card: Card) -> list[str]:
    """How many items a paired comparison and an order would take."""
    items = best.scores.shape[1]
    claimed = card.claims.smallest_difference
    said = f"{100 * claimed:g} points" if card.headline.unit == PROPORTION else f"{claimed:g} {card.headline.unit}"
    found = []
    needed = items_to_show(best.scores, best.clusters, claimed)
    if needed is not None and needed > items:
        found.append(f"Add about {needed - items:,} items: the card claims to show {said} between two models, and that "
                     f"takes about {needed:,} items like these.")
    elif needed is not None:
        found.append(f"The items are enough for the {said} that the card claims; the best models lie closer together.")
    ordered = items_to_order(best.reliability, items)
    if ordered is not None and ordered > items:
        found.append(f"About {ordered - items:,} more items like these would bring the order of today's best models to "
                     f"a reliability of {RELIABLE}.")
    return found
