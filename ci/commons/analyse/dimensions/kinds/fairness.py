"""Fairness."""

from __future__ import annotations

from collections.abc import Iterator

from commons.analyse.dimensions.findings import Finding
from commons.analyse.dimensions.perturbed import perturbed
from commons.analyse.dimensions.registry import dimension
from commons.analyse.dimensions.subject import Subject
from commons.variants.registry import Kind


@dimension("fairness", place=4)
def fairness(subject: Subject) -> Iterator[Finding]:
    """Fairness: what it costs to write of, or as, another group of people.

    ## What it is

    The headline where each item counts in its worst form: as it stands, or as one of the fairness variants puts it
    (words of African American English, women in the place of men, first names of another group).

    ## How it is computed

    As robustness, over the fairness variants.

    ## Source

    Liang et al. 2022, arXiv 2211.09110, section 4.6. The variants and their word lists are our own.

    ## How it differs from HELM's number

    HELM's lists of words and names are longer, and it takes the lowest score even where lower is better.

    ## What it cannot say

    English only. Few items name people, and only those that do can change: n says how many did. A spelling is not a
    dialect, and a first name is not a person. No loss here does not show that a model treats people alike.
    """
    yield from perturbed(subject, Kind.FAIRNESS)
