"""What the variants of one kind (robustness, fairness) did to a model's score, beside its canonical cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from commons.analyse.asking import Asking
from commons.analyse.dimensions.findings import Better, Finding, Measured, NotMeasured, Unit, Value
from commons.analyse.dimensions.subject import Subject
from commons.analyse.matrix import TaskMatrix, matrix_from
from commons.errors import CommonsError
from commons.pool.cell import Cell
from commons.stats.dimensions.worst_case import WorstCase, worst_case
from commons.variants.registry import Kind, all_variants

NOT_RUN = "Not run."


def perturbed(subject: Subject, kind: Kind) -> Iterator[Finding]:
    """The worst case over the variants of ``kind`` that were run, each one's change, and the variants that were not."""
    names = [name for name in subject.variants if name.partition("-")[0] == kind.value]
    if names:
        yield _measured(subject, names)
    yield from _missing(subject, kind, names)


def _missing(subject: Subject, kind: Kind, names: Sequence[str]) -> Iterator[Finding]:
    """What was not run, grouped by reason; variants that mean nothing for the task are said to."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for one in all_variants():
        if one.kind is not kind or one.name in names:
            continue
        mend = f"{subject.run} --variant {one.name}"
        if one.name in subject.refused:
            key = (subject.refused[one.name], mend, one.name)
        else:
            try:
                one.change(subject.task)
                key = (NOT_RUN, f"{subject.run} --variant {kind.value}", kind.value)
            except CommonsError as error:
                key = (error.sentence, error.mend, "")
        reasons.setdefault(key, []).append(one.name.partition("-")[2])
    for (reason, mend, variant), missing in reasons.items():
        asking = Asking.of(subject.cell, subject.model, len(missing)) if variant else None
        yield NotMeasured(f"{kind.value}: {', '.join(missing)}", reason, mend, variant, asking)


def _measured(subject: Subject, names: Sequence[str]) -> Finding:
    cells = [subject.cell, *(subject.variants[name] for name in names)]
    matrix = matrix_from(subject.name, subject.card, cells, [""] * len(cells))
    what = ", ".join(names)
    if matrix is None:
        return NotMeasured(what, "The variants share no item with the canonical cell.")
    if not matrix.is_item_mean:
        return NotMeasured(what, f"The headline is no mean over items ({matrix.aggregation}), so that no item has a "
                                 "worst form.")
    known = _changed(cells, matrix.items)
    changed = known if known is not None else np.ones((len(names), len(matrix.items)), dtype=bool)
    found = worst_case(matrix.scores[0], matrix.scores[1:], changed, matrix.clusters,
                       higher_is_better=matrix.higher_is_better)
    if found is None:
        return NotMeasured(what, "The variants changed no item.")
    return Measured(_values(found, names, matrix), _caveats(found, cells, matrix, known=known is not None))


def _changed(cells: Sequence[Cell], items: Sequence[str]) -> NDArray[np.bool_] | None:
    """Where each variant put an item otherwise than the canonical cell; None where the rows carry no digests."""
    inputs = [{row.item: row.input for row in cell.rows} for cell in cells]
    if any(one[item] is None for one in inputs for item in items):
        return None
    return np.array([[one[item] != inputs[0][item] for item in items] for one in inputs[1:]], dtype=bool)


def _values(found: WorstCase, names: Sequence[str], matrix: TaskMatrix) -> tuple[Value, ...]:
    share = matrix.unit == "proportion"
    better = Better.of(matrix.higher_is_better)
    unit, difference = (Unit.PROPORTION, Unit.POINTS) if share else (matrix.unit, matrix.unit)
    over = names[0] if len(names) == 1 else f"{len(names)} variants"
    values = [
        Value.of_mean("as the items stand", found.original, better, unit, "changed items"),
        Value.of_mean(f"worst case with {over}", found.worst, better, unit, "changed items"),
        Value.of_mean("lost in the worst case", found.drop, Better.LOWER, difference, "changed items"),
    ]
    values += [
        Value.of_mean(f"change by {name}", change, Better.HIGHER, difference, "changed items")
        for name, change in zip(names, found.changes, strict=True)
        if change is not None
    ]
    return tuple(values)


def _caveats(found: WorstCase, cells: Sequence[Cell], matrix: TaskMatrix, *, known: bool) -> tuple[str, ...]:
    said = [("The worst case can only lose, as answers that flip by chance count; a change counts both ways, and "
             "below 0 is a loss.")]
    if not known:
        said.append("Which items a variant left as they stand is withheld with the rows' text; all of them count.")
    elif found.unchanged:
        said.append(f"{found.unchanged} of {len(matrix.items)} items were changed by no variant and are left out.")
    if alone := max(len({row.item for row in cell.rows}) for cell in cells) - len(matrix.items):
        said.append(f"{alone} items are not in all of the cells and are left out.")
    return tuple(said)
