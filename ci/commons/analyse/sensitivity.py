"""What a task's results owe to the wording of its prompt: its formats as cells, put to the formulas of ``stats``.

A format enters beside the canonical cell of its model: own, whole, not withdrawn, of the same model entry and
protocol, and made from the canonical form that was measured. Nothing is rendered to say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commons.analyse.asking import Asking
from commons.analyse.entering import Rules, entering, select
from commons.analyse.matrix import TaskMatrix, matrix_from
from commons.errors import BadFile
from commons.pool.cell import CANONICAL, Cell, Metric
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.standing import headline_name, stale_reasons, withdrawal_of
from commons.pool.task import Task
from commons.stats.prompt import PairOrder, PromptSpread, orders, prompt_spread
from commons.variants.drawing import formats_of
from commons.variants.registry import CannotVary, Kind
from commons.variants.varied import Varied

#: Fewer formats than this tell too little of how formats differ.
FEWEST_FORMATS = 3
#: Why a format does not count that has no cell.
NOT_RUN = "It was not run."


@dataclass(frozen=True)
class FormatScore:
    """One format of a model: its name, how it differs in words, and the headline's value there."""

    variant: str
    words: str
    value: float


@dataclass(frozen=True)
class Missing:
    """A format that does not count, and why."""

    variant: str
    reason: str


@dataclass(frozen=True)
class ModelSensitivity:
    """One model over formats. ``headline`` is the canonical cell's own number.

    ``formats`` begins with the canonical one; ``items`` is how many all of them share. ``spread`` is None where too few
    formats count, or where the headline is no mean over items; ``why_not`` then says so. ``asking`` is what running
    those that are missing takes, None where none is.
    """

    model: str
    headline: Metric
    formats: tuple[FormatScore, ...]
    items: int
    spread: PromptSpread | None
    why_not: str
    missing: tuple[Missing, ...]
    asking: Asking | None

    @property
    def prompts(self) -> int:
        """How many prompts the model's number can be taken over: 1, or the formats that count."""
        return len(self.formats)


@dataclass(frozen=True)
class NamedOrder:
    """How two models stand over the formats that both were measured in."""

    first: str
    second: str
    order: PairOrder


@dataclass(frozen=True)
class TaskSensitivity:
    """A task over formats. ``possible`` is how many formats its template allows; ``why_none`` says why where none."""

    task: str
    unit: str
    higher_is_better: bool
    possible: int
    why_none: str
    models: tuple[ModelSensitivity, ...]
    orders: tuple[NamedOrder, ...]
    shared_formats: tuple[str, ...]


def sensitivity(repository: Repository, task: Task, models: Sequence[str] = ()) -> TaskSensitivity:
    """The sensitivity of a task's results, for ``models`` or all that have a canonical cell.

    Raises:
        BadFile: the task's rows, ``models.yaml`` or the amendments cannot be read.
    """
    rules = Rules.of(repository)
    formats, why_none = _formats_of(task)
    among = entering(repository, task, rules)
    found = [
        _Counting(repository, task, rules, canonical, model, formats)
        for canonical, model in zip(among.cells, among.models, strict=True) if not models or model.id in models
    ]
    shared, pairs = _orders(task, found)
    return TaskSensitivity(
        task=task.name, unit=task.card.headline.unit, higher_is_better=task.card.headline.direction == "higher",
        possible=len(formats), why_none=why_none, models=tuple(counting.model_sensitivity() for counting in found),
        orders=pairs, shared_formats=shared,
    )


def headline_prompts(repository: Repository, task: Task, model: str, rules: Rules | None = None) -> int:
    """How many prompts stand behind a model's result: 1, or how many formats count, the canonical one included.

    0 where the canonical cell does not enter comparisons. Only the cells of this model are read.

    Raises:
        BadFile: the canonical cell, the task's rows, ``models.yaml`` or the amendments cannot be read.
    """
    rules = rules or Rules.of(repository)
    canonical = repository.ledger.cell(task.name, model)
    among = select(task.name, task.card, [] if canonical is None else [canonical], rules)
    if not among.cells:
        return 0
    place = repository.ledger.cell_path(task.name, model, "format-*")
    formats = _formats_of(task)[0] if any(place.parent.glob(place.name)) else {}
    return len(_Counting(repository, task, rules, among.cells[0], among.models[0], formats).cells)


