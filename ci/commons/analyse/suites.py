"""A suite as a table: each member's numbers on each model, and what was left out and why. Nothing is put together yet.

Of a task of the pool the cells enter that enter its comparisons. A member that the harness has built in has no card
and often no cell; where it has cells, the same is asked of them, and that they are of the suite's harness and shots.
Imported cells enter only where they are asked for, and are marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from commons.analyse.entering import Entering, LeftOut, Rules, entering, refused_anywhere
from commons.analyse.matrix import cell_label
from commons.analyse.suite_scores import Score, score_of
from commons.analyse.weights import weight_of, why_weightless
from commons.errors import BadFile
from commons.evaluate.importing.outside import EXTERNAL
from commons.pool import cellfile
from commons.pool.card import PROPORTION, Card
from commons.pool.cell import CANONICAL, Cell
from commons.pool.repository import Repository
from commons.pool.standing import headline_name, model_reasons, withdrawal_of
from commons.pool.suites import BOARDS, BuiltInTask, Suite
from commons.stats.across.leaderboard import floor_of
from commons.stats.across.normalise import Scale, Uncorrected, scale_of


@dataclass(frozen=True)
class SuiteTask:
    """One member: what is known of it and each model's score on it, by the model's label.

    ``weight`` is 0 where ``weightless`` says why. ``unusable`` says why no cell of it can enter at all. ``headline`` is
    the metric of the task's card where the suite averages another one, else None.
    """

    name: str
    metric: str
    unit: str
    higher_is_better: bool
    board: str | None
    weight: float
    weightless: str | None
    scale: Scale | Uncorrected
    floor: float
    scores: dict[str, Score]
    left_out: tuple[LeftOut, ...]
    unusable: str | None = None
    headline: str | None = None

    def corrected(self, model: str) -> Score | None:
        """A model's score corrected for chance, unclipped; None where there is none or the metric has no scale."""
        score = self.scores.get(model)
        if score is None or isinstance(self.scale, Uncorrected):
            return None
        stderr = None if score.stderr is None else self.scale.correct_stderr(score.stderr)
        interval = None if score.interval is None else self.scale.correct_interval(score.interval)
        return replace(score, value=self.scale.correct(score.value), stderr=stderr, interval=interval)

    @property
    def ends(self) -> tuple[float, float] | None:
        """Between what a raw score can lie, None where nothing bounds it."""
        return (0.0, 1.0) if self.unit == PROPORTION else None


@dataclass(frozen=True)
class SuiteTable:
    """All members and all models with a score on one at least, by name; ``external`` are the models not measured here.

    ``unmeasured`` are models of the pool that have no score in the suite.
    """

    suite: Suite
    tasks: tuple[SuiteTask, ...]
    models: tuple[str, ...]
    external: frozenset[str]
    unmeasured: tuple[str, ...]


def suite_table(repository: Repository, suite: Suite, *, external: bool = False) -> SuiteTable:
    """Read the suite's cells; with ``external`` imported ones too.

    Raises:
        BadFile: ``models.yaml`` or the amendments cannot be read.
    """
    rules = Rules.of(repository)
    own = suite.built_in
    imported: set[str] = set()
    tasks = []
    for name in suite.names:
        cells = _imported(repository, name, rules) if external else []
        labels = {cell_label(cell) for cell in cells}
        task = (_built_in_task(repository, suite, own[name], cells, rules) if name in own
                else _pool_task(repository, suite, name, cells, rules))
        taken = labels & set(task.scores)
        imported |= taken
        left_out = tuple(one for one in task.left_out if f"{one.model}@{one.variant}" not in taken)
        tasks.append(replace(task, left_out=left_out))
    models = sorted({model for task in tasks for model in task.scores})
    unmeasured = tuple(model.id for model in rules.models if model.id not in models)
    return SuiteTable(suite, tuple(tasks), tuple(models), frozenset(imported), unmeasured)


def _pool_task(
    repository: Repository, suite: Suite, name: str, imported: Sequence[Cell], rules: Rules
) -> SuiteTask:
    good, broken = repository.tasks({name})
    if not good:
        why = broken[0].error.problems[0].sentence if broken else "There is no such task in the pool."
        return SuiteTask(name, suite.metric or "", "", True, None, 1.0, None, Uncorrected("its card cannot be read"),
                         0.0, {}, (), why)
    card = good[0].card
    held = entering(repository, good[0], rules)
    cells = [*held.cells, *imported]
    metric = _metric_name(suite, card, cells)
    is_headline = metric == headline_name(card)
    higher = card.headline.direction == "higher" if is_headline else _direction(cells, metric)
    scale = (scale_of(card.headline.chance, card.headline.ceiling, higher_is_better=higher) if is_headline
             else Uncorrected("it is not the task's headline, which alone has a chance level and a ceiling"))
    scores = {cell_label(cell): score_of(cell, (metric,)) for cell in cells if metric in cell.metrics}
    lacking = tuple(LeftOut(cell.identity.model, cell.identity.variant, f"The cell has no metric `{metric}`.")
                    for cell in cells if metric not in cell.metrics)
    return SuiteTask(
        name=name, metric=metric, unit=card.headline.unit if is_headline else _unit(scores), higher_is_better=higher,
        board=None, weight=weight_of(card), weightless=why_weightless(card), scale=scale,
        floor=(card.headline.chance or 0.0) if is_headline else 0.0, scores=scores,
        left_out=(*_seen(held), *lacking), headline=None if is_headline else headline_name(card),
    )


