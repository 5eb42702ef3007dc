"""Running the gates: one session renders and grades, every gate judges, and no broken step hides the others."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from commons.errors import BrokenResult, CannotRun, CommonsError
from commons.gates.base import Gate, GateReport, Judged, Place, could_not_run, failed
from commons.gates.catalogue import all_gates
from commons.gates.frames import frame_of
from commons.gates.material import Material
from commons.gates.policy import HOSTILE_SECONDS, MAX_ITEMS
from commons.gates.probes import Probe, rng
from commons.gates.proofs.loads import LOADS
from commons.gates.scale import scale_of
from commons.gates.trial import Clock, ProbeOutcome, Stopped, Trial
from commons.gates.words import whole
from commons.harness.rendering import TaskRendering
from commons.harness.scoring import ScoreResult, Statistic
from commons.harness.session import place_of
from commons.harness.trial import ProbeJob, ProbeResult, WorkerError
from commons.lint.findings import plain
from commons.lint.subject import TaskSubject
from commons.pool.items import DataRow, item_ids
from commons.pool.task import Task

Say = Callable[[str], None]


class Session(Protocol):
    """What the gates need of a harness session; ``commons.harness.session.WorkerSession`` is one."""

    def render(self) -> TaskRendering:
        """Render the task."""

    def trial(
        self, rendering: TaskRendering, probes: Sequence[ProbeJob], *, seconds: float | None = None
    ) -> Sequence[ProbeResult]:
        """Grade probes, within ``seconds`` where they are given."""


@dataclass(frozen=True)
class Trials:
    """The reports of the gates, and the trial they judged, where there was one."""

    gates: tuple[GateReport, ...]
    trial: Trial | None = None


def run_gates(
    task: Task, session: Session, *, most: int = int(MAX_ITEMS.value), say: Say = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Trials:
    """Try ``task`` in an open ``session``, on at most ``most`` items."""
    gates = all_gates()
    began = clock()
    try:
        say("loading and rendering")
        rendering = session.render()
        material = material_of(task, rendering, most)
    except CommonsError as error:
        return Trials(_unloaded(gates, error))
    rendered = clock() - began
    plans = {gate.name: _planned(gate, material) for gate in gates}
    probes = [probe for plan in plans.values() if not isinstance(plan, Judged) for probe in plan]
    say(f"grading {len(probes)} probes on {len(material.items)} items")
    began = clock()
    try:
        outcomes, graded = _graded(session, rendering, probes, task)
    except CommonsError as error:
        return Trials(_ungraded(gates, error))
    time_taken = Clock(rendered, clock() - began, graded)
    trial = Trial(material, outcomes, time_taken, _same_rendering(session, rendering))
    return Trials(tuple(gate.report(_judged(gate, trial, plans[gate.name])) for gate in gates), trial)


def material_of(task: Task, rendering: TaskRendering, most: int) -> Material:
    """What the gates work on: at most ``most`` items, drawn by the seed.

    Raises:
        BrokenResult: the card's headline is no metric of the task.
    """
    items = rendering.items
    if len(items) > most:
        kept = set(rng("items").sample([item.id for item in items], most))
        items = tuple(item for item in items if item.id in kept)
    try:
        scale = scale_of(task.card, rendering, items)
    except KeyError as error:
        column = str(error.args[0])
        raise BrokenResult(
            f"The card's headline `{column}` is none of the task's metrics ({', '.join(rendering.metric_names)}).",
            where=task.card_document.where(("headline",)),
            mend="Name a metric and a filter that the configuration declares.",
        ) from error
    return Material(task, rendering, items, rows_of(task), scale, frame_of(task.config, task.card, rendering))


def rows_of(task: Task) -> Mapping[str, DataRow]:
    """The rows of the evaluated split by item id."""
    rows = TaskSubject(task.folder).items
    return dict(zip(item_ids([row.values for row in rows], task.card.fields), rows, strict=True))


def _planned(gate: Gate, material: Material) -> tuple[Probe, ...] | Judged:
    try:
        return tuple(gate.probes(material))
    except Exception as error:  # noqa: BLE001  (a gate's own fault must neither stop the others nor stay unseen)
        return _own_fault(gate, error)


def _judged(gate: Gate, trial: Trial, plan: tuple[Probe, ...] | Judged) -> Judged:
    if isinstance(plan, Judged):
        return plan
    try:
        return gate.judge(trial)
    except Exception as error:  # noqa: BLE001  (as above)
        return _own_fault(gate, error)


def _own_fault(gate: Gate, error: Exception) -> Judged:
    sentence = f"The gate {gate.name} failed on this task ({type(error).__name__}: {plain(str(error))})."
    return could_not_run(sentence, "Report it with this sentence; the fault is not in your files.")


def _graded(
    session: Session, rendering: TaskRendering, probes: Sequence[Probe], task: Task
) -> tuple[dict[str, ProbeOutcome], int]:
    """Every probe's outcome, and how many were graded: equal answers are graded once."""
    alike: dict[tuple[object, ...], str] = {}
    same_as: dict[str, str] = {}
    again = {probe.name for probe in probes if probe.fresh}
    jobs: dict[str, list[ProbeJob]] = {"first": [], "any": [], "last": []}
    for probe in probes:
        key = tuple((item, answers) for item, answers in probe.answers.items())
        hashed = (probe.name,) if probe.fresh else tuple(
            (item, *((one.text, one.loglikelihood, one.is_greedy) for one in answers)) for item, answers in key
        )
        same_as[probe.name] = alike.setdefault(hashed, probe.name)
        if same_as[probe.name] == probe.name:
            jobs[probe.turn].append(ProbeJob(name=probe.name, items=probe.items, answers=dict(probe.answers)))
    # In another order each time, so that a grader learns nothing from the place; what is graded again comes last.
    secrets.SystemRandom().shuffle(jobs["any"])
    jobs["any"].sort(key=lambda job: job.name in again)
    results = {result.name: result for result in session.trial(rendering, [*jobs["first"], *jobs["any"]])}
    results |= _last(session, rendering, jobs["last"])
    outcomes = {probe.name: _outcome(probe, results.get(same_as[probe.name]), task) for probe in probes}
    return outcomes, len(results)


