"""What a worker gives back is outside data: contributed code ran there, so everything it says is checked here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from commons.errors import BrokenResult
from commons.harness.rendering import TaskRendering
from commons.harness.scoring import ScoreJob, ScoreResult
from commons.harness.trial import ProbeJob, ProbeResult, WorkerError
from commons.lint.findings import plain
from commons.pool.items import MAX_ROWS
from commons.pool.task import Task
from commons.stats.aggregate import AGGREGATIONS

#: What no honest task goes beyond: metrics and filters (rows have a column for each pair), requests of an item,
#: characters of a name, and numbers, so that no sum over items overflows.
_MOST_METRICS = 64
_MOST_ASKED = 2000
_LONGEST_NAME = 500
_LARGEST = 1e100

_MEND = "Look at the task's hooks: only the harness may write the result of a worker."


def check_rendering(rendering: TaskRendering, task: Task) -> None:
    """Refuse a rendering that no honest worker gives.

    Raises:
        BrokenResult: another task's, without items, metrics or requests, with more of them than the task can have, ids
            used twice, places that lead nowhere, aggregations that cannot be recomputed, or text that is no text.
    """
    _refuse_first(f"The rendering of `{task.name}` cannot be used", {
        "it has more metrics or filters than any task": max(len(rendering.metrics), len(rendering.filters))
        > _MOST_METRICS,
        "it has more items than the task has rows": len(rendering.items) > _most_items(task),
        "it has other repeats than the task": rendering.repeats != task.config.repeats,
        "an item asks too often": any(max(len(one.plain), len(one.chat)) > _MOST_ASKED for one in rendering.items),
        "a name is too long": any(len(one) > _LONGEST_NAME for one in _names(rendering)),
    })
    ids = Counter(item.id for item in rendering.items)
    places = {place for item in rendering.items for place in (*item.plain, *item.chat)}
    columns = rendering.metric_names
    _refuse_first(f"The rendering of `{task.name}` cannot be used", {
        "it is another task's": rendering.task != task.name,
        "it holds no items": not rendering.items,
        "an item id is used twice": any(count > 1 for count in ids.values()),
        "an item asks nothing": any(not item.plain or not item.chat for item in rendering.items),
        "an item asks what is not there, or nobody asks a request": places != set(range(len(rendering.requests))),
        "it has no metric or filter": not columns,
        "two metrics have one name": len(set(columns)) != len(columns),
        "a metric's aggregation is unknown": any(one.aggregation not in AGGREGATIONS for one in rendering.metrics),
        "a prompt holds half a character": not _is_text(rendering),
    })


def check_scores(result: ScoreResult, job: ScoreJob, rendering: TaskRendering) -> None:
    """Refuse grades that no honest worker gives.

    Raises:
        BrokenResult: items that were not asked, missing or twice; columns that were not declared; numbers that are
            not finite; or harness aggregates that are missing, without which there is no parity check.
    """
    rounds = {item.repeat for item in result.items} or set(range(min(1, len(job.items))))
    wanted = Counter({(item, repeat): 1 for item in job.items for repeat in rounds})
    columns = set(rendering.metric_names)
    numbers = [part for item in result.items for value in item.statistics.values()
               for part in (value if isinstance(value, tuple) else (value,))]
    _refuse_first(f"The grades of `{rendering.task}` cannot be used", {
        "it does not grade each item once": Counter((item.item, item.repeat) for item in result.items) != wanted,
        "its repeats are not counted from 0": rounds != set(range(len(rounds))) or len(rounds) > rendering.repeats,
        "an item has other metrics than declared": any(set(item.statistics) != columns for item in result.items),
        "a number is not finite, or beyond all measure": not all(abs(number) <= _LARGEST for number in numbers),
        "the harness's own numbers are missing": [set(one) for one in result.harness] != [columns] * len(rounds)
        and bool(job.items),
    })


def check_trial(
    results: Sequence[ProbeResult], probes: Sequence[ProbeJob], rendering: TaskRendering
) -> tuple[ProbeResult, ...]:
    """The results of a trial run, each held against its probe as :func:`check_scores` does.

    Grades that no honest worker gives become the error of their probe.

    Raises:
        BrokenResult: the results are not those of the probes.
    """
    if [one.name for one in results] != [one.name for one in probes]:
        raise BrokenResult(f"The trial run of `{rendering.task}` cannot be used: it is not of the probes that were "
                           "asked.", mend=_MEND)
    return tuple(_checked(result, probe, rendering) for result, probe in zip(results, probes, strict=True))


def _checked(result: ProbeResult, probe: ProbeJob, rendering: TaskRendering) -> ProbeResult:
    if result.error is not None or result.result is None:
        error = result.error or WorkerError(sentence="The worker gave neither grades nor an error.", mend=_MEND)
        safe = error.model_copy(update={"sentence": plain(error.sentence), "mend": plain(error.mend)})
        return ProbeResult(name=probe.name, error=safe)
    try:
        check_scores(result.result, ScoreJob(form="plain", answers={}, items=probe.items), rendering)
    except BrokenResult as broken:
        return ProbeResult(name=probe.name, error=WorkerError(sentence=broken.sentence, mend=broken.mend))
    return result


def _refuse_first(sentence: str, faults: Mapping[str, bool]) -> None:
    for what, found in faults.items():
        if found:
            raise BrokenResult(f"{sentence}: {what}.", mend=_MEND)


def _most_items(task: Task) -> int:
    """How many items a task can have: one for each line of its data, unless its own code makes them."""
    config = task.config
    paths = task.data_files.get(config.evaluated_split or "", [])
    if config.process_docs or config.task_class or config.custom_dataset or not paths:
        return MAX_ROWS
    return sum(path.read_bytes().count(b"\n") + 1 for path in paths)


def _names(rendering: TaskRendering) -> Iterator[str]:
    yield from (metric.name for metric in rendering.metrics)
    yield from (chain.name for chain in rendering.filters)
    for item in rendering.items:
        yield item.id
        yield item.cluster or ""


def _is_text(rendering: TaskRendering) -> bool:
    try:
        rendering.model_dump_json()
    except (UnicodeEncodeError, ValueError):
        return False
    return True
