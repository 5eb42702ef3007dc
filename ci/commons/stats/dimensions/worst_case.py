"""Worst cases: what is left of a score when each item is put in several ways and the worst of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commons.stats.dimensions.means import Mean, mean_of
from commons.stats.summary import Summary, summarise


@dataclass(frozen=True)
class WorstCase:
    """The mean score as the items stand and in their worst form, on the same items, and what is lost between.

    ``drop`` is the mean of (original - worst), turned so that more is worse. It can never be below 0: an answer that
    flips by chance counts against the model and one that flips to right does not. ``changes`` says for each variant
    the plain mean of (perturbed - original) on the items it changed, turned so that more is better, which is about 0
    where a variant does no harm. ``unchanged`` items are those that no variant changed; they do not count.
    """

    original: Summary
    worst: Summary
    drop: Mean
    changes: tuple[Mean | None, ...]
    unchanged: int


def worst_case(
    original: NDArray[np.float64], perturbed: NDArray[np.float64], changed: NDArray[np.bool_],
    clusters: Sequence[str], *, higher_is_better: bool = True,
) -> WorstCase | None:
    """The worst case over the original (shape items) and the variants (shape variants, items).

    ``changed`` (shape variants, items) says where a variant put an item otherwise; where it did not, its score does
    not count, and an item that no variant changed is skipped, as HELM skips unchanged perturbations. The worst is the
    lowest score where higher is better, else the highest; HELM takes the lowest in either case, and its code says that
    this is to be mended. Source: Liang et al. (2022), arXiv 2211.09110, section 4.5 and ``compute_worst_case_metrics``.

    Returns None where no variant changed any item.

    Raises:
        ValueError: shapes that do not fit.
    """
    if perturbed.shape != changed.shape or perturbed.shape[1:] != original.shape or len(clusters) != len(original):
        raise ValueError("variants, marks and clusters must have the items of the original")
    sign = 1.0 if higher_is_better else -1.0
    counted: NDArray[np.bool_] = np.asarray(changed.any(axis=0))
    if not counted.any():
        return None
    binary = bool(np.isin(original, (0.0, 1.0)).all() and np.isin(perturbed[changed], (0.0, 1.0)).all())
    worst = sign * np.minimum(sign * original, np.where(changed, sign * perturbed, np.inf).min(axis=0))
    mine = _kept(clusters, counted)
    return WorstCase(
        original=summarise("mean", original[counted].tolist(), mine),
        worst=summarise("mean", worst[counted].tolist(), mine),
        drop=_drop(sign * (original - worst)[counted], mine, share=binary),
        changes=tuple(
            mean_of(sign * (one - original)[mask], _kept(clusters, mask)) if mask.any() else None
            for one, mask in zip(perturbed, changed, strict=True)
        ),
        unchanged=int((~counted).sum()),
    )


def _drop(losses: NDArray[np.float64], clusters: Sequence[str], *, share: bool) -> Mean:
    """The mean loss; of right and wrong answers it is the share that was lost, with the interval of shares."""
    if not share:
        return mean_of(losses, clusters)
    found = summarise("mean", losses.tolist(), clusters)
    return Mean(found.value, found.interval, found.method, found.n)


def _kept(clusters: Sequence[str], held: NDArray[np.bool_]) -> list[str]:
    return [cluster for cluster, keep in zip(clusters, held, strict=True) if keep]
