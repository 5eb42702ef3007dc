"""Cost and quality: which models no other model beats on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.publish import numbers
from commons.publish.numbers import Scale, unit_sign
from commons.publish.plots.drawing import (
    LARGEST,
    SMALLEST,
    Axis,
    Estimate,
    Tick,
    amount,
    complaint,
    interval_words,
    log_ticks,
    round_log_ends,
    sane,
    scale_values,
    written,
)
from commons.publish.plots.frame import Column, Frame, Table, Words, frame


@dataclass(frozen=True)
class Model:
    """A model: ``cost`` in the plot's unit of cost (above 0), None where it was not recorded, and its score."""

    label: str
    href: str
    cost: float | None
    score: Estimate


@dataclass(frozen=True)
class Point:
    """A model's place, linked where ``href`` is not empty. ``words`` say all of it.

    ``number`` is the model's place on the frontier, from cheap to dear; empty where it is dominated.
    """

    x: str
    y: str
    words: str
    href: str
    number: str


@dataclass(frozen=True)
class Frontier:
    """What the macro draws.

    ``grid``, ``step``, ``whiskers`` and ``dominated`` (whiskers of dominated models) are path data in a box of 100
    by 100. ``names`` are the models on the frontier, in the order of their numbers; ``unrecorded`` names the models
    without a cost, which have no place.
    """

    frame: Frame
    points: tuple[Point, ...]
    names: tuple[Words, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    grid: str
    step: str
    whiskers: str
    dominated: str
    unrecorded: tuple[Words, ...]
    across_name: str
    up_name: str


def frontier(
    name: str, models: Sequence[Model], scale: Scale, metric: str, cost: str, cost_unit: str,
    higher_is_better: bool = True, elsewhere: Words | None = None, title: str = "",
) -> Frontier:
    """Place models by cost (to the right, logarithmic) and score (up, on the task's ``scale``).

    ``metric`` and ``cost`` name the axes, as "accuracy" and "cost per item"; ``cost_unit`` is "US dollars" or
    "seconds". A model is dominated where another costs no more, scores no worse, and is better in one of both. The
    frontier follows the values; where intervals overlap it could have come out otherwise. ``name`` is unique on the
    page. Costs of 0 or below have no place on a logarithmic axis and are left out.
    """
    drawn = sorted((one for one in models if _has_place(one)), key=lambda one: (one.cost or 0, one.label))
    best = [one for one in drawn if not any(_beats(other, one, higher_is_better) for other in drawn)]
    x = Axis(*(round_log_ends(one.cost or 0 for one in drawn) if drawn else (0.1, 10.0)), log=True)
    y = Axis(scale.low, scale.high, 100.0, 0.0)
    values = scale_values(scale)
    direction = "higher" if higher_is_better else "lower"
    return Frontier(
        frame=frame(name, title or f"{metric} and {cost}",
                    f"{len(best)} of {len(drawn)} models are on the frontier: no other is both cheaper and better.",
                    _table(models, drawn, best, scale.unit, cost_unit), _left_out(models), elsewhere),
        points=tuple(Point(x.place(one.cost or 0), y.place(one.score.value),
                           f"{one.label}: {written(one.score, scale.unit)} {unit_sign(scale.unit)}, "
                           f"{amount(one.cost, cost_unit)} {cost_unit}" + ("" if one in best else ", dominated"),
                           one.href, numbers.count(best.index(one) + 1) if one in best else "")
                     for one in sorted(drawn, key=lambda one: one in best)),
        names=tuple(Words(one.label, one.href) for one in best),
        across=x.ticks(log_ticks(x.low, x.high), cost_unit),
        up=y.ticks(values, scale.unit),
        grid="".join(f"M0 {y.place(one)}H100" for one in values),
        step=_step(x, y, best),
        whiskers=_whiskers(x, y, best),
        dominated=_whiskers(x, y, [one for one in drawn if one not in best]),
        unrecorded=tuple(Words(one.label, one.href) for one in models if one.cost is None),
        across_name=f"{cost} in {cost_unit}, logarithmic",
        up_name=f"{metric} in {unit_sign(scale.unit)}, {direction} is better",
    )


def _has_place(one: Model) -> bool:
    return one.cost is not None and SMALLEST <= one.cost <= LARGEST and sane(one.score) is not None


def _beats(other: Model, one: Model, higher: bool) -> bool:
    ahead = (other.score.value - one.score.value) * (1 if higher else -1)
    cheaper = (one.cost or 0) - (other.cost or 0)
    return ahead >= 0 and cheaper >= 0 and (ahead > 0 or cheaper > 0)


def _step(x: Axis, y: Axis, best: Sequence[Model]) -> str:
    """The best score to be had at each cost, from the cheapest model on."""
    if not best:
        return ""
    path = f"M{x.place(best[0].cost or 0)} {y.place(best[0].score.value)}"
    return path + "".join(f"H{x.place(one.cost or 0)}V{y.place(one.score.value)}" for one in best[1:]) + "H100"


def _whiskers(x: Axis, y: Axis, models: Sequence[Model]) -> str:
    return "".join(f"M{x.place(one.cost or 0)} {y.place(kept.interval[0])}V{y.place(kept.interval[1])}"
                   for one in models if (kept := sane(one.score)) and kept.interval)


def _left_out(models: Sequence[Model]) -> list[str]:
    words = [words for one in models if (words := complaint(one.label, one.score))]
    return words + [f"{one.label} (its cost is not above 0)" if one.cost <= 0 else f"{one.label} (no finite cost)"
                    for one in models if one.cost is not None and not SMALLEST <= one.cost <= LARGEST]


def _table(
    models: Sequence[Model], drawn: Sequence[Model], best: Sequence[Model], unit: str, cost_unit: str
) -> Table:
    columns = (Column("Model", False), Column(f"Cost in {cost_unit}"), Column(f"Score in {unit_sign(unit)}"),
               Column("Interval"), Column("Frontier", False))
    return Table(columns, tuple(
        (Words(one.label, one.href), Words("not recorded" if one.cost is None else amount(one.cost, cost_unit)),
         Words(written(one.score, unit)), Words(interval_words(one.score, unit)),
         Words("on it" if one in best else "dominated" if one in drawn else "not drawn"))
        for one in models
    ))
