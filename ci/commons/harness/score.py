"""Score: let the harness grade stored answers, and keep what each item contributes to each metric."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lm_eval import evaluator
from lm_eval.api.metrics import _sacreformat

from commons.errors import BrokenResult
from commons.harness.capture import ReplayingLM, draws
from commons.harness.loading import LoadedTask, load
from commons.harness.render import declared_filters, declared_metrics
from commons.harness.scoring import ScoredItem, ScoreJob, ScoreResult, Statistic
from commons.pool.task import Task
from commons.stats.aggregate import corpus_scorer


def score(task: Task, job: ScoreJob) -> ScoreResult:
    """Grade the answers of ``job``. Executes contributed code.

    Where answers are sampled and every filter treats each answer by itself, each repeat is graded by itself;
    otherwise the harness sees all answers of an item at once and the item has one row.

    Raises:
        BrokenResult: a declared metric is missing for an item, is not finite, or is not of its aggregation's shape.
    """
    loaded = load(task)
    repeats = loaded.harness.get_config("repeats") or 1
    if repeats > 1 and not draws(loaded.harness):
        # A greedy answer given K times is one answer.
        repeats = 1
        loaded.harness.set_config(key="repeats", value=1)
    each_by_itself = all(chain.per_answer for chain in declared_filters(loaded.harness))
    if repeats > 1 and each_by_itself:
        loaded.harness.set_config(key="repeats", value=1)
        rounds = [_round(loaded, job, sample) for sample in range(repeats)]
    else:
        rounds = [_round(loaded, job, None if repeats > 1 else 0)]
    items = tuple(
        ScoredItem(item=item, repeat=number, statistics=statistics)
        for number, (found, _) in enumerate(rounds)
        for item, statistics in found.items()
    )
    return ScoreResult(items=items, harness=tuple(aggregates for _, aggregates in rounds))


def _round(
    loaded: LoadedTask, job: ScoreJob, sample: int | None
) -> tuple[dict[str, dict[str, Statistic]], dict[str, float]]:
    harness = loaded.harness
    wanted = set(job.items)
    places = [index for index, name in enumerate(loaded.ids) if name in wanted]
    if not places:
        return {}, {}
    model = ReplayingLM(job.answers, sample)
    name = harness.config.task
    result = evaluator.evaluate(
        lm=model,
        task_dict={"tasks": {name: harness}, "groups": {}, "group_map": {}},
        samples=None if len(places) == len(loaded.ids) else {name: places},
        bootstrap_iters=0,
        log_samples=True,
        apply_chat_template=job.form == "chat",
        fewshot_as_multiturn=True,
        confirm_run_unsafe_code=True,
    )
    statistics: dict[str, dict[str, Statistic]] = {loaded.ids[place]: {} for place in places}
    metrics = declared_metrics(harness)
    for logged in result["samples"][name]:
        item = loaded.ids[logged["doc_id"]]
        for metric in metrics:
            if metric.name not in logged:
                raise BrokenResult(f"The metric `{metric.name}` is missing for the item `{item}`.",
                                   mend="Let process_results return every declared metric for every item.")
            column = f"{metric.name},{logged['filter']}"
            statistics[item][column] = statistic_of(metric.aggregation, logged[metric.name], f"`{column}` of `{item}`")
    columns = next(iter(statistics.values()))
    aggregates = {column: float(result["results"][name][column]) for column in columns}
    return statistics, aggregates


def statistic_of(aggregation: str, raw: Any, what: str) -> Statistic:
    """What one item contributes: the harness's raw value in the shape that the aggregation is recomputed from.

    Raises:
        BrokenResult: the value does not fit the aggregation, or is not finite; ``what`` names it.
    """
    try:
        value = _SHAPES.get(aggregation, float)(raw)
    except (TypeError, ValueError) as error:
        # The value itself may be a withheld text, so only its kind is named.
        kind = type(raw).__name__
        raise BrokenResult(f"The value for {what}, a {kind}, does not fit the aggregation `{aggregation}`.",
                           mend="Return one number for each item.") from error
    if not all(math.isfinite(part) for part in (value if isinstance(value, tuple) else (value,))):
        raise BrokenResult(f"The value for {what} is not a finite number.",
                           mend="Return a finite number; give an item that cannot be graded a score of its own.")
    return value


def _pair(raw: Any) -> tuple[float, ...]:
    first, second = raw
    return float(first), float(second)


def _brier(raw: Any) -> float:
    gold, probabilities = raw
    return float(sum((float(p) - (index == gold)) ** 2 for index, p in enumerate(probabilities)))


def _segment_counts(metric: str) -> Callable[[Any], tuple[float, ...]]:
    def counts(raw: Any) -> tuple[float, ...]:
        references, predictions = _sacreformat([raw[0]], [raw[1]])
        segments = corpus_scorer(metric)._extract_corpus_statistics(predictions, references)
        return tuple(float(part) for part in segments[0])

    return counts


_SHAPES: dict[str, Callable[[Any], Statistic]] = {
    "weighted_perplexity": _pair,
    "bits_per_byte": _pair,
    "f1": _pair,
    "matthews_corrcoef": _pair,
    "brier_score": _brier,
    "bleu": _segment_counts("bleu"),
    "chrf": _segment_counts("chrf"),
    "chrf++": _segment_counts("chrf++"),
    "ter": _segment_counts("ter"),
}
