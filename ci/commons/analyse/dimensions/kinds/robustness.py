"""Robustness."""

from __future__ import annotations

from collections.abc import Iterator

from commons.analyse.dimensions.findings import Finding
from commons.analyse.dimensions.perturbed import perturbed
from commons.analyse.dimensions.registry import dimension
from commons.analyse.dimensions.subject import Subject
from commons.variants.registry import Kind


@dimension("robustness", place=3)
def robustness(subject: Subject) -> Iterator[Finding]:
    """Robustness: what slips of writing in the question cost.

    ## What it is

    The headline where each item counts in its worst form: as it stands, or as one of the robustness variants puts
    it (misspelt, in lower case, contracted, with more spaces, or all of these mildly). Choices and golds stay.

    ## How it is computed

    For each item the lowest score over its forms (the highest where lower is better), then the mean over items.
    Items that no variant changed are left out, before and after. The loss has its interval on the same items, and
    so has the plain change of each variant, in which answers that flip to right count as well.

    ## Source

    Liang et al. 2022, arXiv 2211.09110, section 4.5. The variants are our own, seeded, and committed as cells.

    ## How it differs from HELM's number

    HELM takes the worst over its mild mix alone, with word lists of its own, and takes the lowest score even where
    lower is better.

    ## What it cannot say

    Most variants are in English only, and each says so. The worst of several forms falls with every form that is
    added, so that worst cases compare only over the same variants. A model that answers by chance loses much in the
    worst case and nothing on average: read the change beside it.
    """
    yield from perturbed(subject, Kind.ROBUSTNESS)