def _formats_of(task: Task) -> tuple[dict[str, str], str]:
    """The formats that the task has, each in words; and why it has none."""
    try:
        return {f"{Kind.FORMAT.value}-{number}": one.words for number, one in enumerate(formats_of(task), 1)}, ""
    except CannotVary as error:
        return {}, error.sentence


class _Counting:
    """The cells of one model that count as formats of a task: the canonical one, then those beside it."""

    def __init__(
        self, repository: Repository, task: Task, rules: Rules, canonical: Cell, model: Model, formats: dict[str, str]
    ) -> None:
        self.task = task
        self.model = model
        self._canonical = canonical
        self._words = {CANONICAL: "as its folder has it", **formats}
        self._rules = rules
        self.cells: dict[str, Cell] = {CANONICAL: canonical}
        self._missing: list[Missing] = []
        for name in formats:
            try:
                cell = repository.ledger.cell(task.name, model.id, name)
                reason = NOT_RUN if cell is None else self._refused(cell)
            except BadFile as error:
                cell, reason = None, f"Its file is broken: {error.problems[0].sentence}"
            if cell is None or reason is not None:
                self._missing.append(Missing(name, reason or ""))
            else:
                self.cells[name] = cell

    def matrix(self) -> TaskMatrix | None:
        """The model's formats as rows of a matrix, on the items that they share."""
        cells = list(self.cells.values())
        return matrix_from(self.task.name, self.task.card, cells, [self.model.family] * len(cells))

    def model_sensitivity(self) -> ModelSensitivity:
        """What the formats say of the model."""
        matrix = self.matrix()
        name = headline_name(self.task.card)
        spread, why_not = None, ""
        if len(self.cells) < FEWEST_FORMATS:
            why_not = (f"It was measured in {len(self.cells)} format{'s' * (len(self.cells) > 1)}, and "
                       f"{FEWEST_FORMATS} are needed.")
        elif matrix is None or len(matrix.items) < 2:
            why_not = "Its formats share fewer than two items."
        elif not matrix.is_item_mean:
            why_not = "Its headline is no mean over items, so that only its value in each format can be given."
        else:
            spread = prompt_spread(matrix.scores, matrix.clusters)
        values = [cell.metrics[name].value for cell in self.cells.values()]
        return ModelSensitivity(
            model=self.model.id, headline=self._canonical.metrics[name],
            formats=tuple(FormatScore(variant, self._words[variant], value)
                          for variant, value in zip(self.cells, values, strict=True)),
            items=len(matrix.items) if matrix else 0, spread=spread, why_not=why_not, missing=tuple(self._missing),
            asking=Asking.of(self._canonical, self.model, len(self._missing)) if self._missing else None,
        )

    def _refused(self, cell: Cell) -> str | None:
        """Why a format's cell does not count beside the canonical one."""
        identity, canonical = cell.identity, self._canonical.identity
        if identity.origin != "own":
            return "It was imported and not measured here."
        if withdrawal := withdrawal_of(cell, self._rules.amendments):
            return f"Withdrawn on {withdrawal.date.isoformat()}: {withdrawal.reason}"
        if cell.partial:
            return "Partial: some items have no score."
        beside = Varied(identity.variant, canonical.task_hash).inputs
        if cell.inputs.get("variant") != beside or identity.protocol_hash != canonical.protocol_hash:
            return "Made from another version of the task or the protocol than the canonical cell."
        return next(iter(stale_reasons(cell, self.task.card, self.model, self._rules.drifts.get(self.model.id))), None)


def _orders(task: Task, counting: Sequence[_Counting]) -> tuple[tuple[str, ...], tuple[NamedOrder, ...]]:
    """The formats that all models with more than the canonical one have, and how each two of them stand there."""
    several = [one for one in counting if len(one.cells) > 1]
    if len(several) < 2:
        return (), ()
    shared = [name for name in several[0].cells if all(name in one.cells for one in several)]
    if len(shared) < 2:
        return tuple(shared), ()
    sign = 1.0 if task.card.headline.direction == "higher" else -1.0
    column = headline_name(task.card)
    values = np.array([[sign * one.cells[name].metrics[column].value for name in shared] for one in several])
    return tuple(shared), tuple(
        NamedOrder(several[pair.first].model.id, several[pair.second].model.id, pair) for pair in orders(values)
    )
