"""The map of models and tasks: one look at where models stand, and at what is missing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from commons.publish import numbers
from commons.publish.plots.drawing import apart, coordinate, drawable
from commons.publish.plots.frame import Column, Frame, Table, Words, frame

TITLE = "Models and tasks"
CLASSES = 5
MISSING = "none"
#: Cells with a number whose task has no scale to place it on.
UNSCALED = "unscaled"
#: Cells that are named where their share is no share.
MOST_WILD = 20
#: Above this many cells the table is the caller's to hold.
MOST_CELLS = 400
#: More rows or columns than this have no names beside them, and more columns than ``FEW`` have none on narrow screens.
MOST_NAMES, FEW = 40, 14
#: Neighbouring tasks share a mark where they are more: no screen shows more marks side by side.
MOST_COLUMNS = 250
#: A name's longest text, in columns.
LABEL = 15


@dataclass(frozen=True)
class Shade:
    """The cells of one class: the class's name in the style sheet, its range in words, and path data.

    A path runs along the middles of rows with a stroke as wide as a row, in a box of one unit per cell.
    """

    name: str
    words: str
    cells: str
    path: str


@dataclass(frozen=True)
class Name:
    """A row's or column's name at its middle, in hundredths of the box."""

    at: str
    text: str


@dataclass(frozen=True)
class Heatmap:
    """What the macro draws.

    ``legend`` says what the shades stand for. ``box`` is the view box, ``rows`` its height, ``shades`` the five
    classes, the cells without a scale and the missing ones, and ``gaps`` the lines between cells where those are few.
    ``is_tall`` where rows are many. ``merged`` says what a mark stands for where it is not one cell.
    """

    frame: Frame
    legend: str
    box: str
    rows: int
    gaps: str
    merged: str
    shades: tuple[Shade, ...]
    models: tuple[Name, ...]
    tasks: tuple[Name, ...]
    few_tasks: bool
    is_tall: bool
    across: str
    down: str


def heatmap(
    name: str, models: Sequence[Words], tasks: Sequence[Words], shares: Sequence[Sequence[float | None]], measure: str,
    elsewhere: Words | None = None, scaled: Sequence[bool] | None = None,
) -> Heatmap:
    """Shade each cell by its share (0 to 1, in five equal classes) of ``measure``, as "accuracy" or "way to the top".

    ``shares`` hold one row per model and one number per task, None where there is none. ``scaled`` says of each task
    whether it has a scale: where it has none, any number says only that there is one. The table is written for up to
    400 cells; ``elsewhere`` says where it stands otherwise. ``name`` is unique on the page. Shares that are not within
    0 to 1 are left out.

    Raises:
        ValueError: there are more cells than a table on the page can hold, and no ``elsewhere``.
    """
    cells = len(models) * len(tasks)
    if cells > MOST_CELLS and elsewhere is None:
        raise ValueError(f"{cells} cells need a table elsewhere")
    size = max(1, math.ceil(len(tasks) / MOST_COLUMNS))
    columns = math.ceil(len(tasks) / size)
    has_scale = [True] * len(tasks) if scaled is None else scaled
    every = [[_class(share, known) for share, known in zip(row, has_scale, strict=True)] for row in shares]
    wild = [f"{model.text} on {task.text}" for model, row, found in zip(models, shares, every, strict=True)
            for task, share, kind in zip(tasks, row, found, strict=True) if share is not None and kind == MISSING]
    counts = Counter(kind for row in every for kind in row)
    classes = every if size == 1 else [_merged(row, size) for row in every]
    few = len(models) <= MOST_NAMES and len(tasks) <= MOST_NAMES
    kinds = [*map(_class_name, range(CLASSES)), *([UNSCALED] if counts[UNSCALED] else []), MISSING]
    return Heatmap(
        frame=frame(name, TITLE, _description(cells, counts, measure),
                    Table((), ()) if elsewhere else _table(models, tasks, shares, every), _first(wild), elsewhere),
        legend=f"{measure[:1].upper()}{measure[1:]} in % (cells)",
        box=f"0 0 {max(1, columns)} {max(1, len(models))}",
        rows=len(models),
        gaps=_gaps(columns, len(models)) if few else "",
        merged="" if size == 1 else f"Each mark stands for {numbers.count(size)} neighbouring tasks: it has the middle "
               "one of their numbers, and none where most of them have none.",
        shades=tuple(_shade(one, counts[one], classes) for one in kinds),
        models=_names(models) if len(models) <= MOST_NAMES else (),
        tasks=_names(tasks) if len(tasks) <= MOST_NAMES else (),
        few_tasks=len(tasks) <= FEW,
        is_tall=len(models) > MOST_NAMES,
        across=f"{numbers.count(len(tasks))} task{'' if len(tasks) == 1 else 's'}",
        down=f"{numbers.count(len(models))} model{'' if len(models) == 1 else 's'}",
    )


def _description(cells: int, counts: Counter[str], measure: str) -> str:
    text = (f"{numbers.count(cells - counts[MISSING])} of {numbers.count(cells)} cells have a number. The further a "
            f"shade is from the paper, the higher the {measure}.")
    bare = counts[UNSCALED]
    return f"{text} {numbers.count(bare)} of them {'is' if bare == 1 else 'are'} on a task without a scale." \
        if bare else text


def _first(wild: Sequence[str]) -> list[str]:
    """A few names, and how many more there are."""
    more = len(wild) - MOST_WILD
    return [*wild[:MOST_WILD], *([f"and {numbers.count(more)} more"] if more > 0 else [])]


def _class(share: float | None, has_scale: bool) -> str:
    """The class of a share: each holds its lower end, the highest also 1."""
    if share is not None and not has_scale:
        return UNSCALED
    if share is None or not drawable(share) or not 0 <= share <= 1:
        return MISSING
    return _class_name(min(CLASSES - 1, int(share * CLASSES)))


def _class_name(index: int) -> str:
    return f"h{index}"


def _merged(row: Sequence[str], size: int) -> list[str]:
    """The middle class (the lower of two) of each ``size`` neighbours, none where most have no number."""
    return [_middle(row[first : first + size]) for first in range(0, len(row), size)]


def _middle(block: Sequence[str]) -> str:
    known = sorted(kind for kind in block if kind not in {MISSING, UNSCALED})
    if 2 * len(known) >= len(block):
        return known[(len(known) - 1) // 2]
    return UNSCALED if 2 * block.count(MISSING) <= len(block) else MISSING


def _gaps(columns: int, rows: int) -> str:
    across = "".join(f"M0 {row}H{columns}" for row in range(1, rows))
    return across + "".join(f"M{column} 0V{rows}" for column in range(1, columns))


def _shade(name: str, cells: int, classes: Sequence[Sequence[str]]) -> Shade:
    if name in {MISSING, UNSCALED}:
        words = "no number" if name == MISSING else "no scale"
    else:
        index = int(name[1:])
        words = f"{numbers.percent(index / CLASSES)} to {numbers.percent((index + 1) / CLASSES)}"
    return Shade(name, words, numbers.count(cells), _runs(name, classes))


def _runs(name: str, classes: Sequence[Sequence[str]]) -> str:
    """A stroke for each run of cells of one class in a row. Moves are relative, which is shortest for many cells."""
    path = []
    for row, line in enumerate(classes):
        column, end = 0, -1
        for found, run in groupby(line):
            length = len(list(run))
            if found == name:
                path.append((f"M{column} {row}.5" if end < 0 else f"m{column - end} 0") + f"h{length}")
                end = column + length
            column += length
    return "".join(path)


def _names(names: Sequence[Words]) -> tuple[Name, ...]:
    labels = apart([one.text for one in names], LABEL)
    return tuple(Name(coordinate((index + 0.5) * 100 / len(labels)), label) for index, label in enumerate(labels))


def _table(
    models: Sequence[Words], tasks: Sequence[Words], shares: Sequence[Sequence[float | None]],
    every: Sequence[Sequence[str]],
) -> Table:
    written = [[_written(share, kind) for share, kind in zip(row, kinds, strict=True)]
               for row, kinds in zip(shares, every, strict=True)]
    return Table((Column("Model", False), *(Column(task.text) for task in tasks)),
                 tuple((model, *map(Words, row)) for model, row in zip(models, written, strict=True)))


def _written(share: float | None, kind: str) -> str:
    return "none" if share is None or kind == MISSING else "no scale" if kind == UNSCALED else numbers.percent(share)
