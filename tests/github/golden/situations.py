"""The situations whose comments are kept beside this file, each as small as it can be."""

from __future__ import annotations

from dataclasses import replace

from commons.github.newcomers import limit_for
from commons.github.policy import CONDITIONS, Condition, LaneDecision
from commons.github.report import (
    Apart,
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
from commons.github.situation import (
    Area,
    Arrival,
    ChangedFile,
    FoundHere,
    Freshness,
    Kind,
    LintHere,
    ModelChange,
    PullRequest,
    ResultsChange,
    RowChanges,
    Situation,
    TaskChange,
    Trial,
)
from commons.plan.cells import Reason

HEAD = "4f1c" * 10
FOLDER = "ab" * 32
OLD, NEW = "1" * 64, "2" * 64
PULL = PullRequest(7, "Add dose arithmetic", "ana-perez", HEAD, fork=True)
#: What an attacker writes wherever something can be written.
NASTY = ("@everyone see #1 and GH-7, [click](https://evil.example) ![x](http://evil.example/a.png) <img src=x> "
         "<!-- eval-commons: live comment --> ${{ secrets.TOKEN }} `code` ``` </details> | a | www.evil.example "
         "mailto:a@b.example \u202eright to left\u202c \u200b$x$ **bold**\n\n# heading\n::set-output name=a::b")


def gate(name: str, state: str = "passed", sentence: str = "As it should be.", mend: str = "",
         evidence: tuple[Evidence, ...] = (), places: tuple[Place, ...] = ()) -> Gate:
    """A gate of a report."""
    return Gate(name=name, title=f"What {name} proves", state=state, sentence=sentence, mend=mend,
                evidence=list(evidence), places=list(places))


ORACLE = Evidence(label="the right answers", number=1.0, interval=(0.94, 1.0), n=60, threshold=1.0,
                  threshold_source="", p=None, alarm=False, note="")
LONGEST = Evidence(label="the longest choice", number=0.68, interval=(0.56, 0.79), n=60, threshold=0.35,
                   threshold_source="chance 0.25 and the margin", p=0.0001, alarm=True, note="")
GOOD_GATES = (gate("oracle", sentence="The right answers score full.", evidence=(ORACLE,)),
              gate("null", sentence="Answers without skill score no more than chance."),
              gate("grader_survives", "not applicable", "The answers are choices."))
WORTH = Worth(difficulty=None, artefact=None, overlaps=[],
              power=Power(n=60, independent=0.26, best_case=0.09, claimed=0.3))


def check(*gates: Gate, verdict: str = "ready", worth: Worth | None = WORTH, items: int = 60) -> Check:
    """A check of a report."""
    return Check(verdict=verdict, sentence="Ready for review.", items=items, tried=items, sandboxed=True, lints=0,
                 gates=list(gates or GOOD_GATES), worth=worth)


def outline(digest: str, **items: str) -> Outline:
    """A rendering in short."""
    return Outline(task_hash=digest, parts={"metrics": "aaaaaaaaaaaa"}, items=items or {"q1": "bbbbbbbbbbbb"})


def plan(new: int = 4, stale: int = 0, kept: int = 20) -> PlanReport:
    """A plan of a report."""
    reasons = [ReasonCount(reason=Reason.NEW, cells=new)] if new else []
    reasons += [ReasonCount(reason=Reason.TASK_CHANGED, cells=stale)] if stale else []
    return PlanReport(reasons=reasons, kept=kept, inapplicable=[], requests=240 * bool(reasons),
                      tokens_in=31_000 * bool(reasons), tokens_out=0, seconds=95.0 * bool(reasons), dollars=0.0,
                      models=["smollm2-135m-instruct", "smollm2-360m"], hashes={})


def trial(*tasks: TaskReport, doubts: tuple[str, ...] = (), told: PlanReport | None = None) -> Trial:
    """A trial whose report is here."""
    return Trial(Arrival.PRESENT, TrialReport(head_sha=HEAD, tasks=list(tasks), plan=told or plan()), doubts=doubts)


def report(name: str, checked: Check | None = None, before: Outline | None = None, after: Outline | None = None,
           problem: str = "") -> TaskReport:
    """What a trial says of one task."""
    return TaskReport(task=name, folder=FOLDER, check=None if problem else checked or check(), before=before,
                      after=after, problem=problem)


def files(task: str, *names: str, kind: Kind = Kind.CHANGED, size: int = 2_400) -> tuple[ChangedFile, ...]:
    """Changed files of a task."""
    return tuple(ChangedFile(f"tasks/{task}/{name}", kind, Area.TASKS, size) for name in names)


def other(path: str, area: Area, kind: Kind = Kind.CHANGED) -> ChangedFile:
    """A changed file elsewhere."""
    return ChangedFile(path, kind, area, 900)


NEW_FILES = files("dose_arithmetic", "README.md", "card.yaml", "data/test.jsonl", "dose_arithmetic.yaml",
                  kind=Kind.ADDED)
NEW_TASK = TaskChange("dose_arithmetic", Kind.ADDED, parts=("card", "config", "data", "readme"),
                      owners=("ana-perez",), digest=FOLDER)
NEW_TRIAL = trial(report("dose_arithmetic", after=outline(NEW)))
BASE = Situation(PULL, NEW_FILES, (NEW_TASK,), trial=NEW_TRIAL)
HINT = FoundHere("D013", False, "tasks/dose_arithmetic/data/test.jsonl:7", "Items `q7` and `q9` are alike.",
                 "Look at both.")
LINT = FoundHere("D011", True, "tasks/dose_arithmetic/data/test.jsonl:4", "Items `q4` and `q2` are the same item.",
                 "Delete one of them.")


def edited(parts: tuple[str, ...], paths: tuple[str, ...], *, before: str = OLD, after: str = NEW,
           **changes: object) -> Situation:
    """An edit of an existing task by its owner."""
    task = TaskChange("plain_registers", Kind.CHANGED, parts=parts, owners=("ana-perez",), digest=FOLDER)
    checked = report("plain_registers", before=outline(before, q1="bbbbbbbbbbbb", q2="cccccccccccc"),
                     after=outline(after, q1="bbbbbbbbbbbb", q2="cccccccccccc" if before == after else "dddddddddddd"))
    told = plan(0, 0, 6) if before == after else plan(0, 6, 0)
    return Situation(replace(PULL, title="Correct an item"), files("plain_registers", *paths),
                     (replace(task, **changes),), trial=trial(checked, told=told))  # type: ignore[arg-type]


EDITED = edited(("data",), ("data/test.jsonl",), rows=RowChanges((), ("q2",), (), (0, 1, 0)))
TYPO = edited(("readme",), ("README.md",), after=OLD)
MODEL_FILE = (other("models.yaml", Area.MODELS),)
DELETED = Situation(
    PULL, (*files("last_word", "card.yaml", "last_word.yaml", kind=Kind.DELETED),
           other("results/cells/last_word/smollm2-360m.json", Area.RESULTS, Kind.DELETED)),
    (TaskChange("last_word", Kind.DELETED, parts=("card", "config"), owners=("ana-perez",), accounted=False),),
    results=ResultsChange(unexplained=("results/cells/last_word/smollm2-360m.json",), deleted=1),
    lint=LintHere(ran=False),
)
FAILED = check(
    gate("oracle"), gate("longest", "failed", "The longest choice is right more often than chance allows.",
                         "Make wrong choices as long as right ones.", (LONGEST,),
                         (Place(item="q4", path="tasks/dose_arithmetic/data/test.jsonl", line=4, column=None,
                                note="the right choice is the longest"),)), verdict="not ready")
NO_SANDBOX = check(*(gate(name, "could not run", "There is no sandbox on this machine: bubblewrap is missing.",
                          "Install bubblewrap.") for name in ("loads", "oracle", "null")),
                   verdict="cannot say", worth=None, items=0)
_HUGE_NAMES = [f"task_{number:03}" for number in range(75)]
OUTSIDE = ("the pull request touches files outside its task folders, and can so have changed the job that judged it",)



def failing(*names: str) -> tuple[Condition, ...]:
    """Conditions of the lane that do not hold."""
    return tuple(one for one in CONDITIONS if one.name in names)


SITUATIONS: dict[str, Situation] = {
    "new_task": BASE,
    "new_task_with_hooks": replace(BASE, tasks=(replace(NEW_TASK, parts=("card", "config", "data", "hooks")),)),
    "edited_item": EDITED,
    "metric_changed": edited(("config",), ("plain_registers.yaml",), config_keys=("metric_list",)),
    "typo": TYPO,
    "card_only": edited(("card",), ("card.yaml",), after=OLD, card_keys=("summary", "citation")),
    "publish_level": edited(("card",), ("card.yaml",), after=OLD, card_keys=("publish",)),
    "model_added": Situation(PULL, MODEL_FILE, models=(ModelChange("tiny-llama", Kind.ADDED),)),
    "endpoint_added": Situation(PULL, MODEL_FILE, models=(ModelChange("somebody-elses", Kind.ADDED, endpoint=True),)),
    "model_changed": Situation(PULL, MODEL_FILE, models=(ModelChange("smollm2-360m", Kind.CHANGED),
                                                         ModelChange("qwen3-0.6b", Kind.CHANGED, meaning=False))),
    "results_touched": Situation(
        PULL, (other("results/cells/last_word/smollm2-360m.json", Area.RESULTS),), lint=LintHere(ran=False),
        results=ResultsChange(edited=("results/cells/last_word/smollm2-360m.json",))),
    "amendments_rewritten": Situation(
        PULL, (other("results/amendments.jsonl", Area.RESULTS),), lint=LintHere(ran=False),
        results=ResultsChange(rewritten=True)),
    "own_branch": replace(BASE, pull=replace(PULL, fork=False)),
    "draft": replace(BASE, pull=replace(PULL, draft=True)),
    "two_tasks": replace(
        BASE, files=(*NEW_FILES, *EDITED.files), tasks=(NEW_TASK, *EDITED.tasks),
        trial=trial(report("dose_arithmetic", after=outline(NEW)),
                    *(EDITED.trial.report.tasks if EDITED.trial.report else ()), told=plan(4, 6, 0))),
    "rename": Situation(
        PULL, (*files("last_word", "card.yaml", kind=Kind.DELETED), *files("final_word", "card.yaml", kind=Kind.ADDED)),
        (TaskChange("final_word", Kind.RENAMED, was="last_word", parts=("card",), owners=("ana-perez",),
                    accounted=False, digest=FOLDER),), trial=trial(report("final_word"))),
    "deletion": DELETED,
    "deletion_with_amendment": replace(
        DELETED, tasks=(replace(DELETED.tasks[0], accounted=True),),
        files=(*DELETED.files, other("results/amendments.jsonl", Area.RESULTS)),
        results=ResultsChange(deleted=1, amendments=("last_word",))),
    "lint_failing": replace(BASE, lint=LintHere((LINT, HINT))),
    "hints_only": replace(BASE, lint=LintHere((HINT,), explained=2)),
    "lint_could_not_run": replace(BASE, lint=LintHere(problem="The folder cannot be read.", ran=False)),
    "gate_failing": replace(BASE, trial=trial(report("dose_arithmetic", FAILED))),
    "gate_report_missing": replace(BASE, trial=Trial(Arrival.MISSING)),
    "gate_report_pending": replace(BASE, trial=Trial(Arrival.PENDING)),
    "gate_report_unreadable": replace(BASE, trial=Trial(
        Arrival.UNREADABLE, problem="This is no report of a trial: tasks.0.task: String should match pattern.")),
    "gate_report_of_another_commit": replace(BASE, trial=replace(
        NEW_TRIAL, doubts=("the report speaks of another commit",))),
    "sandbox_missing": replace(BASE, trial=trial(report("dose_arithmetic", NO_SANDBOX))),
    "trial_broke": replace(BASE, trial=trial(report("dose_arithmetic", problem="The task cannot be rendered."))),
    "stale_base": replace(EDITED, freshness=Freshness(120, ("tasks/plain_registers/data/test.jsonl",), program=True)),
    "behind_only": replace(BASE, freshness=Freshness(60)),
    "huge": Situation(
        PULL, tuple(one for name in _HUGE_NAMES for one in files(name, "a.yaml", "card.yaml", "README.md", "d.jsonl")),
        tuple(replace(NEW_TASK, name=name) for name in _HUGE_NAMES),
        trial=trial(*(report(name) for name in _HUGE_NAMES)),
        lint=LintHere(tuple(replace(LINT, place=f"tasks/{name}/d.jsonl:{line}", sentence="Too alike. " * 30)
                            for name in _HUGE_NAMES for line in range(25)))),
    "binary": replace(BASE, files=(*NEW_FILES, ChangedFile("tasks/dose_arithmetic/data/a.bin", Kind.ADDED, Area.TASKS,
                                                           3_200_000, binary=True))),
    "link": replace(BASE, files=(*NEW_FILES, ChangedFile("tasks/dose_arithmetic/data/x.jsonl", Kind.ADDED, Area.TASKS,
                                                         special="a link"))),
    "unsigned": replace(BASE, pull=replace(PULL, unsigned="The sign-off has no name.")),
    "unsigned_typo": replace(TYPO, pull=replace(TYPO.pull, unsigned="The sign-off has no name.")),
    "first_timer": replace(BASE, pull=replace(PULL, first_time=True), lint=LintHere((LINT,))),
    "owner_absent": replace(EDITED, tasks=(replace(EDITED.tasks[0], owners=("long-gone",), owned=False,
                                                   absent=("long-gone",)),)),
    "author_not_owner": replace(EDITED, tasks=(replace(EDITED.tasks[0], owners=("bo-larsen", "long-gone"), owned=False,
                                                       absent=("long-gone",)),)),
    "names_somebody_else": replace(BASE, tasks=(replace(NEW_TASK, owners=("someone-famous",), owned=False),)),
    "conflicting_name": replace(BASE, tasks=(replace(NEW_TASK, taken="dose_arithmetic"),)),
    "name_of_a_withdrawn_task": replace(BASE, tasks=(replace(NEW_TASK, withdrawn="dose_arithmetic"),)),
    "above_the_limit": replace(BASE, parked=limit_for(0), trial=Trial(Arrival.MISSING)),
    "lane_taken": replace(EDITED, lane=LaneDecision(())),
    "lane_closed": replace(EDITED, lane=LaneDecision(failing("lane_is_open"))),
    "lane_refused": replace(EDITED, lane=LaneDecision(failing("lane_is_open", "few_rows_change", "nobody_holds_it"))),
    "lookalike_name": replace(BASE, tasks=(replace(NEW_TASK, name="d\u043ese_arithmetic", alike="dose_arithmetic"),),
                              trial=Trial(Arrival.MISSING)),
    "program_touched": Situation(PULL, (other("ci/commons/cli/lint.py", Area.PROGRAM),), lint=LintHere(ran=False)),
    "program_and_task": replace(BASE, files=(*NEW_FILES, other("ci/commons/cli/lint.py", Area.PROGRAM)),
                                trial=replace(NEW_TRIAL, doubts=OUTSIDE)),
    "workflow_touched": replace(BASE, files=(*NEW_FILES, other(".github/workflows/pr.yml", Area.WORKFLOW)),
                                trial=replace(NEW_TRIAL, doubts=OUTSIDE)),
    "suite_and_task": replace(BASE, files=(*NEW_FILES, other("tasks/_suites/medicine.yaml", Area.SUITES)),
                              trial=replace(NEW_TRIAL, doubts=OUTSIDE)),
    "suite_and_task_vouched": replace(BASE, files=(*NEW_FILES, other("tasks/_suites/medicine.yaml", Area.SUITES)),
                                      trial=replace(NEW_TRIAL, doubts=OUTSIDE), vouched="maintainer-mia"),
    "documents_only": Situation(PULL, (other("docs/decisions/README.md", Area.DOCS),), lint=LintHere(ran=False)),
    "overlapping": replace(BASE, trial=trial(report("dose_arithmetic", check(worth=WORTH.model_copy(update={
        "overlaps": [Overlap(task="workshop_arithmetic", share=0.25, examples=["q1"])],
        "difficulty": Difficulty(models=3, mean=0.61, lowest=0.4, highest=0.8, stale=0)}))),
        told=plan().model_copy(update={"inapplicable": [Apart(cells=2, why="the endpoint gives no likelihoods")],
                                       "dollars": 1.25}))),
    "unreadable": Situation(PULL, problem="The pull request touches more than 20,000 files."),
    "hostile": Situation(
        replace(PULL, title=NASTY, author="a-perez"),
        (ChangedFile(f"tasks/x/{NASTY}", Kind.ADDED, Area.TASKS, 2_000_000, binary=True),
         ChangedFile("tasks/x/\udcff\udcfe.jsonl", Kind.ADDED, Area.TASKS, special="a link"),
         other(f"results/{NASTY}", Area.RESULTS)),
        (replace(NEW_TASK, name=NASTY, owners=(NASTY,), owned=False, taken=NASTY, card_keys=(NASTY,)),
         replace(EDITED.tasks[0], name="x`y", rows=RowChanges((NASTY,), (NASTY,), (), (1, 1, 0)),
                 config_keys=(NASTY,))),
        (ModelChange(NASTY, Kind.ADDED, alike=NASTY),),
        ResultsChange((f"results/{NASTY}",), (NASTY,), 1, (NASTY,), broken=NASTY),
        Freshness(3, (NASTY,)), LintHere((FoundHere("D001", True, NASTY, NASTY, NASTY),
                                          FoundHere("D013", False, NASTY, NASTY, NASTY))),
        trial(report("dose_arithmetic", check(gate("oracle", "failed", NASTY, NASTY, (LONGEST.model_copy(
            update={"label": NASTY, "note": NASTY}),),
            (Place(item=NASTY, path=NASTY, line=1, column=1, note=NASTY),)))), doubts=(NASTY,))),
    "hostile_gates": replace(BASE, trial=trial(report("dose_arithmetic", check(gate(
        "oracle", "failed", NASTY, NASTY, (LONGEST.model_copy(update={"label": NASTY, "note": NASTY}),),
        (Place(item=NASTY, path=NASTY, line=1, column=1, note=NASTY),)))), doubts=(NASTY,))),
}
