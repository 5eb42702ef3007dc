"""A suite's report in words: coverage first, then numbers with intervals, what was left out, and the rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from commons.analyse.suite_index import SuiteIndex
from commons.analyse.suite_numbers import CORRECTED, POINTS, ModelLine
from commons.analyse.suite_report import Listed, Report
from commons.cli.saying import wrapped
from commons.cli.suite_tables import columns, plain, scores_tables, shown
from commons.pool.suites import BOARDS, HARD
from commons.publish.numbers import percent
from commons.stats.across import borda, win_rate

#: So many left-out cells and tasks without results are named; the others are counted.
NAMED = 8

#: Up to so many models that were not measured are named.
NAMED_MODELS = 20

RULES = {
    "macro mean": "The plain mean of the tasks' scores: each task counts once, whatever its size.",
    CORRECTED: "Each score becomes its share of the way from chance to the ceiling, unclipped; then the plain mean.",
    "size-weighted mean": "The mean over the tasks weighted by their items: a large task counts for more.",
    "open_llm_leaderboard_v1": (
        "The plain mean of the six raw scores in percent, as on the board; MMLU is the plain mean of its subjects."
    ),
    "open_llm_leaderboard_v2": (
        "Each subtask in points from its floor (one over the number of options) to 1, 0 below the floor, then the mean "
        "over subtasks and the mean over the six tasks, as on the board. The parts of GPQA, of MATH and of IFEval are "
        "averaged before. Clipping at 0 lifts what is at chance."
    ),
}
ERROR = "The interval is that of other items of the same tasks, not that of other tasks."
IMPORTED = "this pool does not run them: only `commons import` brings their results"
_HARD = "Beside these, `commons suite hard` derives the tasks on which no measured model reaches people."


def listing_lines(rows: Sequence[Listed]) -> list[str]:
    """The list of suites."""
    if not rows:
        return ["There is no suite. A suite is a group file in tasks/_suites/.", _HARD]
    cells = [("suite", "rule", "tasks", "measured", "models with all", "title")]
    cells += [(row.name, "as on the board" if row.rule in BOARDS else row.rule, str(row.members),
               f"{row.measured} of {row.members}", str(row.whole), row.title) for row in rows]
    said = [*columns(cells), ""]
    if outside := [row for row in rows if row.built_in]:
        which = ", ".join(f"{'all' if row.built_in == row.members else row.built_in} of {row.name}" for row in outside)
        said += wrapped(f"Tasks that are built into the harness ({which}): {IMPORTED}.")
    return [*said, *wrapped(_HARD)]


def report_lines(report: Report) -> list[str]:
    """The report, line by line."""
    suite = report.suite
    lines = [f"{suite.group}: {suite.title}"]
    if suite.extras.summary:
        lines += wrapped(suite.extras.summary, hanging="")
    for heading, body in (
        ("Coverage", _coverage(report)), ("Numbers", _numbers(report)), ("Tasks", _tasks(report)),
        ("Win rate", _extra(report.win_rate, "beats, of the other models (mean over tasks)", win_rate.FAULTS)),
        ("Borda", _extra(report.borda, "has, of the points of a model that is above all others on every task",
                         borda.FAULTS)),
        ("Latent index", _index(report.index)), ("Left out", _left_out(report)), ("Rule", _rule(report)),
    ):
        if held := list(body):
            lines += ["", heading, *held]
    return lines


def _coverage(report: Report) -> Iterator[str]:
    weighing, held = sum(weight > 0 for weight in report.numbers.weights.values()), report.numbers.lines
    if held and all(line.measured == weighing and weighing for line in held):
        yield from wrapped(f"{_of_models(len(held))} {weighing} {'task' if weighing == 1 else 'tasks'} that "
                           f"{'counts' if weighing == 1 else 'count'}.", "  ")
    elif held:
        rows = [("model", "tasks", "share of the weight")]
        rows += [(_label(line.model, report), f"{line.measured} of {weighing}", _share(line.coverage)) for line in held]
        yield from columns(rows, "  ")
    if report.unmeasured:
        count = len(report.unmeasured)
        names = "" if count > NAMED_MODELS else f": {', '.join(report.unmeasured)}"
        yield from wrapped(f"{count} {'model is' if count == 1 else 'models are'} not measured on any of its tasks"
                           f"{names}.", "  ")
    boards = Counter(task.board for task in report.tasks if task.board is not None)
    for board, parts in boards.items():
        have = sum(bool(task.scores) for task in report.tasks if task.board == board)
        yield f"  {board}: {have} of {parts} {'part' if parts == 1 else 'parts'} measured here."
    if boards and report.suite.extras.harness:
        yield from wrapped(f"{sum(boards.values())} tasks are built into the harness {report.suite.extras.harness}; "
                           f"{IMPORTED} (shown with --external).", "  ")


def _of_models(count: int) -> str:
    return "The one model that was measured has all" if count == 1 else f"All {count} models have all"


def _numbers(report: Report) -> Iterator[str]:
    numbers = report.numbers
    if numbers.lines:
        yield from columns(_rows(report), "  ")
        yield from wrapped(_order(report), "  ")
        yield from _boards(numbers.lines, report)
        reasons = {line.model: line.why for line in numbers.lines if line.why}
        for why in dict.fromkeys(reasons.values()):
            names = [model for model, held in reasons.items() if held == why]
            said = ", ".join(names) if len(names) <= NAMED else f"{len(names)} models"
            yield from wrapped(f"No mean for {said}: {why}", "  ")
    else:
        yield "  No model has a result on any of its tasks."
    for note in numbers.notes:
        if note not in {line.why for line in numbers.lines}:
            yield from wrapped(note, "  ")


def _rows(report: Report) -> list[tuple[str, ...]]:
    """The means; bounds have a column where a model lacks something."""
    numbers = report.numbers
    some = any(line.limits for line in numbers.lines)
    corrected = ", corrected for chance" if report.suite.rule == CORRECTED else ""
    rows: list[tuple[str, ...]] = [("model", f"mean{corrected} (95% interval)",
                                    *(["if what is missing were at chance to at best"] if some else []))]
    for line in numbers.lines:
        mean = shown(line.mean.value, line.mean.interval, numbers.unit) if line.mean else "none"
        limits = f"{shown(line.limits[0], None, numbers.unit)} to {shown(line.limits[1], None, numbers.unit)}" \
            if line.limits else ""
        rows.append((_label(line.model, report), mean, *([limits] if some else [])))
    return rows


def _order(report: Report) -> str:
    said = "The order is by name and is no ranking."
    name = report.suite.group
    if name == HARD or not report.suite.pool_tasks:
        return said
    return f"{said} Places: commons ranks --suite {name}. Two models: commons compare A B --suite {name}."


def _boards(lines: Sequence[ModelLine], report: Report) -> Iterator[str]:
    for line in lines:
        if line.board:
            parts = ", ".join(f"{name} {value:.2f}" for name, value in line.board.items())
            yield from wrapped(f"{_label(line.model, report)}: {parts}", "  ")


def _tasks(report: Report) -> Iterator[str]:
    yield from scores_tables(report, lambda model: _label(model, report))
    for task in report.tasks:
        if task.headline is not None and task.scores:
            yield from wrapped(f"{task.task}: the suite takes {plain(task.metric)}, not its headline "
                               f"{plain(task.headline)}, which `commons ranks` and `commons compare` take.", "  ")


def _extra(values: Mapping[str, float | None] | None, share: str, faults: str) -> Iterator[str]:
    if values is None:
        return
    if not values:
        yield "  No model has a result on any of its tasks."
    yield from columns([("model", share), *((model, "none" if value is None else f"{percent(value)}%")
                                            for model, value in values.items())], "  ")
    yield from wrapped(f"No interval is given. {faults}", "  ")


def _index(index: SuiteIndex | None) -> Iterator[str]:
    if index is None:
        return
    if index.found is None:
        yield from wrapped(index.why or "", "  ")
    else:
        rows = [("model", "ability", "95% interval")]
        fit = index.found.fit
        rows += [(model, _signed(fit.abilities[place]), f"{_signed(low)} to {_signed(high)}")
                 for place, (model, (low, high)) in enumerate(zip(index.models, index.found.intervals, strict=True))]
        yield from columns(rows, "  ")
        yield from wrapped(
            f"Measured from {index.anchor}, whose ability is 0 by choice: only differences mean anything. "
            f"Over {len(index.tasks)} tasks, both tasks and items drawn again {index.found.draws} times"
            + (f"; {index.found.failed} draws fell apart." if index.found.failed else "."), "  ")
    for task, why in list(index.left_out.items())[:NAMED]:
        yield from wrapped(f"Not in the index: {task}. {why}", "  ")
    if len(index.left_out) > NAMED:
        yield f"  Not in the index: {len(index.left_out) - NAMED} more tasks."


def _signed(value: float) -> str:
    return f"{round(float(value), 2) + 0.0:+.2f}"


def _left_out(report: Report) -> Iterator[str]:
    said = [f"{task.task}: {why}" for task in report.tasks for why in (task.unusable, task.weightless) if why]
    said += [f"{task.task}, {why}" for task in report.tasks for why in task.left_out]
    for one in said[:NAMED]:
        yield from wrapped(one, "  ")
    if len(said) > NAMED:
        yield f"  {len(said) - NAMED} more; --json has them all."
    if report.external:
        yield from wrapped(f"Imported, not measured here: {', '.join(sorted(report.external))}.", "  ")
    for note in report.notes:
        yield from wrapped(note, "  ")


def _rule(report: Report) -> Iterator[str]:
    yield from wrapped(f"{report.suite.rule}: {RULES[report.suite.rule]}", "  ")
    clipped = " It is that of the points before clipping, cut at 0 and 100." if report.numbers.unit == POINTS else ""
    yield from wrapped(f"{ERROR}{clipped}", "  ")
    yield from wrapped("No missing cell is filled in." if report.borda is None else
                       "The mean fills in no missing cell; Borda's count above does: a model may stand at any place of "
                       "a task that it lacks, with equal chance.", "  ")


def _label(model: str, report: Report) -> str:
    return f"{model} (imported)" if model in report.external else model


def _share(share: float | None) -> str:
    return "nothing weighs" if share is None else f"{percent(share)}%"
