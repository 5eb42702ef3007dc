"""What a task's results say about the task: headroom, reliability, saturation, and what would mend it.

Computed from the cells that enter; what the card declares stands beside it and is never changed by it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from commons.analyse.entering import Entering, Rules, entering
from commons.analyse.frontier import Frontier
from commons.analyse.matrix import TaskMatrix, matrix_of
from commons.analyse.mends import mends
from commons.errors import CannotRun
from commons.pool.card import PROPORTION, Headline, HumanBaseline, Lifecycle
from commons.pool.cell import Cell
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.task import Task
from commons.stats.saturation.diagnosis import Diagnosis, Evidence, diagnose
from commons.stats.saturation.frontier import frontier
from commons.stats.saturation.headroom import Scale, attainable, human_headroom
from commons.stats.saturation.index import reliability, saturation_index, telling_clusters
from commons.stats.saturation.policy import TELLING
from commons.stats.saturation.separability import separability
from commons.stats.summary import Summary, summarise

_LEAST_CLUSTERS = 2


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
    measured_families: tuple[str, ...] = ()


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
        raise CannotRun("Wrong golds lower the ceiling of a share of right items, and this headline is none.",
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
    known = rules or Rules.of(repository)
    return diagnose_entering(entering(repository, task, known), known.models)


def diagnose_entering(found: Entering, known: Sequence[Model] = ()) -> TaskDiagnosis:
    """Diagnose a task from the cells that enter its comparisons; ``known`` are the models that could be measured."""
    families = len({model.family for model in found.models})
    best, missing = _measured(found)
    evidence = _evidence(best, families, found.card.headline, missing)
    diagnosis = diagnose(evidence)
    return TaskDiagnosis(
        found.task, found.card.headline, found.card.lifecycle, found.card.human_baseline, len(found.models), families,
        best, evidence, diagnosis, mends(diagnosis, evidence, best, found, known),
        tuple(sorted({model.family for model in found.models})),
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
    missing = (*_above_ceiling(found.card.headline, top, scale, sign), *missing)
    if index is not None and index.interval is None:
        few = f"Fewer than {TELLING} items (or sources of items) tell any two of the best models apart"
        missing = (*missing, f"{few}, so the index has no interval.")
    human = found.card.human_baseline
    towards = human_headroom(float(best), scale.chance, sign * human.score) if human and scale else None
    measured = Frontier(
        models=tuple(matrix.models[row] for row in rows), day=_newest([found.cells[row] for row in rows]),
        scores=scores, clusters=clusters, top=top, higher_is_better=sign > 0, scale=scale, index=index,
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
            missing.append(f"The card names no attainable ceiling, so {100 * ceiling:.0f}% is taken: wrong golds would "
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


def _above_ceiling(headline: Headline, top: Summary, scale: Scale | None, sign: float) -> tuple[str, ...]:
    """A warning where the best model has more than can be attained."""
    if scale is None or sign * top.value <= scale.ceiling:
        return ()
    value, ceiling = (_said(end, headline) for end in (top.value, sign * scale.ceiling))
    if _surely_above(top, scale, sign):
        said = (f"The best model has {value}, and the attainable ceiling is said to be {ceiling}: the ceiling (or the "
                "audit that it comes from) is off, or models have learnt wrong golds.")
    else:
        said = f"The best model has {value}, above the attainable ceiling of {ceiling}; luck may account for it."
    return (said,)


def _surely_above(top: Summary, scale: Scale | None, sign: float) -> bool:
    return scale is not None and top.interval is not None and min(sign * end for end in top.interval) > scale.ceiling


def _said(value: float, headline: Headline) -> str:
    if headline.unit == PROPORTION:
        return f"{100 * value:.1f}".removesuffix(".0") + "%"
    return f"{value:.4g} {headline.unit}"


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
        index.headroom_most if index else None, missing, telling_clusters(best.scores, best.clusters),
        of_the_way=headline.unit != PROPORTION,
        over_ceiling=_surely_above(best.top, scale, 1.0 if best.higher_is_better else -1.0),
    )

