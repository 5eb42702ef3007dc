"""The hard suite, derived by rule: the active tasks on which no measured model reaches people.

After BIG-bench Hard (Suzgun et al. 2022, arXiv 2210.09261), which kept the tasks of BIG-bench where no model beat the
average human rater. Such a rule is a gate and no index: one better way of prompting empties it, so it is derived anew
from the ledger and never written down.
"""

from __future__ import annotations

from dataclasses import dataclass

from commons.analyse.entering import Entering, Rules, entering
from commons.analyse.weights import why_weightless
from commons.pool.card import HumanBaseline
from commons.pool.cell import Metric
from commons.pool.repository import Repository
from commons.pool.standing import headline_name
from commons.stats.saturation.policy import HARD_FAMILIES, HARD_ITEMS, HARD_PEOPLE


@dataclass(frozen=True)
class HardMember:
    """A task of the hard suite: its best model, with its headline, and what people score."""

    task: str
    best: str
    metric: Metric
    human: float
    people: int
    unit: str


@dataclass(frozen=True)
class NotHard:
    """A task that is not in the hard suite, and why."""

    task: str
    reason: str


@dataclass(frozen=True)
class HardSuite:
    """The hard suite as the ledger has it now."""

    members: tuple[HardMember, ...]
    left_out: tuple[NotHard, ...]


def hard_suite(repository: Repository) -> HardSuite:
    """Judge every task of the pool that can be read.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    rules = Rules.of(repository)
    good, broken = repository.tasks()
    judged = [judge(entering(repository, task, rules)) for task in good]
    judged += [NotHard(one.folder.name, "Its folder cannot be read.") for one in broken]
    return HardSuite(
        tuple(one for one in judged if isinstance(one, HardMember)),
        tuple(one for one in judged if isinstance(one, NotHard)),
    )


def judge(found: Entering) -> HardMember | NotHard:
    """Whether a task belongs to the hard suite. A model counts as below people where its whole interval is."""
    human = found.card.human_baseline
    if weightless := why_weightless(found.card):
        return NotHard(found.task, weightless)
    if human is None:
        return NotHard(found.task, "The card has no human baseline.")
    if too_little := _too_little(found, human):
        return NotHard(found.task, too_little)
    return _below_people(found, human)


def _below_people(found: Entering, human: HumanBaseline) -> HardMember | NotHard:
    higher = found.card.headline.direction == "higher"
    sign = 1.0 if higher else -1.0
    metrics = {cell.identity.model: cell.metrics[headline_name(found.card)] for cell in found.cells}
    for model, metric in metrics.items():
        if metric.interval is None:
            return NotHard(found.task, f"The result of {model} has no interval, so nothing places it below people.")
        if max(sign * end for end in metric.interval) >= sign * human.score:
            reaches = "is no worse than" if sign * metric.value >= sign * human.score else "may be as good as"
            return NotHard(found.task, f"{model} {reaches} people: its interval reaches their score.")
    best = max(metrics, key=lambda model: sign * metrics[model].value)
    return HardMember(found.task, best, metrics[best], human.score, human.n, found.card.headline.unit)


def _too_little(found: Entering, human: HumanBaseline) -> str | None:
    """What the rule needs and the task does not have."""
    if human.n < HARD_PEOPLE:
        return f"People in the human baseline: {human.n}; {HARD_PEOPLE} are needed."
    families = len({model.family for model in found.models})
    if families < HARD_FAMILIES:
        return f"Families of models that are measured: {families}; {HARD_FAMILIES} are needed."
    items = min(len({row.item for row in cell.rows}) for cell in found.cells)
    return f"Items: {items}; {HARD_ITEMS} are needed." if items < HARD_ITEMS else None