def _last(session: Session, rendering: TaskRendering, jobs: Sequence[ProbeJob]) -> dict[str, ProbeResult]:
    """The probes that may stop the grader: what stops it is their result, and takes no other probe's away."""
    if not jobs:
        return {}
    try:
        return {one.name: one for one in session.trial(rendering, jobs, seconds=HOSTILE_SECONDS.value)}
    except CommonsError as error:
        stopped = WorkerError(sentence=plain(error.sentence), mend=plain(error.mend))
        return {job.name: ProbeResult(name=job.name, result=None, error=stopped) for job in jobs}


def _outcome(probe: Probe, result: ProbeResult | None, task: Task) -> ProbeOutcome:
    if result is None or result.result is None:
        error = result.error if result and result.error else WorkerError(sentence="no grades came back.")
        return ProbeOutcome(probe, {}, {}, _stopped(error, task))
    everything = _by_item(result.result, set(probe.items))
    column = f"{task.card.headline.metric},{task.card.headline.filter}"
    return ProbeOutcome(probe, {item: found[column] for item, found in everything.items()}, everything)


def _by_item(result: ScoreResult, items: set[str]) -> dict[str, dict[str, tuple[Statistic, ...]]]:
    found: dict[str, dict[str, tuple[Statistic, ...]]] = {}
    for one in result.items:
        if one.item in items:
            columns = found.setdefault(one.item, {})
            for column, value in one.statistics.items():
                columns[column] = (*columns.get(column, ()), value)
    return found


def _stopped(error: WorkerError, task: Task) -> Stopped:
    where = place_of(error, task) if error.path else None
    return Stopped(whole(plain(error.sentence)), where, whole(plain(error.mend)))


def _same_rendering(session: Session, rendering: TaskRendering) -> bool:
    """Whether a second rendering is the same; one that breaks where the first did not is another."""
    try:
        return session.render().task_hash == rendering.task_hash
    except CommonsError:
        return False


def _unloaded(gates: Iterable[Gate], error: CommonsError) -> tuple[GateReport, ...]:
    """The first gate says why the task does not load; the others that they were not reached."""
    say = _cannot(error) if isinstance(error, CannotRun) else _fault(error)
    rest = could_not_run("The task could not be loaded; see the gate `loads`.")
    return tuple(gate.report(say if gate.name == LOADS else rest) for gate in gates)


def _ungraded(gates: Iterable[Gate], error: CommonsError) -> tuple[GateReport, ...]:
    rest = could_not_run("Nothing could be graded; see the gate `metrics`.")
    return tuple(gate.report(_fault(error) if gate.name == "metrics" else rest) for gate in gates)


def _fault(error: CommonsError) -> Judged:
    places = (Place("", error.where),) if error.where else ()
    return failed(whole(plain(error.sentence)), whole(plain(error.mend)), places=places)


def _cannot(error: CommonsError) -> Judged:
    return could_not_run(plain(error.sentence), plain(error.mend))


def not_reached(reason: str, mend: str = "") -> tuple[GateReport, ...]:
    """Every gate, with the one reason why nothing of the task was run."""
    return tuple(gate.report(could_not_run(reason, mend)) for gate in all_gates())


def relative(report: GateReport, root: Path) -> GateReport:
    """The report with its places as seen from ``root``."""
    return replace(report, places=tuple(
        replace(place, where=place.where.relative_to(root)) for place in report.places
    ))
