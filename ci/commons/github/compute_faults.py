"""What stands against a pull request: each fault a sentence and its mend, as Markdown without contributed markup."""

from __future__ import annotations

from collections.abc import Iterator

from commons.github.compute_files import Fault, file_faults
from commons.github.report import Gate
from commons.github.situation import Arrival, Kind, Situation, TaskChange
from commons.github.words import amount, code, inline, named


def faults(situation: Situation) -> list[Fault]:
    """Everything that blocks, what is worst first."""
    return [
        *file_faults(situation), *_owners(situation), *_sign_off(situation), *_stale(situation), *_lint(situation),
        *_gates(situation),
    ]


def failed_gates(situation: Situation) -> list[tuple[str, Gate]]:
    """The gates that failed, each with its task."""
    report = situation.trial.report
    return [(one.name, gate) for one in situation.tried if report and (told := report.of(one.name)) and told.check
            for gate in told.check.gates if gate.state == "failed"]


def idle_gates(situation: Situation) -> list[tuple[str, Gate]]:
    """The gates that could not run, each with its task."""
    report = situation.trial.report
    return [(one.name, gate) for one in situation.tried if report and (told := report.of(one.name)) and told.check
            for gate in told.check.gates if gate.state == "could not run"]


def untried(situation: Situation) -> str:
    """Why the gates say nothing, in our own words; empty where they do."""
    trial = situation.trial
    if trial.arrival is Arrival.MISSING:
        return "the trial left no report."
    if trial.arrival is Arrival.UNREADABLE:
        return "the report of the trial cannot be read."
    if trial.arrival is not Arrival.PRESENT or trial.report is None:
        return ""
    silent = [one for one in situation.tried if not _tried(situation, one)]
    if silent:
        return f"{amount(len(silent), 'task')} could not be tried."
    idle = idle_gates(situation)
    return f"{amount(len(idle), 'gate')} could not run." if idle else ""


def _tried(situation: Situation, task: TaskChange) -> bool:
    told = situation.trial.report.of(task.name) if situation.trial.report else None
    return told is not None and told.check is not None and bool(told.check.gates)


def _owners(situation: Situation) -> Iterator[Fault]:
    for task in situation.tasks:
        if task.kind is Kind.ADDED and not task.owned:
            given = f"names {named(task.owners)} as owners, and not you" if task.owners else "names no owner"
            yield Fault(f"The card of {code(task.name)} {given}.",
                        "Add your own handle to `owners`: who opens a task answers for it.")


def _sign_off(situation: Situation) -> Iterator[Fault]:
    if situation.pull.unsigned and situation.brings_items:
        line = code(f"Signed-off-by: @{situation.pull.author}")
        yield Fault(inline(situation.pull.unsigned),
                    f"Write this line into the description of the pull request: {line}")


def _stale(situation: Situation) -> Iterator[Fault]:
    if both := situation.freshness.both:
        yield Fault(f"The main line changed the same files since this branch left it: {named(both)}.",
                    "Merge the main line into the branch, and push.")


def _lint(situation: Situation) -> Iterator[Fault]:
    if lints := situation.lint.lints:
        yield Fault(f"Lint has {amount(lints, 'finding')} that must be mended (listed below).",
                    "Mend them; `commons lint --fix` mends some of them by itself.")


def _gates(situation: Situation) -> Iterator[Fault]:
    by_task: dict[str, list[str]] = {}
    for name, gate in failed_gates(situation):
        by_task.setdefault(name, []).append(gate.name)
    for name, gates in by_task.items():
        yield Fault(f"{code(name)} fails {'the gate' if len(gates) == 1 else 'the gates'} {named(gates, 5)}.",
                    "The evidence and what to do stand under *Gates*.")
