"""Everything that is found about one model on one task, dimension by dimension."""

from __future__ import annotations

from dataclasses import dataclass, replace

from commons.analyse.dimensions.findings import Measured, NotMeasured
from commons.analyse.dimensions.registry import Dimension, all_dimensions
from commons.analyse.dimensions.subject import Subject


@dataclass(frozen=True)
class DimensionFindings:
    """What one dimension measured, and what it could not."""

    dimension: Dimension
    measured: tuple[Measured, ...]
    missing: tuple[NotMeasured, ...]


@dataclass(frozen=True)
class Report:
    """The findings about one model on one task, in the order of the dimensions."""

    task: str
    model: str
    findings: tuple[DimensionFindings, ...]


def report(subject: Subject) -> Report:
    """Ask every dimension; numbers come with the digits that are published."""
    return Report(subject.name, subject.model.id, tuple(_findings(one, subject) for one in all_dimensions()))


def _findings(dimension: Dimension, subject: Subject) -> DimensionFindings:
    found = list(dimension.measure(subject))
    measured = tuple(
        replace(one, values=tuple(value.published() for value in one.values))
        for one in found
        if isinstance(one, Measured)
    )
    return DimensionFindings(dimension, measured, tuple(one for one in found if isinstance(one, NotMeasured)))
