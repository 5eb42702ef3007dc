"""Render: build every request of a task, in plain and in chat form, and note what else decides its score."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lm_eval.api.registry import AGGREGATION_REGISTRY

from commons.errors import BrokenResult
from commons.harness.capture import CapturingLM, request_from_instance, sampled
from commons.harness.loading import LoadedTask
from commons.harness.rendering import FilterFacts, Form, ItemRendering, MetricFacts, TaskRendering
from commons.harness.requests import Request
from commons.pool.task import Task
from commons.stats.aggregate import AGGREGATIONS

#: Filters that treat each answer by itself, so that K sampled answers give K scores.
PER_ANSWER_FILTERS = {
    "regex", "multi_choice_regex", "regex_pos", "format_span", "lowercase", "uppercase", "map", "remove_whitespace",
    "take_first",
}


def render(loaded: LoadedTask) -> TaskRendering:
    """Render a loaded task. Executes contributed code.

    Raises:
        BrokenResult: the harness builds no requests, or a setting cannot be recomputed from rows.
    """
    task = loaded.task
    places: dict[str, int] = {}
    requests: list[Request] = []

    def place(request: Request) -> int:
        if request.digest not in places:
            places[request.digest] = len(requests)
            requests.append(request)
        return places[request.digest]

    plain = _indices(loaded, "plain", place)
    chat = _indices(loaded, "chat", place)
    items = tuple(
        _item(task, loaded, index, tuple(plain[index]), tuple(chat[index])) for index in range(len(loaded.ids))
    )
    harness = loaded.harness
    return TaskRendering(
        task=task.name,
        output_type=harness.OUTPUT_TYPE,
        num_fewshot=harness.get_config("num_fewshot"),
        repeats=harness.get_config("repeats") or 1,
        generation=_json(harness.get_config("generation_kwargs")) if harness.OUTPUT_TYPE == "generate_until" else None,
        metrics=declared_metrics(harness),
        filters=declared_filters(harness),
        own_grader=harness.get_config("process_results") is not None,
        requests=tuple(requests),
        items=items,
    )


def build_requests(loaded: LoadedTask, form: Form, model: CapturingLM) -> None:
    """Let the harness build its instances in ``form``; chats are kept as several turns."""
    chat = form == "chat"
    loaded.harness.build_all_requests(
        rank=0, world_size=1, apply_chat_template=chat, fewshot_as_multiturn=True,
        chat_template=model.apply_chat_template if chat else None,
    )


def _indices(loaded: LoadedTask, form: Form, place: Callable[[Request], int]) -> list[list[int]]:
    build_requests(loaded, form, CapturingLM())
    found: list[list[int]] = [[] for _ in loaded.ids]
    for instance in sorted(loaded.harness.instances, key=lambda one: (one.doc_id, one.idx)):
        if dict(instance.doc) != loaded.documents[instance.doc_id]:
            raise BrokenResult("The task's prompts are made from other items than its golds.",
                               mend="Let `process_docs` give the same items in the same order every time.")
        for sample in sampled(instance) or (None,):
            found[instance.doc_id].append(place(request_from_instance(instance, sample)))
    return found


def _item(task: Task, loaded: LoadedTask, index: int, plain: tuple[int, ...], chat: tuple[int, ...]) -> ItemRendering:
    harness, document = loaded.harness, loaded.documents[index]
    fields = task.card.fields
    cluster = document.get(fields.cluster) if fields.cluster else None
    choices = harness.doc_to_choice(document) if getattr(harness.config, "doc_to_choice", None) is not None else None
    return ItemRendering(
        id=loaded.ids[index],
        cluster=None if cluster is None else str(cluster),
        choices=None if choices is None else tuple(str(choice) for choice in choices),
        gold=_gold(harness, document),
        plain=plain,
        chat=chat,
    )


def _gold(harness: Any, document: Mapping[str, Any]) -> int | str | tuple[int, ...] | tuple[str, ...] | None:
    if harness.OUTPUT_TYPE == "loglikelihood_rolling":
        return None
    gold = harness.doc_to_text(document) if getattr(harness, "multiple_input", 0) else harness.doc_to_target(document)
    if isinstance(gold, (list, tuple)):
        whole = all(isinstance(one, int) for one in gold)
        return tuple(int(one) for one in gold) if whole else tuple(str(one) for one in gold)
    if isinstance(gold, int) and not isinstance(gold, bool):
        return gold
    return gold if isinstance(gold, str) else json.dumps(_json(gold), ensure_ascii=False, sort_keys=True)


def declared_metrics(harness: Any) -> tuple[MetricFacts, ...]:
    """The metrics that a loaded task declares, each with an aggregation that rows can reproduce."""
    names = {function: name for name, function in AGGREGATION_REGISTRY.items()}
    _refuse_repeated("metric", [str(entry["metric"]) for entry in harness.get_config("metric_list") or ()])
    arguments = getattr(harness, "_metric_fn_kwargs", {})
    facts = []
    for metric, function in harness.aggregation().items():
        aggregation = names.get(function, "")
        if aggregation not in AGGREGATIONS:
            sentence = f"The metric `{metric}` is aggregated by code that cannot be recomputed from rows."
            raise BrokenResult(sentence, mend="Return a score for each item and use `aggregation: mean`.")
        facts.append(MetricFacts(
            name=metric, aggregation=aggregation, higher_is_better=bool(harness.higher_is_better()[metric]),
            arguments=_json(arguments.get(metric) or {}),
        ))
    if not facts:
        raise BrokenResult("The task declares no metric.", mend="Add a `metric_list`.")
    return tuple(facts)


def declared_filters(harness: Any) -> tuple[FilterFacts, ...]:
    """The filter chains that a loaded task declares."""
    chains = harness.get_config("filter_list")
    if not chains:
        return (FilterFacts(name="none", steps=["take_first"], per_answer=True),)
    _refuse_repeated("filter", [chain["name"] for chain in chains])
    return tuple(
        FilterFacts(
            name=chain["name"], steps=_json(chain["filter"]),
            per_answer=_is_per_answer([step["function"] for step in chain["filter"]]),
        )
        for chain in chains
    )


def _is_per_answer(functions: list[Any]) -> bool:
    """Whether a chain grades one answer: each step treats answers by themselves, and one of them picks one."""
    return "take_first" in functions and all(function in PER_ANSWER_FILTERS for function in functions)


def _refuse_repeated(kind: str, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BrokenResult(f"The {kind} `{twice}` is declared twice; the harness would keep one and drop the other.",
                           mend="Give each a name of its own.")


def _json(value: Any) -> Any:
    """``value`` as JSON; a function becomes its name (its source enters through the hooks' digest)."""
    return json.loads(json.dumps(value, default=lambda one: getattr(one, "__qualname__", None) or str(one)))
