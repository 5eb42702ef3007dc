"""Landing in tests: a bare repository that plays the remote, clones of it, and shards that were run once for all."""

from __future__ import annotations

import dataclasses
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from commons.evaluate.progress import Silent
from commons.github.land import Around, Landed, Order, land
from commons.github.land_places import Extra
from commons.harness.jobs import WorkerJob
from commons.harness.process import WorkerProcess
from commons.harness.requests import Answer, Request
from commons.harness.worker import Worker
from commons.plan.plan import Plan
from commons.pool.cell import Cell
from commons.pool.hashing import sha256_text
from commons.pool.repository import Repository
from tests.builders import GENERATE, endpoint_entry, generate_task, write_pool
from tests.evaluate.planning import plan_of
from tests.evaluate.sharding import edited, run_shard
from tests.running import NOON, RuleEngine, by_length, rule_kind

#: Without the metric whose interval is drawn by bootstrap, which takes longer than all of git.
QUICK = GENERATE.replace("  - {metric: bleu, aggregation: bleu, higher_is_better: true}\n", "")
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    """Run git as a person would."""
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def answering_by_rule(rule: Callable[[Request], Answer] = by_length) -> Iterator[None]:
    """A model that answers by rule in the place of every engine, and the harness's steps in this process."""

    def do(_: WorkerProcess, job: WorkerJob, __: float | None = None) -> str:
        files = Path(tempfile.mkdtemp())
        (files / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
        Worker().answer(files / "job.json", files / "result.json")
        return (files / "result.json").read_text(encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        for module in ("measuring", "shard"):
            patch.setattr(f"commons.evaluate.{module}.engine_kind", lambda _: rule_kind(RuleEngine(rule)))
        patch.setattr(WorkerProcess, "start", lambda _: None)
        patch.setattr(WorkerProcess, "do", do)
        patch.setattr("commons.harness.session.probe", lambda: None)
        yield


@dataclasses.dataclass(frozen=True)
class Scene:
    """A bare remote whose one commit is the pool, and for each of its models a plan and the shard that was run.

    ``otherwise`` is the first model's shard as it is an hour later, when the model answers otherwise.
    """

    remote: Path
    plans: tuple[Plan, ...]
    shards: tuple[Path, ...]
    otherwise: Path

    def clone(self, folder: Path, *options: str) -> Repository:
        """A checkout of the remote."""
        git(folder.parent, "clone", "--quiet", *options, self.remote.as_uri(), folder.name)
        return Repository(folder)

    def copy(self, folder: Path) -> Scene:
        """The same with a remote of its own."""
        git(folder.parent, "clone", "--quiet", "--bare", self.remote.as_uri(), folder.name)
        return dataclasses.replace(self, remote=folder)

    def log(self, form: str = "%s") -> list[str]:
        """The commits of the remote's main, newest first."""
        return git(self.remote, "log", f"--format={form}", "main").splitlines()

    def files(self) -> set[str]:
        """The results on the remote's main."""
        return set(git(self.remote, "ls-tree", "-r", "--name-only", "main", "results").splitlines())

    def edit(self, folder: Path, name: str, text: str) -> None:
        """Somebody else commits a file to the remote's main."""
        pool = self.clone(folder)
        (pool.root / name).parent.mkdir(parents=True, exist_ok=True)
        (pool.root / name).write_text(text)
        git(pool.root, "add", name)
        git(pool.root, "commit", "--quiet", "-m", f"Edit {name}")
        git(pool.root, "push", "--quiet", "origin", "HEAD:main")

    def forbid(self, reason: str) -> None:
        """Let the remote refuse every push with a message, as a protected branch does."""
        hook = self.remote / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho '{reason}' >&2\nexit 1\n")
        hook.chmod(0o755)


def stage(folder: Path, models: int) -> Scene:
    """Make the remote, run a shard for each of ``models``, each for a plan of its own."""
    names = [f"m{number}" for number in range(models)]
    entries = "".join(endpoint_entry(f"http://127.0.0.1:1/{name}/v1", name) for name in names)
    tasks = [generate_task(settings=QUICK), generate_task("tell", settings=QUICK, publish="aggregate")]
    pool = write_pool(folder / "origin", tasks, entries)
    (pool.root / ".gitignore").write_text(".commons/\n*.part\n")
    (pool.root / "docs").mkdir()
    (pool.root / "docs" / "page.md").write_text("A page.\n")
    git(pool.root, "init", "--quiet", "-b", "main")
    git(pool.root, "add", ".")
    git(pool.root, "commit", "--quiet", "-m", "The pool")
    git(folder, "clone", "--quiet", "--bare", str(pool.root), "remote.git")
    plans = tuple(dataclasses.replace(plan_of(pool, [name]), commit=git(pool.root, "rev-parse", "HEAD"))
                  for name in names)
    for name, plan in zip(names, plans, strict=True):
        run_shard(pool, plan, 1, folder / "shards" / name)
    with answering_by_rule(lambda _: Answer(text=" Paris", tokens_in=5, tokens_out=1)):
        run_shard(pool, plans[0], 1, folder / "otherwise", folder / "otherwise.sqlite")
    for path in (folder / "otherwise").rglob("cells/*/*.json"):
        started("2026-11-23T13:00:00+00:00", path)
    return Scene(folder / "remote.git", plans, tuple(folder / "shards" / name for name in names), folder / "otherwise")


def plan_sha256(plan: Plan) -> str:
    """A digest that plans of different cells do not share."""
    return sha256_text(repr([(cell.task, cell.model, cell.reason) for cell in plan.cells]))


def landed(
    pool: Repository, plan: Plan, *shards: Path, pauses: list[float] | None = None, extra: Sequence[Extra] = (),
    **changes: object,
) -> Landed:
    """Land without waiting; ``pauses`` remembers for how long it would have waited."""
    order = dataclasses.replace(Order(plan, plan_sha256(plan), shards, extra=tuple(extra)), **changes)
    waited = [] if pauses is None else pauses
    return land(pool, order, Around(Silent(), lambda: NOON, waited.append, lambda: 0.5))


def started(when: str, path: Path) -> None:
    """Change when a cell was started: all in which two runs of it differ."""

    def change(cell: Cell) -> Cell:
        return dataclasses.replace(cell, provenance=cell.provenance.model_copy(update={"started": when}))

    edited(path, change)
