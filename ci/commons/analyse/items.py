"""The items of one task, with models as test-takers: how hard each is, what it tells, and which a person should read.

How much is said depends on how many *diverse* models answered (``stats.items.diverse``). Difficulty and dead items are
facts about these models and are always given. That a key may be wrong is said from ten diverse models on.
"""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from commons.analyse.choices import Choices, Options, choices_of
from commons.analyse.entering import Entering, LeftOut, Rules, entering
from commons.analyse.matrix import TaskMatrix, matrix_of
from commons.errors import CannotRun
from commons.pool.card import Card, PublishLevel
from commons.pool.models import HubWeights, Model
from commons.pool.rendered import RenderedItems
from commons.pool.repository import Repository
from commons.pool.standing import level
from commons.pool.task import Task
from commons.stats.items.classical import ItemStatistics, difficulty_intervals, group_means, item_statistics
from commons.stats.items.distractors import option_counts, quality_groups
from commons.stats.items.diverse import Diversity, diversity
from commons.stats.items.irt import IrtFit, fit_irt
from commons.stats.items.luck import Asked, Luck, luck
from commons.stats.items.policy import LEAST_ALPHA, MOST_OF_TOP, Trust, trust
from commons.stats.items.reliability import cronbach_alpha
from commons.stats.items.wrong_keys import Signs, signs


@dataclass(frozen=True)
class OptionCount:
    """One option of an item: its text where it may be shown, and how many models of each quality chose it."""

    option: int
    text: str | None
    gold: bool
    top: int
    middle: int
    bottom: int


@dataclass(frozen=True)
class ItemReport:
    """One item.

    ``difficulty`` is the mean score with each group of kin models counted once, turned so that higher is better;
    ``interval`` (95%, over diverse models) is None where scores do not lie in 0 to 1. ``rest_correlation`` is None
    where it is not defined. ``flags`` say in words why the item may have a wrong gold; they are empty where there are
    too few models to say, and ``worth_a_look`` is False then. ``known_broken`` is the card's reason.
    """

    item: str
    difficulty: float
    interval: tuple[float, float] | None
    rest_correlation: float | None
    dead: bool
    suspicion: float | None
    flags: tuple[str, ...]
    worth_a_look: bool
    known_broken: str | None
    options: tuple[OptionCount, ...] = ()
    prompt: str | None = None


