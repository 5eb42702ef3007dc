"""What a cell's rows say beyond its headline: the dimensions, in words, with what could not be measured and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from commons.analyse.dimensions.findings import Measured, NotMeasured, Unit, Value
from commons.analyse.dimensions.registry import Dimension, all_dimensions
from commons.analyse.dimensions.subject import Subject, subjects_of
from commons.analyse.entering import Rules
from commons.errors import BadFile
from commons.pool.card import PROPORTION
from commons.publish.facts import Number
from commons.publish.judge import VALUE_FAULTS
from commons.publish.numbers import count, show, unit_sign
from commons.publish.open_task import OpenTask
from commons.publish.plots.calibration import Calibration, calibration

#: Accuracy is the headline itself, and toxicity asks a classifier that not every machine has.
LEFT_OUT = {"accuracy", "toxicity"}
#: A cell with more rows than this is not looked at while a site is built.
MOST_ROWS = 2000

_UNITS = {Unit.PROPORTION.value: PROPORTION, Unit.POINTS.value: PROPORTION}


@dataclass(frozen=True)
class Line:
    """One number: what it is, and it, its interval, and what it was taken over in words."""

    name: str
    value: str
    interval: str
    over: str


@dataclass(frozen=True)
class Group:
    """What one dimension says: a title, what it is about, its numbers, what to know beside them, and its plot."""

    title: str
    about: str
    lines: tuple[Line, ...]
    caveats: tuple[str, ...]
    plot: Calibration | None


@dataclass(frozen=True)
class Beyond:
    """The dimensions of a cell. ``missing`` says what was not measured, why, and the command that measures it."""

    groups: tuple[Group, ...]
    missing: tuple[tuple[str, str, str], ...]


def subjects(task: OpenTask) -> Mapping[str, Subject]:
    """What dimensions look at, by model: none where all the rows of a pool are too many, or a file cannot be read."""
    if not task.frame.limits.all_rows:
        return {}
    try:
        folder = task.pool.task(task.pool.tasks_folder / task.entry.name)
        rules = Rules(task.frame.models, task.amendments, task.frame.drifts)
        found, _ = subjects_of(task.pool, folder, rules)
        return {one.model.id: one for one in found if len(one.cell.rows) <= MOST_ROWS}
    except (BadFile, *VALUE_FAULTS):
        return {}


def beyond(subject: Subject | None) -> Beyond | None:
    """What the dimensions say of a cell; None where nothing was looked at."""
    if subject is None:
        return None
    groups, missing = [], []
    for dimension in all_dimensions():
        if dimension.name in LEFT_OUT:
            continue
        try:
            found = list(dimension.measure(subject))
        except VALUE_FAULTS:
            continue
        measured = [one for one in found if isinstance(one, Measured)]
        missing += [(one.what, one.reason, one.mend) for one in found if isinstance(one, NotMeasured)]
        if measured:
            groups.append(_group(dimension, measured, subject))
    return Beyond(tuple(groups), tuple(missing))


def _group(dimension: Dimension, measured: list[Measured], subject: Subject) -> Group:
    title, _, about = dimension.title.partition(": ")
    bins = next((one.bins for one in measured if one.bins), ())
    name = f"{dimension.name} {subject.name} {subject.model.id}"
    return Group(
        title=title, about=about.removesuffix("."),
        lines=tuple(_line(value) for one in measured for value in one.values),
        caveats=tuple(dict.fromkeys(words for one in measured for words in one.caveats)),
        plot=calibration(name, bins) if bins else None,
    )


def _line(value: Value) -> Line:
    value = value.published()
    unit = _UNITS.get(value.unit, value.unit)
    said = partial(Number, confidence=0.95, method=value.method, n=value.n, n_effective=None, higher_is_better=True)
    shown = show(said(value.value, value.interval), unit)
    sign = "points" if value.unit == Unit.POINTS.value else "" if unit == Unit.SCORE.value else unit_sign(unit)
    return Line(value.name, f"{shown.value} {sign}".rstrip(), shown.interval or "none",
                f"{count(value.n)} {value.of}")
