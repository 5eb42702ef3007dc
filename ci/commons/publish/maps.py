"""The map of models and tasks of the whole pool, each score as its way from chance to the task's ceiling."""

from __future__ import annotations

from collections.abc import Sequence

from commons.pool.card import PROPORTION, Headline
from commons.pool.models import Model
from commons.publish.plots.frame import Words
from commons.publish.plots.heatmap import Heatmap, heatmap
from commons.publish.snapshot import Snapshot
from commons.publish.states import CellState
from commons.stats.across.normalise import Scale, Uncorrected, scale_of
from commons.stats.across.normalise import shown as clipped

#: A map has at most so many models, the most measured ones, so that its picture stays small.
MOST_MODELS = 80


def map_of(snapshot: Snapshot, models: Sequence[Model], elsewhere: Words) -> Heatmap:
    """The map, with neighbouring tasks of one domain."""
    tasks = sorted(snapshot.tasks, key=lambda task: (task.card.domain, task.name))
    shown, scales = models[:MOST_MODELS], [scale_to_ceiling(task.card.headline) for task in tasks]
    shares = [[_share(scale, snapshot.states[task.name, model.id])
               for task, scale in zip(tasks, scales, strict=True)] for model in shown]
    return heatmap("map", [Words(model.name) for model in shown], [Words(task.card.title) for task in tasks], shares,
                   "share of the way from chance to the ceiling", elsewhere=elsewhere,
                   scaled=[scale is not None for scale in scales])


def scale_to_ceiling(headline: Headline) -> Scale | None:
    """From chance to the ceiling; a proportion ends at its better end where the card names none. None without both."""
    higher, ceiling = headline.direction == "higher", headline.ceiling
    if ceiling is None and headline.unit == PROPORTION:
        ceiling = float(higher)
    found = scale_of(headline.chance, ceiling, higher_is_better=higher)
    return None if isinstance(found, Uncorrected) else found


def _share(scale: Scale | None, state: CellState) -> float | None:
    """The share as it is drawn: 0 below chance, and 0 for any number without a scale."""
    if state.headline is None:
        return None
    return 0.0 if scale is None else clipped(scale.correct(state.headline.value))