@dataclass(frozen=True)
class TaskItems:
    """All items of a task. ``reports`` follow the matrix; ``order`` has their places, the most suspicious first.

    ``alpha`` is Cronbach's over the diverse models; None where it is not defined. ``silent`` says why keys are not
    judged, and is empty where they are. ``luck`` is how many items right golds would put on the list; None where keys
    are not judged.
    """

    matrix: TaskMatrix
    diversity: Diversity
    trust: Trust
    silent: str
    alpha: float | None
    luck: Luck | None
    reports: tuple[ItemReport, ...]
    order: tuple[int, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def worth_a_look(self) -> tuple[ItemReport, ...]:
        """What the owner can act on, the most suspicious first: without the items that the card names already."""
        found = (self.reports[place] for place in self.order)
        return tuple(one for one in found if one.worth_a_look and one.known_broken is None)

    @property
    def to_act_on(self) -> tuple[ItemReport, ...]:
        """The list, where right golds would hardly give it; else nothing, for luck alone is nobody's work."""
        return self.worth_a_look if self.luck is not None and self.luck.beyond else ()

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The models that count once each, by name."""
        return tuple(tuple(self.matrix.models[one] for one in group) for group in self.diversity.groups)

    @property
    def dead(self) -> tuple[ItemReport, ...]:
        """The items on which all models have the same score."""
        return tuple(one for one in self.reports if one.dead)


def items_of(repository: Repository, task: Task, rules: Rules | None = None) -> TaskItems:
    """The items of a task as its cells in the ledger show them.

    Raises:
        CannotRun: no cell enters, the cells share no item, the headline is no mean over items, a score is not finite,
            or the card no longer lets items be named.
        BadFile: ``models.yaml``, the amendments or the rendered items cannot be read.
    """
    held = entering(repository, task, rules)
    return analysed(held, repository.ledger.rendered(task.name))


def analysed(held: Entering, rendered: RenderedItems | None) -> TaskItems:
    """The same of cells that are at hand.

    Raises:
        CannotRun: as :func:`items_of`.
    """
    matrix = matrix_of(held)
    if matrix is None:
        why = f" {held.left_out[0].model}: {held.left_out[0].reason}" if held.left_out else ""
        raise CannotRun(f"No cell of {held.task} can be looked at.{why}", mend=f"Measure it: commons run {held.task}")
    if not matrix.is_item_mean:
        raise CannotRun(f"The headline of {held.task} ({matrix.aggregation}) is no mean over items, so items have no "
                        "scores of their own.", mend="Item analysis is for metrics that are item means.")
    if not np.isfinite(matrix.scores).all():
        one = matrix.models[int(np.argmin(np.isfinite(matrix.scores).all(axis=1)))]
        raise CannotRun(f"The cell of {held.task} on {one} holds a score that is no finite number.",
                        mend=f"Restore it from git, or run it again: commons run {held.task} --model {one}")
    if any(level(held.card, cell) is PublishLevel.NONE is not cell.publish for cell in held.cells):
        raise CannotRun(f"The card of {held.task} publishes nothing of its items, and the cells still name them.",
                        mend=f"Run the task again, so that its items get salted names: commons run {held.task}")
    kin = diversity(matrix.oriented, [kin_of(model) for model in held.models])
    scores = matrix.oriented[list(kin.chosen)]
    choices = choices_of(held, matrix, rendered)
    alpha = cronbach_alpha(scores)
    silent = _silent(matrix, kin, alpha)
    broken = [one.item for one in held.card.known_broken]
    asked = Asked(choices.chance(matrix), choices.chosen[list(kin.chosen)], choices.gold, choices.options,
                  ~np.isin(matrix.items, broken))
    found = None if silent else signs(scores, asked.chance, asked.chosen, asked.gold)
    return TaskItems(matrix, kin, trust(kin.count), silent, None if math.isnan(alpha) else alpha,
                     None if found is None else luck(scores, asked, found),
                     tuple(_reports(matrix, kin, choices, found, held.card)),
                     tuple(range(len(matrix.items))) if found is None else found.order(), held.left_out)


def kin_of(model: Model) -> AbstractSet[str]:
    """What a model descends from or belongs to: its family, its base model, and what others may name as their base."""
    names = {f"family {model.family.casefold()}", f"model {model.id.casefold()}"}
    if model.base_model is not None:
        names.add(f"model {model.base_model.casefold()}")
    if isinstance(model.weights, HubWeights):
        names.add(f"model {model.weights.repository.casefold()}")
    return names


def irt_of(found: TaskItems) -> IrtFit:
    """Item response theory over the diverse models of a task; abilities are in the order of ``diversity.chosen``.

    Raises:
        ValueError: it cannot be fitted, with the reason.
    """
    return fit_irt(found.matrix.oriented[list(found.diversity.chosen)])


def _silent(matrix: TaskMatrix, kin: Diversity, alpha: float) -> str:
    """Why keys are not judged; empty where they are."""
    if trust(kin.count) is Trust.REFUSED:
        return Trust.REFUSED.value
    scores = matrix.oriented
    if float(scores.min()) < 0.0 or float(scores.max()) > 1.0:
        return "the scores do not lie in 0 to 1 with higher as better"
    if not alpha >= LEAST_ALPHA:
        known = "none" if math.isnan(alpha) else f"{alpha:.2f}"
        return (f"these items do not tell the models apart (reliability {known}, {LEAST_ALPHA} is needed), so no item "
                "can be held against the others")
    return ""


def _reports(
    matrix: TaskMatrix, kin: Diversity, choices: Choices, found: Signs | None, card: Card
) -> list[ItemReport]:
    scores = matrix.oriented
    table = item_statistics(scores[list(kin.chosen)])
    dead = np.ptp(scores, axis=0) == 0.0
    difficulty = group_means(scores, kin.groups)
    within = float(scores.min()) >= 0.0 and float(scores.max()) <= 1.0
    intervals = difficulty_intervals(np.clip(difficulty, 0.0, 1.0), kin.count) if within else None
    broken = {one.item: one.reason for one in card.known_broken}
    votes = _votes(matrix, kin, choices)
    reports = []
    for place, item in enumerate(matrix.items):
        text = choices.texts.get(item)
        reports.append(ItemReport(
            item, float(difficulty[place]), intervals[place] if intervals else None, _correlation(table, place),
            bool(dead[place]), None if found is None else float(found.suspicion[place]),
            () if found is None else tuple(_flags(found, place, kin.count)),
            found is not None and bool(found.worth_a_look[place]), broken.get(item),
            _options(place, choices, votes, text.choices if text else None), text.prompt if text else None,
        ))
    return reports


def _correlation(table: ItemStatistics, place: int) -> float | None:
    value = float(table.rest_correlation[place])
    return None if math.isnan(value) else value


def _flags(found: Signs, place: int, diverse: int) -> list[str]:
    """The signs of one item in words, the strongest first."""
    said = []
    if found.one_distractor[place]:
        said.append(f"nobody chose the gold, and more than {MOST_OF_TOP:.0%} of the best models chose one other option")
    if found.below_chance[place]:
        said.append(f"the best models are right less often than by guessing ({found.top_mean[place]:.0%})")
    if found.nobody[place]:
        said.append(f"none of {diverse} diverse models is right, which guessing alone would hardly give")
    if found.against[place]:
        said.append("models that are right here are worse on the other items")
    elif found.suspicion[place] < 0.0:
        said.append(f"{found.top_mean[place]:.0%} of the best models are right, and models that are right here are no "
                    "better on the other items")
    return said


def _votes(matrix: TaskMatrix, kin: Diversity, choices: Choices) -> list[Options]:
    """The counts of each option among the top, middle and bottom of the diverse models; each (items, options)."""
    own = quality_groups(matrix.oriented[list(kin.chosen)])
    chosen, widest = choices.chosen[list(kin.chosen)], max(1, int(choices.options.max(initial=0)))
    return [option_counts(chosen, widest, group) for group in (own.top, own.middle, own.bottom)]


def _options(
    place: int, choices: Choices, votes: list[Options], texts: tuple[str, ...] | None
) -> tuple[OptionCount, ...]:
    """The table of one item; empty where texts may not be shown, as no page shows choices then either."""
    if texts is None:
        return ()
    return tuple(
        OptionCount(option, texts[option], option == int(choices.gold[place]),
                    *(int(counts[place, option]) for counts in votes))
        for option in range(min(int(choices.options[place]), len(texts)))
    )
