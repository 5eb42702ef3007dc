"""``commons queue``: the open pull requests by who acts next."""

from __future__ import annotations

import datetime
from pathlib import Path

import click
from pydantic import ValidationError

from commons.cli.common import json_option, repository, root_option, safe, say_json
from commons.errors import CannotRun, Where
from commons.github.newcomers import limit_for
from commons.github.owners import Absence, gone_owners, read_maintainers
from commons.github.queue import QueueFile, Waiting, counts, queue
from commons.pool.repository import Repository
from commons.pool.yamlfile import read_text

_MAX_BYTES = 25_000_000


@click.command("queue", epilog="""\b
Examples:
  commons queue --repository ORG/REPO
  commons queue --from queue.json --json

\b
Exit codes: 0 shown, 2 could not run.
""")
@click.option("--from", "source", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Read the facts from this file, and not from GitHub.")
@click.option("--repository", "name", metavar="OWNER/NAME", help="On GitHub [default: GITHUB_REPOSITORY].")
@click.option("--token-env", default="GITHUB_TOKEN", show_default=True, metavar="NAME",
              help="The environment variable that holds a token, if any.")
@click.option("--owners", is_flag=True, help="Ask also which owners are gone: one call for each of them.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day to count from [default: today].")
@root_option
@json_option
def command(
    source: Path | None, name: str | None, token_env: str, owners: bool, today: datetime.datetime | None,
    root: Path | None, as_json: bool,
) -> int:
    """Show the open pull requests by who acts next, oldest first, and tasks whose owners have been gone for a year.

    The judgement is that of the live comment, by its labels; drafts, conflicts and reviews are taken from GitHub.
    """
    pool = repository(root)
    facts = _read(source) if source else _ask(pool, name, token_env, owners=owners)
    now = today or datetime.datetime.now(datetime.timezone.utc)
    waiting = queue(facts.pulls, read_maintainers(pool.root))
    gone = _gone(pool, facts, now.date()) if owners or facts.last_seen else ()
    if as_json:
        say_json({
            "facts": facts.model_dump(mode="json"),
            "queue": [{"number": one.pull.number, "next": one.actor.value, "why": one.why} for one in waiting],
            "gone": [{"task": one.task, "owners": list(one.owners), "since": one.since.isoformat()} for one in gone],
        })
    else:
        for line in [*_table(waiting, now.date()), *_absences(gone)]:
            click.echo(safe(line))
    return 0


def _read(source: Path) -> QueueFile:
    try:
        return QueueFile.model_validate_json(read_text(source, _MAX_BYTES))
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in one["loc"])
        raise CannotRun(f"`{place}`: {one['msg']}.", where=Where(source),
                        mend="Give what `commons queue --json` prints under `facts`.") from error


def _ask(pool: Repository, name: str | None, token_env: str, *, owners: bool) -> QueueFile:
    from commons.cli.asking import reading
    from commons.github.queue_api import last_seen, open_pulls

    with reading(name, token_env) as api:
        everybody = [owner for task in pool.tasks()[0] for owner in task.card.owners] if owners else []
        return QueueFile(pulls=open_pulls(api), last_seen=last_seen(api, everybody))


def _gone(pool: Repository, facts: QueueFile, today: datetime.date) -> tuple[Absence, ...]:
    tasks = {task.name: (task.card.owners, task.card.lifecycle.since) for task in pool.tasks()[0]}
    return gone_owners(tasks, facts.last_seen, today)


def _table(waiting: tuple[Waiting, ...], today: datetime.date) -> list[str]:
    if not waiting:
        return ["No pull request is open."]
    lines = [", ".join(f"{number} for the {actor.value}" for actor, number in counts(waiting).items() if number) + "."]
    actor = None
    for one in waiting:
        if one.actor is not actor:
            actor = one.actor
            lines += ["", f"{actor.value} acts next"]
        days = (today - one.pull.opened.date()).days
        title = one.pull.title if len(one.pull.title) <= 50 else one.pull.title[:47] + "..."
        first = " (first contribution)" if limit_for(one.pull.merged_before, trusted=one.pull.trusted).most == 2 else ""
        lines.append(f"  #{one.pull.number:<5} {days:>4} d  @{one.pull.author}{first}: {title}")
        lines.append(f"{'':16}{one.why}")
    return lines


def _absences(gone: tuple[Absence, ...]) -> list[str]:
    if not gone:
        return []
    lines = ["", "Tasks of which no owner was seen for a year; a maintainer looks for a new one"]
    return lines + [f"  {one.task}: {', '.join('@' + owner for owner in one.owners)}, last seen {one.since.isoformat()}"
                    for one in gone]
