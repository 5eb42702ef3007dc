"""``commons ranks``: the models of a task with their places, each as the range that the data allow."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.choosing import choose_folders
from commons.cli.common import json_option, repository, root_option, safe_whole, say_json, say_problems

if TYPE_CHECKING:
    from commons.analyse.ranks import TaskRanks

#: So many left-out cells are named; the others are counted by their reason.
_NAMED = 10


@click.command("ranks", epilog="""\b
Examples:
  commons ranks everyday_physics
  commons ranks everyday_physics last_word --json
  commons ranks

\b
Exit codes: 0 shown, 1 a file is broken, 2 could not run.
""")
@click.argument("tasks", nargs=-1, metavar="[TASK]...")
@root_option
@json_option
def command(tasks: tuple[str, ...], root: Path | None, as_json: bool) -> int:
    """Order the models of each TASK (of all tasks, where none is named), every place as a range.

    All pairs of models are compared on the items that both answered. Place 1-3 says that the model may be the first,
    the second or the third: no order is shown that the data do not settle. What was worked out before is kept under
    .commons and made again only where a cell, a card or the models changed.
    """
    from commons.analyse.many import ranks_of_tasks

    pool = repository(root)
    names = [folder.name for folder in choose_folders(pool, tasks, ())]
    found, broken = ranks_of_tasks(pool, names, time.time_ns)
    say_problems(problem for one in broken for problem in one)
    if as_json:
        say_json([_as_json(ranks) for ranks in found])
    else:
        for number, ranks in enumerate(found):
            for line in (*([""] if number else []), *_lines(ranks)):
                click.echo(safe_whole(line))
    return 1 if broken else 0


def _lines(ranks: TaskRanks) -> Iterator[str]:
    from commons.publish.numbers import unit_sign

    better = "higher" if ranks.higher_is_better else "lower"
    yield f"{ranks.task}: {ranks.metric} in {unit_sign(ranks.unit)}, {better} is better"
    if ranks.unknown:
        yield f"  There are no places. {ranks.unknown}"
    else:
        yield from (f"  {line}" for line in _table(ranks))
        best = ", ".join(ranks.may_be_best)
        yield f"  May be the best: {best}." if len(ranks.may_be_best) > 1 else f"  The best: {best}."
        yield f"  {ranks.multiplicity}"
    yield from (f"  {line}" for line in _left_out(ranks))


def _table(ranks: TaskRanks) -> Iterator[str]:
    """Columns of equal width: place, model, value, interval, n, tie group."""
    from commons.publish.numbers import quantity

    rows = [("place", "model", "value", "95% interval", "n", "tie group")]
    for line in ranks.lines:
        ends = line.interval and " to ".join(quantity(end, ranks.unit) for end in line.interval)
        rows.append((line.place, line.model, quantity(line.value, ranks.unit), ends or "none", str(line.n),
                     str(line.group)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if any(line.n != ranks.items for line in ranks.lines):
        yield f"The places are those on the {ranks.items} items that all of these models have."


def _left_out(ranks: TaskRanks) -> Iterator[str]:
    if not ranks.left_out:
        return
    yield f"Left out: {len(ranks.left_out)}."
    for one in ranks.left_out[:_NAMED]:
        variant = "" if one.variant == "canonical" else f"@{one.variant}"
        yield f"  {one.model}{variant}: {one.reason}"
    for reason, count in Counter(one.reason for one in ranks.left_out[_NAMED:]).most_common():
        yield f"  {count} more: {reason}"


def _as_json(ranks: TaskRanks) -> dict[str, object]:
    lines = [{**line._asdict(), "place": line.place} for line in ranks.lines]
    return {**asdict(ranks), "lines": lines, "may_be_best": ranks.may_be_best}
