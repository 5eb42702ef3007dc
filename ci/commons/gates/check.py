"""One task checked whole: lint, then the gates, then what the author learns; and the verdict over both."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from commons.errors import BadFile, CannotRun, CommonsError
from commons.gates.base import GateReport, GateState
from commons.gates.policy import LOAD_SECONDS, MAX_ITEMS, SECONDS
from commons.gates.running import Session, Trials, not_reached, relative, run_gates
from commons.gates.words import amount, listed
from commons.gates.worth import Redundancy, Worth, worth_of
from commons.harness.sandbox import Confinement
from commons.harness.session import WorkerSession
from commons.lint.findings import Report, plain
from commons.lint.runner import lint_paths
from commons.pool.repository import Repository
from commons.pool.task import Task, read_task

Say = Callable[[str], None]
#: Gates that need a model: called with the task, the open session and what the model-free trial found.
WithModel = Callable[[Task, Session, Trials, Say], Sequence[GateReport]]

#: A task with a blocking finding whose code begins so is not executed: its form is wrong, or it could do harm.
NEVER_RUN = ("T", "S", "R000", "R001")


class Verdict(str, Enum):
    """How a check ends."""

    READY = "ready"
    NOT_READY = "not ready"
    CANNOT_SAY = "cannot say"


@dataclass(frozen=True)
class CheckReport:
    """Everything that one check found. ``tried`` of the task's ``items`` items were given to the probes."""

    name: str
    lint: Report
    gates: tuple[GateReport, ...]
    worth: Worth | None
    items: int
    tried: int
    seconds: float
    trusted: bool

    def with_state(self, state: GateState) -> tuple[GateReport, ...]:
        """The gates that ended in ``state``."""
        return tuple(gate for gate in self.gates if gate.state is state)

    @property
    def verdict(self) -> Verdict:
        """Not ready where anything is wrong; cannot say where nothing is, and a gate could not run."""
        if self.lint.blocking or self.with_state(GateState.FAILED):
            return Verdict.NOT_READY
        return Verdict.CANNOT_SAY if self.with_state(GateState.COULD_NOT_RUN) else Verdict.READY

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if self.verdict is Verdict.READY:
            return "Ready for review."
        if self.verdict is Verdict.CANNOT_SAY:
            missing = self.with_state(GateState.COULD_NOT_RUN)
            return f"Cannot say: {_gates(missing)} could not run. {missing[0].sentence}"
        lints = self.lint.count("lint")
        failed = self.with_state(GateState.FAILED)
        parts = [amount(lints, "lint")] if lints else []
        parts += [f"{_gates(failed)} failed"] if failed else []
        return f"Not ready: {listed(parts)}."


def _gates(gates: Sequence[GateReport]) -> str:
    names = [f"`{gate.name}`" for gate in gates]
    return f"the gate {names[0]}" if len(names) == 1 else (
        f"the gates {listed(names)}" if len(names) <= 4 else f"{len(names)} gates"
    )


@dataclass(frozen=True)
class Settings:
    """How a check is done. ``with_model`` brings the gates that need a model, ``redundancy`` an index of the pool."""

    confinement: Confinement = Confinement.SANDBOX
    most: int = int(MAX_ITEMS.value)
    redundancy: Redundancy | None = None
    with_model: WithModel | None = None
    clock: Callable[[], float] = time.monotonic


def check(folder: Path, pool: Repository, settings: Settings | None = None, say: Say = lambda _: None) -> CheckReport:
    """Check one task folder of ``pool``.

    The worker process is started before lint and asked nothing until lint has passed: it loads the harness meanwhile,
    and nothing of a task that lint refuses is ever executed.
    """
    settings = settings or Settings()
    began = settings.clock()
    task, problem = _read(folder)
    with ExitStack() as stack:
        session, missing = _session(stack, task, settings)
        say("lint")
        report = lint_paths(pool, [folder])
        trials = _trials(task, problem, session, missing, report, settings, say)
    gates = tuple(relative(gate, pool.root) for gate in trials.gates)
    trial = trials.trial
    return CheckReport(
        name=plain(folder.name), lint=report, gates=gates,
        worth=None if trial is None else worth_of(trial, pool, settings.redundancy),
        items=len(trial.material.rendering.items) if trial else 0,
        tried=len(trial.material.items) if trial else 0,
        seconds=settings.clock() - began, trusted=settings.confinement is Confinement.TRUST,
    )


def _read(folder: Path) -> tuple[Task | None, CommonsError | None]:
    try:
        return read_task(folder), None
    except BadFile as error:
        return None, error
    except (OSError, ValueError, ArithmeticError, RecursionError) as error:
        return None, CannotRun(f"The task cannot be read ({type(error).__name__}).")


def _session(
    stack: ExitStack, task: Task | None, settings: Settings
) -> tuple[WorkerSession | None, CommonsError | None]:
    if task is None or task.folder.is_symlink():
        return None, None
    try:
        session = WorkerSession(task, settings.confinement, seconds=int(SECONDS.value),
                                render_seconds=_load_seconds(task))
        return stack.enter_context(session), None
    except CommonsError as error:
        return None, error


def _load_seconds(task: Task) -> float:
    """How long loading and rendering may take: a loop without end is said early, and much data gets its time."""
    size = sum(path.stat().st_size for paths in task.data_files.values() for path in paths)
    return min(SECONDS.value, LOAD_SECONDS.value + size / 100_000)


def _trials(
    task: Task | None, problem: CommonsError | None, session: Session | None, missing: CommonsError | None,
    report: Report, settings: Settings, say: Say,
) -> Trials:
    refused = sorted({one.code for one in report.findings if one.level == "lint" and one.code.startswith(NEVER_RUN)})
    if refused:
        reason = f"Nothing of the task was run, because lint found {listed(refused)}."
        return Trials(not_reached(reason, "Mend these findings first; then run `commons check` again."))
    if task is None:
        sentence = plain(problem.sentence) if problem else "The folder cannot be read."
        return Trials(not_reached(f"Nothing of the task was run, because it cannot be read: {sentence}",
                                  "Mend what lint found first; then run `commons check` again."))
    if session is None:
        sentence, mend = (plain(missing.sentence), plain(missing.mend)) if missing else ("The folder is a link.", "")
        return Trials(not_reached(sentence, mend))
    trials = run_gates(task, session, most=settings.most, say=say, clock=settings.clock)
    if settings.with_model is None or trials.trial is None or trials.trial.stopped:
        return trials
    return replace(trials, gates=(*trials.gates, *settings.with_model(task, session, trials, say)))
