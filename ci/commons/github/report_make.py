"""Making the report of a trial, in the job that may run contributed code: check, render before and after, plan."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from commons.errors import CommonsError
from commons.gates.base import Evidence as GateEvidence
from commons.gates.base import GateReport
from commons.gates.check import CheckReport
from commons.gates.worth import Worth as GateWorth
from commons.github.derive_tree import changes, folder_of, lay_out, merge_base
from commons.github.report import (
    MAX_ITEMS,
    MAX_TASKS,
    Apart,
    Artefact,
    Check,
    Difficulty,
    Evidence,
    Gate,
    Outline,
    Overlap,
    Place,
    PlanReport,
    Power,
    ReasonCount,
    TaskReport,
    TrialReport,
    Worth,
)
from commons.github.words import amount, typed
from commons.harness.fingerprint import item_input, task_parts
from commons.harness.rendering import TaskRendering
from commons.lint.findings import plain
from commons.plan.cells import Reason
from commons.plan.plan import Plan
from commons.plan.words import summary
from commons.pool.git import commit_of, stored_below
from commons.pool.hashing import folder_digest
from commons.pool.repository import TASKS_FOLDER, Repository
from commons.pool.task import Task, read_task

Checker = Callable[[Path], CheckReport]
Renderer = Callable[[Task], TaskRendering]
Planned = Callable[[Sequence[Path]], Plan]

_MOST_ITEMS_NAMED = 1_000


def changed_folders(pool: Repository, base: str) -> tuple[str, list[Path]]:
    """Where the checkout left ``base``, and the task folders that differ since and are there."""
    head = commit_of(pool.root, "HEAD")
    start = merge_base(pool.root, commit_of(pool.root, base), head)
    names = dict.fromkeys(name for one in changes(pool.root, start, head) if (name := folder_of(one.path)))
    folders = [pool.tasks_folder / name for name in names]
    return start, [one for one in folders if one.is_dir() and not one.is_symlink()]


def make_report(
    pool: Repository, head_sha: str, start: str, folders: Sequence[Path], *, check: Checker, render: Renderer,
    plan: Planned,
) -> TrialReport:
    """Try each folder. What goes wrong with one of them is its ``problem``, and stops no other."""
    kept = [folder for folder in folders if typed(folder.name)][:MAX_TASKS]
    tasks = [_task(pool, start, folder, check, render) for folder in kept]
    left = len(folders) - len(kept)
    several = amount(left, "changed folder")
    problem = f"{several} not tried: there are too many, or the name is none." if left else ""
    told = None
    ready = [folder for folder, one in zip(kept, tasks, strict=True) if one.after is not None]
    try:
        told = plan_report(plan(ready)) if ready else None
    except CommonsError as error:
        problem = " ".join(filter(None, [problem, f"No plan could be made: {error.sentence}"]))
    return TrialReport(head_sha=head_sha, tasks=tasks, plan=told, problem=_text(problem))


def _task(pool: Repository, start: str, folder: Path, check: Checker, render: Renderer) -> TaskReport:
    found: Check | None = None
    before = after = None
    problem, digest = "", "0" * 64
    try:
        digest = folder_digest(folder)
        report = check(folder)
        found = check_report(report)
        if not report.lint.blocking:
            after = outline(render(read_task(folder)))
            before = _earlier(pool, start, folder.name, render)
    except CommonsError as error:
        problem = error.sentence
    except (OSError, ValueError, ArithmeticError, RecursionError) as error:
        problem = f"The task holds something that cannot be read ({type(error).__name__})."
    return TaskReport(task=folder.name, folder=digest, check=found, before=before, after=after, problem=_text(problem))


def _earlier(pool: Repository, start: str, name: str, render: Renderer) -> Outline | None:
    """The task as it was where the branch left the main line, rendered in the same sandbox."""
    tree = stored_below(pool.root, start, [f"{TASKS_FOLDER}/{name}"])
    if not tree:
        return None
    with tempfile.TemporaryDirectory(prefix="commons-before-") as scratch:
        lay_out(pool.root, tree, Path(scratch), frozenset({name}))
        try:
            return outline(render(read_task(Path(scratch) / TASKS_FOLDER / name)))
        except CommonsError:
            return None


def outline(rendering: TaskRendering) -> Outline | None:
    """A rendering in short; None where it has more items than a report may name."""
    if len(rendering.items) > MAX_ITEMS:
        return None
    items = {plain(item.id)[:200]: item_input(item, rendering) for item in rendering.items}
    return Outline(task_hash=rendering.task_hash, parts=task_parts(rendering), items=items)


def check_report(report: CheckReport) -> Check:
    """A check in the form of the report, every text cut at its limit."""
    return Check(
        verdict=report.verdict.value, sentence=_text(report.sentence), items=report.items, tried=report.tried,
        sandboxed=not report.trusted, lints=report.lint.count("lint"), gates=[_gate(one) for one in report.gates],
        worth=None if report.worth is None else _worth(report.worth),
    )


def _gate(one: GateReport) -> Gate:
    places = [Place(item=_text(place.item), path=_text(place.where.path.as_posix()), line=place.where.line or None,
                    column=place.where.column or None, note=_text(place.note))
              for place in one.places[:_MOST_ITEMS_NAMED]]
    return Gate(name=one.name, title=_text(one.title), state=one.state.value, sentence=_text(one.sentence),
                mend=_text(one.mend), evidence=[_evidence(item) for item in one.evidence[:200]], places=places)


def _evidence(one: GateEvidence) -> Evidence:
    return Evidence(label=_text(one.label), number=one.number, interval=one.interval, n=one.n, threshold=one.threshold,
                    threshold_source=_text(one.threshold_source), p=one.p, alarm=one.alarm, note=_text(one.note))


def _worth(one: GateWorth) -> Worth:
    return Worth(
        difficulty=None if one.difficulty is None else Difficulty(**vars(one.difficulty)),
        artefact=None if one.artefact is None else Artefact(excess=one.artefact.excess,
                                                            probe=_text(one.artefact.probe)),
        power=None if one.power is None else Power(**vars(one.power)),
        overlaps=None if one.overlaps is None else [
            Overlap(task=other.task, share=min(1.0, other.share), examples=[_text(text) for text in other.examples])
            for other in one.overlaps[:1_000]
        ],
    )


def plan_report(plan: Plan) -> PlanReport:
    """A plan added up."""
    total = summary(plan)
    apart = Counter(one.why for one in plan.inapplicable)
    reasons = [ReasonCount(reason=Reason(name), cells=count) for name, count in total.reasons]
    return PlanReport(
        reasons=reasons, kept=plan.kept,
        inapplicable=[Apart(cells=count, why=_text(why)) for why, count in apart.most_common(50)],
        requests=total.requests, tokens_in=total.tokens_in, tokens_out=total.tokens_out,
        seconds=round(total.seconds, 1), dollars=round(total.dollars, 6), models=sorted(plan.models),
        hashes=dict(plan.tasks),
    )


def _text(text: str) -> str:
    return plain(text)[:2_000]
