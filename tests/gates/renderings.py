"""Small materials for pure tests: a task folder that no harness has seen, and a rendering written by hand."""

from __future__ import annotations

from pathlib import Path

from commons.gates.frames import plain_frame
from commons.gates.material import Material
from commons.gates.running import rows_of
from commons.gates.scale import scale_of
from commons.harness.rendering import FilterFacts, ItemRendering, MetricFacts, TaskRendering
from commons.harness.requests import Request
from commons.pool.task import read_task
from tests.builders import TaskSpec, write_task


def choice_rendering(name: str, rows: list[dict[str, object]], metric: str = "acc") -> TaskRendering:
    """A multiple-choice rendering of rows with `q`, `c` and `a`."""
    requests: list[Request] = []
    items = []
    for index, row in enumerate(rows):
        choices = tuple(str(one) for one in row["c"])  # type: ignore[attr-defined]
        plain = []
        for choice in choices:
            request = Request(kind="loglikelihood", prompt=str(row["q"]), continuation=f" {choice}")
            if request not in requests:
                requests.append(request)
            plain.append(requests.index(request))
        items.append(ItemRendering(id=f"t{index}", cluster=None, choices=choices, gold=row["a"],  # type: ignore[arg-type]
                                   plain=tuple(plain), chat=tuple(plain)))
    return _rendering(name, "multiple_choice", metric, "mean", requests, items)


def text_rendering(
    name: str, rows: list[dict[str, object]], until: list[str], metric: str = "exact_match", aggregation: str = "mean"
) -> TaskRendering:
    """A generation rendering of rows with `q` and `a`."""
    requests = [Request(kind="generate_until", prompt=str(row["q"]), generation={"until": list(until)}) for row in rows]
    items = [
        ItemRendering(id=f"t{index}", cluster=None, choices=None, gold=row["a"],  # type: ignore[arg-type]
                      plain=(index,), chat=(index,))
        for index, row in enumerate(rows)
    ]
    return _rendering(name, "generate_until", metric, aggregation, requests, items)


def _rendering(
    name: str, output_type: str, metric: str, aggregation: str, requests: list[Request], items: list[ItemRendering]
) -> TaskRendering:
    return TaskRendering(
        task=name, output_type=output_type, num_fewshot=0, repeats=1, generation=None,  # type: ignore[arg-type]
        metrics=(MetricFacts(name=metric, aggregation=aggregation, higher_is_better=True, arguments={}),),
        filters=(FilterFacts(name="none", steps=["take_first"], per_answer=True),), hooks_sha256=None,
        requests=tuple(requests), items=tuple(items),
    )


def material(root: Path, spec: TaskSpec, rendering: TaskRendering) -> Material:
    """The material of a task folder with a rendering written by hand."""
    task = read_task(write_task(root, spec))
    return Material(task, rendering, rendering.items, rows_of(task), scale_of(task.card, rendering, rendering.items),
                    plain_frame)
