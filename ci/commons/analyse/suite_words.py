"""A suite's report in words: coverage first, then numbers with intervals, what was left out, and the rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from commons.analyse.suite_index import SuiteIndex
from commons.analyse.suite_numbers import POINTS, ModelLine
from commons.analyse.suite_report import Listed, Report
from commons.analyse.suites import PROPORTION
from commons.stats.across import borda, win_rate

#: So many left-out cells and tasks without results are named; the others are counted.
NAMED = 8

NO_RANKING = "The order is by name and is no ranking; `commons ranks TASK` gives places with their ranges."

RULES = {
    "macro mean": "The plain mean of the tasks' scores: each task counts once, whatever its size.",
    "macro mean of chance-corrected scores": (
        "Each score becomes its share of the way from chance to the ceiling, unclipped; then the plain mean."
    ),
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


def listing_lines(rows: Sequence[Listed]) -> list[str]:
    """The list of suites."""
    if not rows:
        return ["There is no suite. A suite is a group file in tasks/_suites/.", _HARD]
    cells = [("suite", "rule", "tasks", "measured", "models with all", "title")]
    for row in rows:
        members = f"{row.members}" + (f", {row.built_in} of the harness" if row.built_in else "")
        cells.append((row.name, row.rule, members, f"{row.measured} of {row.members}", str(row.whole), row.title))
    return [*_columns(cells), "", _HARD]


_HARD = "Beside these, `commons suite hard` derives the tasks on which no measured model reaches people."


def report_lines(report: Report) -> list[str]:
    """The report, line by line."""
    suite = report.suite
    lines = [f"{suite.group}: {suite.title}"]
    if suite.extras.summary:
        lines.append(suite.extras.summary)
    for heading, body in (
        ("Coverage", _coverage(report)), ("Numbers", _numbers(report)), ("Tasks", _tasks(report)),
        ("Win rate", _extra(report.win_rate, win_rate.FAULTS)), ("Borda", _extra(report.borda, borda.FAULTS)),
        ("Latent index", _index(report.index)), ("Left out", _left_out(report)), ("Rule", _rule(report)),
    ):
        if held := [f"  {line}" for line in body]:
            lines += ["", heading, *held]
    return lines


def _coverage(report: Report) -> Iterator[str]:
    weighing = sum(weight > 0 for weight in report.numbers.weights.values())
    if report.numbers.lines:
        rows = [("model", "tasks", "share of the weight")]
        rows += [(_label(line.model, report), f"{line.measured} of {weighing}", _share(line.coverage))
                 for line in report.numbers.lines]
        yield from _columns(rows)
    if report.unmeasured:
        yield f"Not measured on any of its tasks: {', '.join(report.unmeasured)}."
    boards = Counter(task.board for task in report.tasks if task.board is not None)
    for board, parts in boards.items():
        have = sum(bool(task.scores) for task in report.tasks if task.board == board)
        yield f"{board}: {have} of {parts} {'part' if parts == 1 else 'parts'} measured here."
    if boards and report.suite.extras.harness:
        yield (f"{sum(boards.values())} members are those of the harness {report.suite.extras.harness}; one without a "
               "result is not measured here, which is no score.")


def _numbers(report: Report) -> Iterator[str]:
    numbers = report.numbers
    if numbers.lines:
        rows = [("model", f"mean{_sign(numbers.unit)}", "95% interval", "if what is missing were at chance / at best")]
        for line in numbers.lines:
            mean = line.mean
            rows.append((_label(line.model, report), _quantity(mean.value, numbers.unit) if mean else "none",
                         _ends(mean.interval if mean else None, numbers.unit), _ends(line.limits, numbers.unit)
                         if line.limits else ""))
        yield from _columns(rows)
        yield NO_RANKING
        yield from _boards(numbers.lines, report)
        reasons = {line.model: line.why for line in numbers.lines if line.why}
        for why in dict.fromkeys(reasons.values()):
            yield f"No mean for {', '.join(model for model, held in reasons.items() if held == why)}: {why}"
    else:
        yield "No model has a result on any of its tasks."
    yield from (note for note in numbers.notes if note not in {line.why for line in numbers.lines})


def _boards(lines: Sequence[ModelLine], report: Report) -> Iterator[str]:
    for line in lines:
        if line.board:
            parts = ", ".join(f"{name} {value:.2f}" for name, value in line.board.items())
            yield f"{_label(line.model, report)}: {parts}"


def _tasks(report: Report) -> Iterator[str]:
    rows = [("task", "model", "score", "95% interval", "n", "corrected for chance", "95% interval")]
    for task in report.tasks:
        for model in sorted(task.scores):
            score, corrected = task.scores[model], task.corrected.get(model)
            rows.append((
                task.task, _label(model, report), f"{_quantity(score.value, task.unit)}{_sign(task.unit)}",
                _ends(score.interval, task.unit), str(score.n),
                _quantity(corrected.value, PROPORTION) + " %" if corrected else "not corrected",
                _ends(corrected.interval, PROPORTION) if corrected else "",
            ))
    if len(rows) > 1:
        yield from _columns(rows)
    why = {task.task: task.uncorrected for task in report.tasks if task.scores and task.uncorrected}
    for reason in dict.fromkeys(why.values()):
        yield f"Not corrected: {', '.join(name for name, held in why.items() if held == reason)}: {reason}."


def _extra(values: Mapping[str, float | None] | None, faults: str) -> Iterator[str]:
    if values is None:
        return
    if not values:
        yield "No model has a result on any of its tasks."
    yield from _columns([(model, "none" if value is None else f"{100 * value:.1f} %")
                         for model, value in values.items()])
    yield f"No interval is given. {faults}"


def _index(index: SuiteIndex | None) -> Iterator[str]:
    if index is None:
        return
    if index.found is None:
        yield index.why or ""
    else:
        rows = [("model", "ability", "95% interval")]
        fit = index.found.fit
        rows += [(model, f"{fit.abilities[place]:+.2f}", f"{low:+.2f} to {high:+.2f}")
                 for place, (model, (low, high)) in enumerate(zip(index.models, index.found.intervals, strict=True))]
        yield from _columns(rows)
        yield (f"Measured from {index.anchor}, whose ability is 0 by choice: only differences mean anything. "
               f"Over {len(index.tasks)} tasks, both tasks and items drawn again {index.found.draws} times"
               + (f"; {index.found.failed} draws fell apart." if index.found.failed else "."))
    yield from (f"Not in the index: {task}. {why}" for task, why in list(index.left_out.items())[:NAMED])
    if len(index.left_out) > NAMED:
        yield f"Not in the index: {len(index.left_out) - NAMED} more tasks."


def _left_out(report: Report) -> Iterator[str]:
    said = [f"{task.task}: {why}" for task in report.tasks for why in (task.unusable, task.weightless) if why]
    said += [f"{task.task}, {why}" for task in report.tasks for why in task.left_out]
    yield from said[:NAMED]
    if len(said) > NAMED:
        yield f"{len(said) - NAMED} more; --json has them all."
    if report.external:
        yield f"Imported, not measured here: {', '.join(sorted(report.external))}."
    yield from report.notes


def _rule(report: Report) -> Iterator[str]:
    yield f"{report.suite.rule}: {RULES[report.suite.rule]}"
    yield ERROR
    if report.numbers.unit == POINTS:
        yield "It is that of the points before clipping."
    yield "No missing cell is filled in."


def _label(model: str, report: Report) -> str:
    return f"{model} (imported)" if model in report.external else model


def _share(share: float | None) -> str:
    return "nothing weighs" if share is None else f"{100 * share:.0f} %"


def _sign(unit: str) -> str:
    return " %" if unit == PROPORTION else f" {unit}" if unit else ""


def _quantity(value: float, unit: str) -> str:
    if unit == PROPORTION:
        return f"{100 * value:.1f}"
    return f"{value:.2f}" if unit == POINTS else f"{value:.4g}"


def _ends(interval: tuple[float, float] | None, unit: str) -> str:
    return "none" if interval is None else " to ".join(_quantity(end, unit) for end in interval)


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
