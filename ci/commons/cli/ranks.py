"""``commons ranks``: the models of a task with their places, each as the range that the data allow."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.choosing import choose_folders
from commons.cli.common import json_option, repository, root_option, safe_whole, say_json, say_problems
from commons.cli.saying import wrapped

if TYPE_CHECKING:
    from commons.analyse.ranks import TaskRanks

#: Up to so many models that may be the best are named.
_BEST = 6

#: So many left-out cells are named; the others are counted by their reason.
_NAMED = 10


@click.command("ranks", epilog="""\b
Examples:
  commons ranks everyday_physics
  commons ranks everyday_physics last_word --json
  commons ranks --suite everyday_choice
  commons ranks

\b
Exit codes: 0 shown, 1 a file is broken, 2 could not run.
""")
@click.argument("tasks", nargs=-1, metavar="[TASK]...")
@click.option("--suite", "suites", multiple=True, metavar="NAME", help="The tasks of a suite; may be given again.")
@root_option
@json_option
def command(tasks: tuple[str, ...], suites: tuple[str, ...], root: Path | None, as_json: bool) -> int:
    """Order the models of each TASK (of all tasks, where none is named), every place as a range.

    All pairs of models are compared on the items that both answered. Place 1-3 says that the model may be the first,
    the second or the third: no order is shown that the data do not settle. The chance that a table puts any pair in
    the wrong order is at most 5% where answers are right or wrong, and about 5% for other scores; it is each table's by
    itself, so that of twenty tables one may be wrong. `commons compare` asks about one pair and says so more often:
    with many models a table must be stricter.

    Lines stand by value, ranges come from the pairs: a model with the higher value can have the wider range, where its
    answers differ from the others' on more items. What was worked out before is kept under .commons and made again only
    where a cell, a card or the models changed.
    """
    from commons.analyse.many import ranks_of_tasks

    pool = repository(root)
    names = [folder.name for folder in choose_folders(pool, tasks, suites)]
    found, broken = ranks_of_tasks(pool, names, time.time_ns)
    say_problems(problem for one in broken for problem in one)
    if as_json:
        say_json([_as_json(ranks) for ranks in found])
    else:
        for number, ranks in enumerate(found):
            for line in (*([""] if number else []), *_lines(ranks)):
                click.echo(safe_whole(line))
        for line in _how(found):
            click.echo(line)
    return 1 if broken else 0


def _lines(ranks: TaskRanks) -> Iterator[str]:
    from commons.publish.numbers import unit_sign

    better = "higher" if ranks.higher_is_better else "lower"
    yield f"{ranks.task}: {ranks.metric} in {unit_sign(ranks.unit)}, {better} is better"
    if ranks.unknown:
        yield from wrapped(f"There are no places. {ranks.unknown}", "  ")
    else:
        yield from (f"  {line}" for line in _table(ranks))
        yield from wrapped(_best(ranks), "  ")
    yield from _left_out(ranks)


def _best(ranks: TaskRanks) -> str:
    best = ranks.may_be_best
    if len(best) > _BEST:
        return f"{len(best)} of {len(ranks.lines)} may be the best."
    return f"May be the best: {', '.join(best)}." if len(best) > 1 else f"The best: {best[0]}."


def _table(ranks: TaskRanks) -> Iterator[str]:
    """Columns of equal width: place, model, value with its interval, n."""
    from commons.cli.saying import measured

    rows = [("place", "model", "value (95% interval)", "n")]
    rows += [(line.place, line.model, measured(line.value, line.interval, ranks.unit), str(line.n))
             for line in ranks.lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if any(line.n != ranks.items for line in ranks.lines):
        yield f"The places are those on the {ranks.items} items that all of these models have."


def _how(found: Sequence[TaskRanks]) -> Iterator[str]:
    """What all tables share, once: what 5% is of, and where it is not promised."""
    if ordered := [ranks for ranks in found if ranks.lines]:
        said = ("All pairs of a table at once, at 5% for each table by itself; `commons compare` asks about one pair, "
                "and so calls more of them clear.")
        if any(not ranks.right_or_wrong for ranks in ordered):
            said += (" Of scores that are not right or wrong 5% is no promise: it is more where items are few and the "
                     "scores are skewed.")
        yield ""
        yield from wrapped(f"{said} More: commons ranks --help; methods and seeds: --json.", hanging="")


def _left_out(ranks: TaskRanks) -> Iterator[str]:
    if not ranks.left_out:
        return
    yield f"  Left out: {len(ranks.left_out)}."
    for one in ranks.left_out[:_NAMED]:
        variant = "" if one.variant == "canonical" else f"@{one.variant}"
        yield from wrapped(f"{one.model}{variant}: {one.reason}", "    ")
    for reason, count in Counter(one.reason for one in ranks.left_out[_NAMED:]).most_common():
        yield from wrapped(f"{count} more: {reason}", "    ")


def _as_json(ranks: TaskRanks) -> dict[str, object]:
    lines = [{**line._asdict(), "place": line.place} for line in ranks.lines]
    return {**asdict(ranks), "lines": lines, "may_be_best": ranks.may_be_best}
