"""One measurement: a task's answers graded, its rows made, its numbers computed, its cell complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commons.engines.base import EngineFacts
from commons.evaluate.metrics import MetricRule, check_parity, metrics_of
from commons.evaluate.rows import complete_items, published, rows_of
from commons.harness import FEWSHOT_SEED, HARNESS_VERSION
from commons.harness.fingerprint import task_parts
from commons.harness.rendering import Form, TaskRendering
from commons.harness.requests import Answer
from commons.harness.sandbox import Confinement
from commons.harness.scoring import ScoreJob, ScoreResult
from commons.harness.session import score_task
from commons.pool.cell import CANONICAL, Cell, Identity, Protocol, Provenance, Transcript
from commons.pool.hashing import CellKey, model_parts, protocol_parts
from commons.pool.models import Model
from commons.pool.rendered import RenderedHeader, RenderedItem, RenderedItems, shared_header
from commons.pool.task import Task
from commons.variants.varied import VARIANT, Varied


@dataclass(frozen=True)
class Measured:
    """What is known once every request of a cell was asked. ``task`` is the varied one where the cell is a variant."""

    task: Task
    model: Model
    rendering: TaskRendering
    key: CellKey
    answers: Mapping[str, Answer]
    facts: EngineFacts
    varied: Varied | None = None

    @property
    def form(self) -> Form:
        """How the task was put."""
        return self.model.form


def cell_of(
    measured: Measured, transcript: Transcript, provenance: Provenance, salt: str,
    confinement: Confinement = Confinement.SANDBOX,
) -> Cell:
    """Grade the answers in a worker and make the cell.

    Raises:
        CommonsError: grading failed, or our numbers are not the harness's.
    """
    rendering, form = measured.rendering, measured.form
    items = complete_items(rendering, form, measured.answers)
    answers = {
        digest: answer for digest, answer in measured.answers.items() if answer.outcome.has_score
    }
    job = ScoreJob(form=form, answers=answers, items=items)
    result = score_task(measured.task, rendering, job, confinement)
    _check_against_harness(rendering, result)
    rows = published(rows_of(rendering, form, measured.answers, result.items), measured.task.card.publish, salt)
    rules = {
        column: MetricRule(fact.aggregation, fact.higher_is_better)
        for column in rendering.metric_names
        for fact in [rendering.metric(column)]
    }
    return Cell(
        identity=_identity(measured),
        protocol=_protocol(measured),
        publish=measured.task.card.publish,
        metric_names=rendering.metric_names,
        metrics=metrics_of(rows, rendering.metric_names, rules),
        rows=rows,
        transcript=transcript,
        provenance=provenance,
        inputs={
            "task": task_parts(rendering),
            "model": model_parts(measured.model),
            "protocol": {name: str(value) for name, value in protocol_parts(HARNESS_VERSION).items()},
        } | ({} if measured.varied is None else {VARIANT: measured.varied.inputs}),
    )


def rendered_items(rendering: TaskRendering, task: Task) -> RenderedItems:
    """What readers see of the items: the prompt before any chat template, choices and gold."""
    prompts = [rendering.requests[item.plain[0]].prompt_text for item in rendering.items]
    header = shared_header(prompts) if rendering.output_type != "loglikelihood_rolling" else ""
    items = [
        RenderedItem(item=item.id, prompt=prompt.removeprefix(header), choices=item.choices,
                     gold=tuple(str(one) for one in item.gold) if isinstance(item.gold, tuple) else item.gold)
        for item, prompt in zip(rendering.items, prompts, strict=True)
    ]
    return RenderedItems(
        RenderedHeader(task=task.name, task_hash=rendering.task_hash, output_type=rendering.output_type,
                       canary=task.card.canary, header=header, own_grader=rendering.own_grader),
        tuple(sorted(items, key=lambda item: item.item)),
    )


def _check_against_harness(rendering: TaskRendering, result: ScoreResult) -> None:
    for repeat, aggregates in enumerate(result.harness):
        for column, value in aggregates.items():
            statistics = [one.statistics[column] for one in result.items if one.repeat == repeat]
            check_parity(column, rendering.metric(column).aggregation, statistics, value)


def _identity(measured: Measured) -> Identity:
    return Identity(
        task=measured.task.name,
        model=measured.model.id,
        variant=CANONICAL if measured.varied is None else measured.varied.name,
        comparability_version=measured.task.card.comparability_version,
        cell_key=measured.key.key,
        task_hash=measured.key.task_hash,
        model_hash=measured.key.model_hash,
        protocol_hash=measured.key.protocol_hash,
    )


def _protocol(measured: Measured) -> Protocol:
    return Protocol(
        form=measured.form,
        num_fewshot=measured.rendering.num_fewshot,
        seeds={"fewshot": FEWSHOT_SEED},
        chat_template_sha256=measured.facts.chat_template_sha256,
        system_prompt_sha256=None,
        generation=measured.rendering.generation,
        context_length=measured.facts.context_length,
    )