def _seen(held: Entering) -> Iterator[LeftOut]:
    """What a reader of a suite wants to know: other variants of ours are no candidates for it and are not listed."""
    for one in held.left_out:
        if one.variant == EXTERNAL or one.variant.startswith(f"{EXTERNAL}-"):
            yield LeftOut(one.model, one.variant, "It was imported and not measured here; --external shows it.")
        elif one.variant == CANONICAL:
            yield one


def _metric_name(suite: Suite, card: Card, cells: Sequence[Cell]) -> str:
    """The metric that the suite averages, after the headline's filter where there is such a metric, else after none."""
    if suite.metric is None or suite.metric == card.headline.metric:
        return headline_name(card)
    filtered = f"{suite.metric},{card.headline.filter}"
    return filtered if any(filtered in cell.metrics for cell in cells) else f"{suite.metric},none"


def _direction(cells: Sequence[Cell], metric: str) -> bool:
    return next((cell.metrics[metric].higher_is_better for cell in cells if metric in cell.metrics), True)


def _unit(scores: dict[str, Score]) -> str:
    """A metric that no card describes is taken for a proportion where its values and intervals lie in 0 to 1."""
    ends = [end for score in scores.values() for end in (score.value, *(score.interval or ()))]
    return PROPORTION if all(0 <= end <= 1 for end in ends) else ""


def _built_in_task(
    repository: Repository, suite: Suite, task: BuiltInTask, imported: Sequence[Cell], rules: Rules
) -> SuiteTask:
    cells, left_out = _cells(repository, task.name)
    wanted = {cell_label(cell) for cell in imported}
    scores: dict[str, Score] = {}
    for cell in cells:
        label = cell_label(cell)
        reason = (None if label in wanted else _refused(cell, suite, task, rules)) or _lacks(cell, task.metrics)
        if reason is None:
            scores[label] = score_of(cell, task.metrics)
        else:
            left_out.append(LeftOut(cell.identity.model, cell.identity.variant, reason))
    # A board corrects to 1 by its own definition; elsewhere a ceiling is not assumed.
    floor = floor_of(task.choices)
    scale = Scale(floor, 1.0) if suite.rule in BOARDS else scale_of(floor, task.ceiling)
    return SuiteTask(
        name=task.name, metric=" and ".join(task.metrics), unit=PROPORTION, higher_is_better=True, board=task.board,
        weight=1.0, weightless=None, scale=scale, floor=floor, scores=scores, left_out=tuple(left_out),
    )


def _lacks(cell: Cell, metrics: Sequence[str]) -> str | None:
    missing = next((metric for metric in metrics if metric not in cell.metrics), None)
    return None if missing is None else f"The cell has no metric `{missing}`."


def _refused(cell: Cell, suite: Suite, task: BuiltInTask, rules: Rules) -> str | None:
    """Why a cell of a built-in task does not enter, seen by itself."""
    if cell.identity.origin != "own":
        return "It was imported and not measured here; --external shows it."
    model = next((model for model in rules.models if model.id == cell.identity.model), None)
    reason = refused_anywhere(cell, model, rules)
    if reason is not None or model is None:
        return reason
    if stale := model_reasons(cell, model, rules.drifts.get(model.id)):
        return stale[0]
    if cell.protocol.num_fewshot != task.shots:
        return f"Measured with {cell.protocol.num_fewshot} shots; the suite says {task.shots}."
    version = cell.provenance.versions.get("lm_eval")
    if version != suite.extras.harness:
        return f"Measured with the harness {version or 'of an unknown version'}; the suite says {suite.extras.harness}."
    return None


def _imported(repository: Repository, task: str, rules: Rules) -> list[Cell]:
    """The whole, standing cells of a task that were imported."""
    return [cell for cell in _cells(repository, task)[0]
            if cell.identity.origin == "external" and not cell.partial and not withdrawal_of(cell, rules.amendments)]


def _cells(repository: Repository, task: str) -> tuple[list[Cell], list[LeftOut]]:
    """The cells of a task that can be read, and the broken ones."""
    found, broken = [], []
    for path in sorted((repository.ledger.root / "cells" / task).glob("*.json")):
        try:
            found.append(cellfile.read_cell(path))
        except BadFile as error:
            model, _, variant = path.stem.partition("@")
            broken.append(LeftOut(model, variant or CANONICAL, f"Its file is broken: {error.problems[0].sentence}"))
    return found, broken
