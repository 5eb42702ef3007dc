"""How a task's headline is read: what full marks are, what guessing gives, and each item's score between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from commons.gates.golds import gold_places, gold_texts
from commons.gates.policy import TOLERANCE
from commons.harness.rendering import ItemRendering, TaskRendering
from commons.harness.scoring import Statistic
from commons.pool.card import Card
from commons.stats.aggregate import aggregate

#: How the headline comes from the items. ``share``: a mean of scores with known ends. ``corpus``: all items together
#: (BLEU, F1 ...). ``likelihood``: perplexities and bits. ``open``: a mean whose best value nobody stated.
Kind = Literal["share", "corpus", "likelihood", "open"]

#: The best and the worst value of an aggregation that is no mean of scores.
_CORPUS = {
    "bleu": (100.0, 0.0), "chrf": (100.0, 0.0), "chrf++": (100.0, 0.0), "ter": (0.0, 100.0),
    "f1": (1.0, 0.0), "matthews_corrcoef": (1.0, 0.0),
}  # fmt: skip
_LIKELIHOOD = {"perplexity": 1.0, "weighted_perplexity": 1.0, "bits_per_byte": 0.0}
_SHARES = {"acc", "acc_norm", "acc_bytes", "acc_mutual_info", "exact_match"}
_UNITS = {"proportion": 1.0, "percent": 100.0, "%": 100.0}


@dataclass(frozen=True)
class Scale:
    """The headline of a task.

    ``full`` and ``worst`` are in the headline's own unit (None where unknown); ``chance`` is a share of full marks
    for a ``share`` and in the headline's unit for a ``corpus``; ``chance_source`` says where it comes from.
    """

    column: str
    aggregation: str
    kind: Kind
    higher: bool
    full: float | None
    worst: float | None
    chance: float
    chance_source: str

    def value(self, statistics: Sequence[Statistic]) -> float:
        """The headline over these items' statistics.

        Raises:
            ValueError: it is not finite.
        """
        return aggregate(self.aggregation, statistics)

    def share(self, statistic: Statistic) -> float | None:
        """An item's score between 0 and 1; None where an item by itself has none."""
        if isinstance(statistic, tuple):
            return float(statistic[0] == statistic[1]) if self.aggregation in {"f1", "matthews_corrcoef"} else None
        if self.kind != "share" or self.full is None or self.worst is None:
            return None
        return min(1.0, max(0.0, (statistic - self.worst) / (self.full - self.worst)))

    def is_full(self, statistic: Statistic) -> bool:
        """Whether one item has full marks; the value itself is looked at, so that 2 of 1 is not full."""
        if isinstance(statistic, tuple):
            if self.kind == "likelihood":
                return abs(statistic[0]) <= TOLERANCE.value
            return self.share(statistic) == 1.0
        wanted = 0.0 if self.kind == "likelihood" else self.full
        return wanted is not None and abs(statistic - wanted) <= TOLERANCE.value

    def progress(self, value: float) -> float | None:
        """How far ``value`` lies on the way from chance to full, for a headline that is no mean over items."""
        if self.full is None or self.worst is None:
            return None
        start = self.chance if self.kind == "corpus" else self.worst
        return (value - start) / (self.full - start) if self.full != start else None


def scale_of(card: Card, rendering: TaskRendering, items: Sequence[ItemRendering]) -> Scale:
    """The scale of the card's headline.

    Raises:
        KeyError: the headline is no metric of the task.
    """
    column = f"{card.headline.metric},{card.headline.filter}"
    if column not in rendering.metric_names:
        raise KeyError(column)
    metric = rendering.metric(column)
    kind, full, worst = _ends(card, rendering, metric.name, metric.aggregation)
    chance, source = _chance(card, rendering, items)
    if kind == "share" and full is not None and worst is not None and source == "card":
        chance = min(1.0, max(0.0, (chance - worst) / (full - worst)))
    return Scale(column, metric.aggregation, kind, card.headline.direction == "higher", full, worst, chance,
                 _CHANCE_WORDS[source])


_CHANCE_WORDS = {
    "card": "chance as the card states it",
    "choices": "chance: one over the number of choices, over all items",
    "labels": "chance: one over the number of different golds, since the card states none",
    "none": "chance: 0, since the card states none",
}


def _ends(
    card: Card, rendering: TaskRendering, metric: str, aggregation: str
) -> tuple[Kind, float | None, float | None]:
    """The kind of headline, its best value and its worst."""
    if aggregation == "brier_score":
        return "share", 0.0, 2.0
    if aggregation in _CORPUS:
        return "corpus", *_CORPUS[aggregation]
    if aggregation in _LIKELIHOOD:
        return "likelihood", _LIKELIHOOD[aggregation], None
    lower = card.headline.direction == "lower"
    if not rendering.own_grader and metric in _SHARES:
        return "share", 1.0, 0.0
    best = _UNITS.get(card.headline.unit.lower())
    if best is not None:
        return ("share", 0.0, best) if lower else ("share", best, 0.0)
    ceiling = card.headline.ceiling
    if ceiling is None:
        return "open", None, None
    return ("open", ceiling, None) if lower or ceiling <= 0 else ("share", ceiling, 0.0)


def _chance(card: Card, rendering: TaskRendering, items: Sequence[ItemRendering]) -> tuple[float, str]:
    """What guessing scores, and where that is said."""
    if card.headline.chance is not None:
        return card.headline.chance, "card"
    if rendering.output_type == "multiple_choice" and items:
        shares = [max(1, len(gold_places(item))) / max(1, len(item.choices or item.plain)) for item in items]
        return sum(shares) / len(shares), "choices"
    golds = [texts[0].strip().lower() for item in items if (texts := gold_texts(item))]
    different = len(set(golds))
    if rendering.output_type == "generate_until" and different > 1 and 2 * different <= len(golds):
        return 1 / different, "labels"
    return 0.0, "none"


def shares_of(scale: Scale, statistics: Mapping[str, Sequence[Statistic]]) -> dict[str, float]:
    """Each item's score between 0 and 1, the mean of its repeats; items without one are left out."""
    found: dict[str, float] = {}
    for item, several in statistics.items():
        shares = [share for one in several if (share := scale.share(one)) is not None]
        if shares and len(shares) == len(several):
            found[item] = sum(shares) / len(shares)
    return found
