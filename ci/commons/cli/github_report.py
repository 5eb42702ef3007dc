"""``commons github report``: the trial of the changed tasks, written down for the job that comments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commons.cli.common import repository, root_option, safe, say_trust, trust_option
from commons.pool.repository import Repository

if TYPE_CHECKING:
    from commons.gates.check import CheckReport
    from commons.plan.plan import Plan


@click.command("report")
@click.option("--base", required=True, metavar="REV", help="The main line that the changes are held against.")
@click.option("--head", default=None, metavar="SHA",
              help="The pull request's head commit, where the checkout is a merge of it [default: HEAD].")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where the report goes; the comment looks for report.json.")
@click.option("--summary", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              help="Add the checks in Markdown to this file, as for a job's summary.")
@trust_option
@root_option
def command(
    base: str, head: str | None, output: Path, summary: Path | None, trust: bool, root: Path | None
) -> int:
    """Try the changed tasks of this checkout, and write what was found for the comment.

    This runs contributed code, in the sandbox. It needs no token and no network. It ends as commons check does: 1
    where a task is not ready, 2 where nothing can be said of one; the report is written in any case.
    """
    from commons.gates.check import Settings, check
    from commons.gates.redundancy import overlaps
    from commons.gates.render import FORMATS
    from commons.github.report_make import changed_folders, make_report
    from commons.harness.renderings import rendering_of
    from commons.harness.sandbox import Confinement
    from commons.pool.git import commit_of
    from commons.pool.whole import write_whole

    pool = repository(root)
    if trust:
        say_trust()
    confinement = Confinement.TRUST if trust else Confinement.SANDBOX
    settings = Settings(confinement=confinement,
                        redundancy=lambda task, count: overlaps(pool, task.folder, count))
    start, folders = changed_folders(pool, base)
    sha = commit_of(pool.root, head or "HEAD")
    checks: list[CheckReport] = []

    def checked(folder: Path) -> CheckReport:
        checks.append(check(folder, pool, settings))
        return checks[-1]

    made = make_report(
        pool, sha, start, folders, check=checked,
        render=lambda task: rendering_of(task, pool.work, confinement),
        plan=lambda ready: _plan(pool, ready, trust=trust),
    )
    write_whole(output, made.model_dump_json(indent=1) + "\n")
    for one in made.tasks:
        said = one.check.sentence if one.check else one.problem or "It could not be tried."
        click.echo(f"{safe(one.task)}: {safe(said)}")
    click.echo(f"{len(made.tasks):,} changed tasks tried; the report is in {safe(str(output))}")
    if summary is not None and checks:
        with summary.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(FORMATS["markdown"](checks))
    verdicts = {one.check.verdict if one.check else "cannot say" for one in made.tasks}
    return 1 if "not ready" in verdicts else 2 if "cannot say" in verdicts else 0


def _plan(pool: Repository, folders: Sequence[Path], *, trust: bool) -> Plan:
    from commons.cli.choosing import models_to_plan
    from commons.cli.plan import make
    from commons.plan.make import PlanRequest

    known = pool.models()
    chosen, _ = models_to_plan(known, (), endpoints=False)
    return make(pool, PlanRequest(folders=folders, models=chosen, known=known), None, trust=trust).plan
