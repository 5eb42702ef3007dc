"""Calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from commons.analyse.dimensions.choosing import Chosen, chosen_of
from commons.analyse.dimensions.findings import Better, Finding, Measured, NotMeasured, Unit, Value
from commons.analyse.dimensions.registry import dimension
from commons.analyse.dimensions.subject import Subject
from commons.stats.dimensions.brier import binary, decompose, multiclass
from commons.stats.dimensions.calibration import FEWEST_ITEMS, Calibration, calibrate, mass_index
from commons.stats.dimensions.resampled import resampled
from commons.stats.dimensions.selective import SHARE, selective
from commons.stats.summary import summarise

Rows = NDArray[np.intp]

_BRIER = "A Brier score is the mean squared distance between the probabilities given and what was right."
_ERROR = "A calibration error is the mean distance between confidence and accuracy over bins of items."
#: The parts of the Brier score, and which way each is better.
_PARTS = {"reliability": Better.LOWER, "resolution": Better.HIGHER, "uncertainty": Better.NEITHER,
          "within": Better.NEITHER}


@dimension("calibration", place=2)
def calibration(subject: Subject) -> Iterator[Finding]:
    """Calibration: whether the model knows how likely it is to be right.

    ## What it is

    The confidence of a model in an item is the probability of its likeliest choice. A calibrated model is right in
    seven of ten items that it answers with confidence .7.

    - Brier score, all choices: the squared distance between the probabilities and the right choice, 0 to 2.
    - Brier score, chosen answer: the squared distance between confidence and right or wrong, 0 to 1, in parts:
      reliability (confidence that does not come true) - resolution (telling right from wrong answers) +
      uncertainty (from the accuracy alone) + what the bins smooth over.
    - Expected calibration error: the mean distance between confidence and accuracy over ten bins of equally many
      items, beside that of bins of equal width and of a single bin.
    - Selective accuracy: the accuracy of the surest answers, over all shares of them, and of the surest tenth.

    ## How it is computed

    Probabilities are the softmax of the log-likelihoods of the choices; where the headline is `acc_norm`, of the
    log-likelihoods for each character, since that is how it chooses. Each result says which. Errors are L1 and not
    debiased. Intervals leave out clusters of items one by one (jackknife, Student's t), or from 50 clusters on draw
    them again (BCa); below five there is none. That of the error takes off the bias that drawing adds. Beside the error
    stands the one that perfectly calibrated answers with the same confidences would show, items of a cluster being as
    alike as they are: an error that is no greater shows no fault, and its interval reaches down to 0. Equally sure
    answers share a bin, and count with their mean in selective accuracy. Below 300 items there are Brier scores alone.

    ## Source

    Guo et al. 2017, arXiv 1706.04599; Kumar, Liang and Ma 2019, arXiv 1909.10155 (bins); Brier 1950; Murphy 1973 and
    Stephenson et al. 2008 (parts); Broecker and Smith 2007 (the error of a calibrated model); Liang et al. 2022,
    arXiv 2211.09110, section 4.4.

    ## How it differs from HELM's number

    HELM takes log-likelihoods for each token, or subtracts those of the choice without its question; neither is in the
    ledger. It gives no Brier score, corrects by Platt scaling fitted to the same items (left out here: it flatters),
    breaks ties by the order of sorting, and reads the accuracy of the surest tenth one place too far (given as well).

    ## What it cannot say

    Anything about generated text, whose probability the harness does not keep. A Brier score is no calibration error:
    it is low for a model that is right, too. Reliability and resolution, as the error, are too high on few items, and
    the interval of a small error holds it less often than it should (`benchmarks/calibration_error.py`). Confidence
    among the choices that are offered is not confidence in the answer.
    """
    found = chosen_of(subject)
    if isinstance(found, str):
        yield NotMeasured("calibration", found)
    else:
        yield from _judged(found)


def _judged(found: Chosen) -> Iterator[Finding]:
    yield from _brier(found)
    confidence = found.choices.confidence
    known = calibrate(confidence, found.correct, found.clusters)
    if known is None:
        yield NotMeasured("calibration error, selective accuracy",
                          f"It has {len(confidence)} items; it needs {FEWEST_ITEMS}. Of fewer, both are mostly noise.")
        return
    yield _parts(found)
    yield _errors(known)
    yield _selective(found)


def _brier(found: Chosen) -> Iterator[Finding]:
    values, said = [], [_BRIER, _rule(found)]
    if found.golds is None:
        yield NotMeasured("Brier score, all choices", found.no_golds)
    else:
        scores = multiclass(found.choices.probabilities, found.golds).tolist()
        equal = float(np.mean([1 - 1 / len(one) for one in found.choices.probabilities]))
        score = Value.of_mean("Brier score, all choices (0 to 2)", summarise("mean", scores, found.clusters),
                              Better.LOWER)
        values.append(replace(score, guess=equal))
    scores = binary(found.choices.confidence, found.correct).tolist()
    values.append(Value.of_mean("Brier score, chosen answer (0 to 1)", summarise("mean", scores, found.clusters),
                                Better.LOWER))
    yield Measured(tuple(values), tuple(said))


def _rule(found: Chosen) -> str:
    unit = " (characters)" if found.metric == "acc_norm" else ""
    return f"Confidence: {found.choices.rule}{unit}; right and wrong by {found.metric}."


def _parts(found: Chosen) -> Finding:
    confidence, correct = found.choices.confidence, found.correct

    def part(name: str) -> Value:
        def statistic(rows: Rows) -> float:
            held = confidence[rows]
            return float(getattr(decompose(held, correct[rows], mass_index(held).tolist()), name))

        return _resampled(f"Brier score, chosen answer: {name}", statistic, found, _PARTS[name], Unit.SCORE)

    return Measured(tuple(map(part, _PARTS)))


def _errors(known: Calibration) -> Finding:
    mean, upper = known.if_calibrated
    said = (f"Perfectly calibrated answers with these confidences would show an error of {100 * mean:.1f} points on "
            f"average, and of more than {100 * upper:.1f} points in one case of forty.")
    error = "calibration error"
    return Measured((
        Value(f"{error}, 10 bins of equal mass", known.ece, known.interval, known.n, known.method, Better.LOWER,
              Unit.POINTS.value),
        Value(f"{error}, 10 bins of equal width", known.equal_width, None, known.n, "for contrast", Better.LOWER,
              Unit.POINTS.value),
        Value(f"{error}, one bin", known.one_bin, None, known.n, "for contrast", Better.LOWER, Unit.POINTS.value),
    ), (_ERROR, said), known.bins)


def _selective(found: Chosen) -> Finding:
    confidence, correct = found.choices.confidence, found.correct
    whole = selective(confidence, correct)
    area = _resampled("accuracy over all shares of the surest answers",
                      lambda rows: selective(confidence[rows], correct[rows]).area, found, Better.HIGHER,
                      Unit.PROPORTION)
    top = _resampled(f"accuracy of the surest {SHARE:.0%}",
                     lambda rows: selective(confidence[rows], correct[rows]).top, found, Better.HIGHER, Unit.PROPORTION)
    helm = Value("accuracy at HELM's place for the surest 10%", whole.helm_top, None, whole.helm_top_n,
                 "for contrast", Better.HIGHER, Unit.PROPORTION.value)
    said = "The surest answers are those of the highest confidence; HELM's place takes one answer more than int(.1 n)."
    return Measured((area, replace(top, n=whole.top_n), helm), (said,))


def _resampled(name: str, statistic: Callable[[Rows], float], found: Chosen, better: Better, unit: Unit) -> Value:
    """A number that is no mean, with the interval of leaving clusters out; its ends stay where it can lie."""
    least, n = -1.0 if better is Better.NEITHER else 0.0, len(found.clusters)
    drawn = resampled(statistic, found.clusters, least=least, most=1.0)
    return Value(name, statistic(np.arange(n)), drawn.interval, n, drawn.method, better, unit.value)
