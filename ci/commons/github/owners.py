"""Who answers for what: ``.github/CODEOWNERS`` from the cards and the file MAINTAINERS, and owners who are gone.

GitHub takes the last line that matches a file, so what no task owner may decide alone stands last. A task without a
line of its own falls to the maintainers: that is safe, so a file that merely lags behind a new task passes the check,
and two pull requests that each add a task touch no common file.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from commons.errors import BadFile, Problem, Where
from commons.pool.card import Handle
from commons.pool.repository import Repository
from commons.pool.task import read_card
from commons.pool.yamlfile import read_text

MAINTAINERS_FILE = "MAINTAINERS"
CODEOWNERS_FILE = ".github/CODEOWNERS"
#: Only maintainers decide about these, whoever owns a task; hooks are code, and each needs a person who reads it.
PROTECTED = (
    "/tasks/_suites/", "/tasks/**/*.py", "/ci/", "/.github/", "/models.yaml", "/results/", "/site/", "/tests/",
    "/benchmarks/", "/Makefile", "/pyproject.toml", "/constraints.txt", "/SECURITY.md", f"/{MAINTAINERS_FILE}",
)
#: An owner of whom nothing was heard for so long is gone.
GONE_AFTER = datetime.timedelta(days=365)

_HANDLE: TypeAdapter[str] = TypeAdapter(Handle)
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_TASK_LINE = re.compile(r"/tasks/([a-z][a-z0-9_]*)/ +(@.+)")
_MAX_BYTES = 100_000


def is_handle(text: str) -> bool:
    """Whether ``text`` can be somebody's handle on GitHub.

    >>> is_handle("ana-perez"), is_handle("@ana"), is_handle("ana_perez")
    (True, False, False)
    """
    try:
        _HANDLE.validate_python(text)
    except ValidationError:
        return False
    return True


def read_maintainers(root: Path) -> tuple[str, ...]:
    """The handles and teams of MAINTAINERS, in its order; none where there is no such file.

    Raises:
        BadFile: a line is neither a handle nor a team.
    """
    path = root / MAINTAINERS_FILE
    if not path.is_file():
        return ()
    found: dict[str, None] = {}
    problems = []
    for number, line in enumerate(read_text(path, _MAX_BYTES).splitlines(), start=1):
        name = line.partition("#")[0].strip().removeprefix("@")
        if name and not is_handle(name) and not _TEAM.fullmatch(name):
            mend = "Write one handle or org/team on each line, without @."
            problems.append(Problem("maintainer", f"`{name[:60]}` is no handle.", Where(path, number), mend))
        elif name:
            found[name] = None
    if problems:
        raise BadFile(problems)
    return tuple(found)


def codeowners(owners: Mapping[str, Sequence[str]], maintainers: Sequence[str]) -> str:
    """The file's text: everything, then each task, then what only maintainers decide. ``owners`` are by task.

    Whoever GitHub would not accept as an owner (the card's rules are wider than a word) is left out.
    """
    above = _mentions(maintainers)
    lines = [
        f"# Made by `commons docs` from the cards of the tasks and from {MAINTAINERS_FILE}: edit those.",
        "# The last line that matches a file decides. A task without a line here is the maintainers'.",
        f"* {above}",
        "",
    ]
    lines += [f"/tasks/{task}/ {_mentions(owners[task])}" for task in sorted(owners) if owners[task]]
    lines += ["", "# What no owner of a task decides alone: hooks, models, results, the program and this file."]
    lines += [f"{path} {above}" for path in PROTECTED]
    return "\n".join(lines) + "\n"


def codeowners_of(repository: Repository) -> str | None:
    """The file as this pool's cards and MAINTAINERS make it; None where the pool names no maintainer.

    A card that cannot be read gives its task to the maintainers.

    Raises:
        BadFile: MAINTAINERS cannot be read.
    """
    maintainers = read_maintainers(repository.root)
    if not maintainers:
        return None
    owners = {}
    for folder in repository.task_folders():
        if not folder.is_symlink() and re.fullmatch(r"[a-z][a-z0-9_]{2,63}", folder.name):
            try:
                owners[folder.name] = read_card(folder)[0].owners
            except BadFile:
                continue
    return codeowners(owners, maintainers)


def only_lags(standing: str, wanted: str) -> bool:
    """Whether the standing file is right but for tasks that have no line yet, which are the maintainers' until then.

    >>> wanted = codeowners({"sums": ["ana"]}, ["me"])
    >>> only_lags(codeowners({}, ["me"]), wanted), only_lags(codeowners({"sums": ["eve"]}, ["me"]), wanted)
    (True, False)
    """
    missing = {line for line in wanted.splitlines() if _TASK_LINE.fullmatch(line)} - set(standing.splitlines())
    return standing == "".join(f"{line}\n" for line in wanted.splitlines() if line not in missing)


def _mentions(names: Iterable[str]) -> str:
    return " ".join(f"@{name}" for name in dict.fromkeys(names))


@dataclass(frozen=True)
class Absence:
    """A task of which every owner is gone, and since when."""

    task: str
    owners: tuple[str, ...]
    since: datetime.date


def gone_owners(
    tasks: Mapping[str, tuple[Sequence[str], datetime.date]], last_seen: Mapping[str, datetime.date],
    today: datetime.date,
) -> tuple[Absence, ...]:
    """The tasks of which no owner was heard of for a year, longest first.

    ``tasks`` gives each task's owners and the date it began with them, which counts for an owner who is in
    ``last_seen`` nowhere: somebody new has not been gone for a year. Handles are compared as GitHub does, without case.
    """
    seen = {handle.lower(): day for handle, day in last_seen.items()}
    found = []
    for task, (owners, began) in tasks.items():
        last = max((max(began, seen.get(owner.lower(), began)) for owner in owners), default=began)
        if today - last >= GONE_AFTER:
            found.append(Absence(task, tuple(owners), last))
    return tuple(sorted(found, key=lambda one: (one.since, one.task)))
