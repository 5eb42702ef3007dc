"""Score: let the harness grade stored answers, and keep what each item contributes to each metric."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from lm_eval import evaluator
from lm_eval.api.metrics import _sacreformat
from lm_eval.api.model import LM

from commons.errors import BrokenResult
from commons.harness.capture import ProbingLM, ReplayingLM, draws
from commons.harness.loading import LoadedTask
from commons.harness.render import declared_filters, declared_metrics
from commons.harness.rendering import Form
from commons.harness.scoring import ScoredItem, ScoreJob, ScoreResult, Statistic
from commons.harness.trial import ProbeJob
from commons.stats.aggregate import corpus_scorer


def score(loaded: LoadedTask, job: ScoreJob) -> ScoreResult:
    """Grade the answers of ``job``. Executes contributed code.

    Where answers are sampled and every filter treats each answer by itself, each repeat is graded by itself;
    otherwise the harness sees all answers of an item at once and the item has one row.

    Raises:
        BrokenResult: a declared metric is missing for an item, is not finite, or is not of its aggregation's shape.
    """
    return _grade(loaded, job.form, job.items, lambda _, sample: ReplayingLM(job.answers, sample))


def grade_probe(loaded: LoadedTask, probe: ProbeJob) -> ScoreResult:
    """Grade the answers of a probe in plain form; as :func:`score`."""
    samples = _repeats(loaded)
    return _grade(loaded, "plain", probe.items, lambda ids, sample: ProbingLM(probe.answers, ids, samples, sample))


def _repeats(loaded: LoadedTask) -> int:
    """How many answers an item has. A greedy answer given K times is one answer."""
    return (loaded.harness.get_config("repeats") or 1) if draws(loaded.harness) else 1


def _grade(
    loaded: LoadedTask, form: Form, items: Sequence[str], model: Callable[[list[str], int | None], LM]
) -> ScoreResult:
    """Grade ``items`` by the harness; ``model`` makes who answers, from the items' ids and the sample to give."""
    harness, declared = loaded.harness, loaded.harness.get_config("repeats")
    repeats = _repeats(loaded)
    wanted = set(items)
    places = [index for index, name in enumerate(loaded.ids) if name in wanted]
    ids = [loaded.ids[place] for place in places]
    each_by_itself = all(chain.per_answer for chain in declared_filters(harness))
    samples = list(range(repeats)) if each_by_itself else [None if repeats > 1 else 0]
    harness.set_config(key="repeats", value=1 if each_by_itself else repeats)
    try:
        rounds = [_round(loaded, form, places, model(ids, sample)) for sample in samples]
    finally:
        harness.set_config(key="repeats", value=declared)
    found = tuple(
        ScoredItem(item=item, repeat=number, statistics=statistics)
        for number, (found, _) in enumerate(rounds)
        for item, statistics in found.items()
    )
    return ScoreResult(items=found, harness=tuple(aggregates for _, aggregates in rounds))


def _round(
    loaded: LoadedTask, form: Form, places: list[int], model: LM
) -> tuple[dict[str, dict[str, Statistic]], dict[str, float]]:
    harness = loaded.harness
    if not places:
        return {}, {}
    name = harness.config.task
    result = evaluator.evaluate(
        lm=model,
        task_dict={"tasks": {name: harness}, "groups": {}, "group_map": {}},
        samples=None if len(places) == len(loaded.ids) else {name: places},
        bootstrap_iters=0,
        log_samples=True,
        apply_chat_template=form == "chat",
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
