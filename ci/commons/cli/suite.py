"""``commons suite``: a suite's number for each model, with its coverage and what it cannot say."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import json_option, repository, root_option, safe_whole, say_json, say_problems
from commons.cli.saying import meant
from commons.errors import BadFile, CannotRun
from commons.pool.repository import SUITES_FOLDER, Repository
from commons.pool.suites import HARD, Suite, SuiteExtras, read_suite

if TYPE_CHECKING:
    from commons.analyse.suite_index import SuiteIndex
    from commons.analyse.suite_report import Report


@click.command("suite", epilog="""\b
Examples:
  commons suite
  commons suite everyday_choice
  commons suite everyday_choice --win-rate --borda --latent
  commons suite open_llm_leaderboard_v2 --external --json
  commons suite hard

\b
Exit codes: 0 shown, 1 a suite file is broken, 2 could not run.
""")
@click.argument("name", required=False)
@click.option("--external", is_flag=True, help="Also show imported cells, marked; they never enter the index.")
@click.option("--win-rate", is_flag=True, help="Also the mean win rate, with what is wrong with it.")
@click.option("--borda", is_flag=True, help="Also the Borda count, with what is wrong with it.")
@click.option("--latent", is_flag=True, help="Also one latent index, where there are enough models and tasks.")
@root_option
@json_option
def command(
    name: str | None, external: bool, win_rate: bool, borda: bool, latent: bool, root: Path | None, as_json: bool
) -> int:
    """Compute the aggregate of the suite NAME; without a name, list the suites.

    Coverage comes first. A mean stands only over tasks that all its models have, and a missing cell is never filled in
    (but by --borda, which says so): a model that lacks some has bounds instead. NAME may be `hard`, the suite that is
    derived by rule: the tasks on which no measured model reaches people. The order of models is by name and is no
    ranking: places are those of `commons ranks --suite NAME`, and `commons compare A B --suite NAME` compares two
    models on its tasks. A suite whose tasks are built into the harness is not run here: only `commons import` brings
    its results.
    """
    from commons.analyse.suite_report import Wishes, listed, make_report
    from commons.cli.suite_words import listing_lines, report_lines

    pool = repository(root)
    suites, broken = _suites(pool)
    for error in broken:
        say_problems(error.problems)
    notes: tuple[str, ...] = ()
    if name is None:
        rows = [listed(pool, suite, external=external) for suite in suites]
        say_json([asdict(row) for row in rows]) if as_json else _say(listing_lines(rows))
        return 1 if broken else 0
    if name == HARD:
        derived, notes = _hard(pool)
        if derived is None:
            say_json({"suite": HARD, "members": [], "notes": notes}) if as_json else _say(list(notes))
            return 0
        suite = derived
    else:
        suite = _named(suites, name, broken)
    report = make_report(pool, suite, Wishes(external, win_rate, borda, latent), notes)
    say_json(_as_json(report)) if as_json else _say(report_lines(report))
    return 1 if broken else 0


def _say(lines: list[str]) -> None:
    for line in lines:
        click.echo(safe_whole(line))


def _suites(pool: Repository) -> tuple[list[Suite], list[BadFile]]:
    """The suites that can be read, and the faults of the others."""
    suites, broken = [], []
    for path in sorted((pool.tasks_folder / SUITES_FOLDER).glob("*.yaml")):
        try:
            suites.append(read_suite(path))
        except BadFile as error:
            broken.append(error)
    return suites, broken


def _named(suites: list[Suite], name: str, broken: list[BadFile]) -> Suite:
    for suite in suites:
        if suite.group == name:
            return suite
    groups = [*(suite.group for suite in suites), HARD]
    also = " Files that cannot be read are named above." if broken else ""
    raise CannotRun(f"There is no suite `{name}`.",
                    mend=f"Known suites: {', '.join(groups)}.{meant(name, groups)}{also}")


def _hard(pool: Repository) -> tuple[Suite | None, tuple[str, ...]]:
    """The suite that the ledger gives now, and why each other task is not in it; None where it is empty."""
    from commons.analyse.hard import hard_suite

    found = hard_suite(pool)
    left_out = tuple(f"Not in it: {one.task}. {one.reason}" for one in found.left_out)
    if not found.members:
        return None, ("The hard suite is empty: no task has a human baseline that every measured model is below.",
                      *left_out)
    extras = SuiteExtras(title="Hard tasks, derived by rule", rule="macro mean of chance-corrected scores")
    suite = Suite(group=HARD, task=[one.task for one in found.members], extras=extras)
    return suite, left_out


def _as_json(report: Report) -> dict[str, object]:
    held = asdict(replace(report, index=None))
    held["suite"] = report.suite.model_dump(mode="json", exclude_none=True) | {
        "rule": report.suite.rule, "title": report.suite.title,
    }
    held["external"] = sorted(report.external)
    held["index"] = report.index and _index(report.index)
    return held


def _index(index: SuiteIndex) -> dict[str, object]:
    held: dict[str, object] = {"models": index.models, "tasks": index.tasks, "left_out": index.left_out,
                               "why": index.why, "anchor": index.anchor}
    if index.found is not None:
        fit = index.found.fit
        held |= {"abilities": fit.abilities.tolist(), "intervals": index.found.intervals, "draws": index.found.draws,
                 "failed": index.found.failed, "difficulties": fit.difficulties.tolist(),
                 "slopes": fit.slopes.tolist()}
    return held
