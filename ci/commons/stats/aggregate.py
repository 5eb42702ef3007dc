"""How item statistics become one number: the harness's aggregations, recomputed from sufficient statistics.

Each function takes one statistic for each item and equals the lm-evaluation-harness 0.4.13 aggregation of the same
name (``lm_eval/api/metrics.py``). Metrics that are no mean over items keep what is needed to recompute them:

=====================  ====================================  ==============================================
aggregation            statistic of one item                 value
=====================  ====================================  ==============================================
mean, nanmean, median  score                                 as named
brier_score            squared distance to the gold one-hot  mean
perplexity             log-likelihood (nats)                 exp(-mean)
weighted_perplexity    (log-likelihood, words or bytes)      exp(-sum ll / sum w)
bits_per_byte          (log-likelihood, bytes)               -sum ll / sum w / ln 2
f1, matthews_corrcoef  (gold, predicted)                     as in scikit-learn
bleu, chrf, chrf++     the counts of sacrebleu               as in sacrebleu
ter                    (edits, reference words)              100 * sum edits / sum words
=====================  ====================================  ==============================================

An aggregation written by a contributor (``aggregation: !function ...``) cannot be recomputed without running their
code, so it is refused: ``docs/decisions/0006-no-custom-aggregations.md``.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from typing import Any, Union

Statistic = Union[float, tuple[float, ...]]
Aggregation = Callable[[Sequence[Statistic]], float]


def _number(statistic: Statistic) -> float:
    if isinstance(statistic, tuple):
        raise TypeError("expected one number for each item, got a tuple")
    return statistic


def _tuple(statistic: Statistic) -> tuple[float, ...]:
    if not isinstance(statistic, tuple):
        raise TypeError("expected a tuple for each item, got one number")
    return statistic


def mean(statistics: Sequence[Statistic]) -> float:
    """The arithmetic mean, summed in order as the harness sums."""
    return sum(_number(one) for one in statistics) / len(statistics)


def median(statistics: Sequence[Statistic]) -> float:
    """The harness's median: the upper of the two middle values for an even count."""
    return sorted(_number(one) for one in statistics)[len(statistics) // 2]


def perplexity(statistics: Sequence[Statistic]) -> float:
    """Exp of the negative mean log-likelihood."""
    return math.exp(-mean(statistics))


def _weighted_mean(statistics: Sequence[Statistic]) -> float:
    pairs = [_tuple(one) for one in statistics]
    return sum(pair[0] for pair in pairs) / sum(pair[1] for pair in pairs)


def weighted_perplexity(statistics: Sequence[Statistic]) -> float:
    """Exp of the negative log-likelihood for each unit of weight (word or byte)."""
    return math.exp(-_weighted_mean(statistics))


def bits_per_byte(statistics: Sequence[Statistic]) -> float:
    """The negative log-likelihood for each byte, in bits."""
    return -_weighted_mean(statistics) / math.log(2)


def f1(statistics: Sequence[Statistic]) -> float:
    """Binary F1 of (gold, predicted) pairs."""
    from sklearn.metrics import f1_score

    golds, predictions = zip(*[_tuple(one) for one in statistics], strict=True)
    return float(f1_score([int(gold) for gold in golds], [int(one) for one in predictions]))


def matthews_corrcoef(statistics: Sequence[Statistic]) -> float:
    """Matthews' correlation coefficient of (gold, predicted) pairs."""
    from sklearn.metrics import matthews_corrcoef as coefficient

    golds, predictions = zip(*[_tuple(one) for one in statistics], strict=True)
    return float(coefficient([int(gold) for gold in golds], [int(one) for one in predictions]))


def corpus_scorer(metric: str) -> Any:
    """The sacrebleu scorer of ``metric``, with the settings that the harness uses."""
    kept: Any = importlib.import_module("sacrebleu.metrics")

    if metric == "chrf++":
        return kept.CHRF(word_order=2)
    return {"bleu": kept.BLEU, "chrf": kept.CHRF, "ter": kept.TER}[metric]()


def _corpus_score(metric: str, statistics: Sequence[Statistic]) -> float:
    """Sum sacrebleu's segment counts and let sacrebleu turn the sums into its corpus score."""
    scorer = corpus_scorer(metric)
    counts = [[int(part) if metric != "ter" else part for part in _tuple(one)] for one in statistics]
    return float(scorer._aggregate_and_compute(counts).score)


def bleu(statistics: Sequence[Statistic]) -> float:
    """Corpus BLEU with sacrebleu's defaults."""
    return _corpus_score("bleu", statistics)


def chrf(statistics: Sequence[Statistic]) -> float:
    """Corpus chrF with sacrebleu's defaults."""
    return _corpus_score("chrf", statistics)


def chrf_plus_plus(statistics: Sequence[Statistic]) -> float:
    """Corpus chrF++ (word order 2)."""
    return _corpus_score("chrf++", statistics)


def ter(statistics: Sequence[Statistic]) -> float:
    """Corpus translation edit rate with sacrebleu's defaults."""
    return _corpus_score("ter", statistics)


AGGREGATIONS: dict[str, Aggregation] = {
    "mean": mean,
    "nanmean": mean,
    "median": median,
    "brier_score": mean,
    "perplexity": perplexity,
    "weighted_perplexity": weighted_perplexity,
    "bits_per_byte": bits_per_byte,
    "f1": f1,
    "matthews_corrcoef": matthews_corrcoef,
    "bleu": bleu,
    "chrf": chrf,
    "chrf++": chrf_plus_plus,
    "ter": ter,
}

#: Aggregations that are a plain mean of item scores.
ITEM_MEANS = {"mean", "nanmean", "brier_score"}


def aggregate(name: str, statistics: Sequence[Statistic]) -> float:
    """The value of the aggregation ``name`` over one statistic for each item.

    Raises:
        KeyError: no such aggregation.
        ValueError: no items, or a value that is not finite.
    """
    if not statistics:
        raise ValueError("there are no items to aggregate")
    value = float(AGGREGATIONS[name](statistics))
    if not math.isfinite(value):
        raise ValueError(f"the aggregation {name} gives {value}")
    return value
