"""Checking a fake endpoint for drift in tests: its moods, a pool that was measured on it, and clocks."""

from __future__ import annotations

import dataclasses
import datetime
import random
import shutil
from pathlib import Path

from commons.evaluate.progress import Silent
from commons.evaluate.run import Run, RunReport, RunRequest, render_all
from commons.evaluate.sentinel import Watch, Watched
from commons.evaluate.surroundings import Surroundings
from commons.harness.sandbox import Confinement, fault
from commons.harness.store import ResponseStore
from commons.pool.models import Model
from commons.pool.repository import Repository
from commons.pool.sentinels import SentinelFile, read_sentinels, sentinel_path
from commons.pool.whole import write_whole
from tests.builders import TaskSpec, endpoint_entry, generate_task, write_pool
from tests.engines.fake_endpoint import Asked, Reply, chat, failure
from tests.running import NOON, still

DAY = datetime.timedelta(days=1)
WORDS = [f"word{number}" for number in range(24)]


class Mood:
    """How the endpoint answers now: ``steady``, ``drifted``, ``noisy`` (half of it by chance) or ``down``."""

    def __init__(self) -> None:
        self.now = "steady"
        self.asked = 0
        self._chance = random.Random(20261123)  # noqa: S311  (noise)

    def __call__(self, asked: Asked) -> Reply:
        """Answer with the question's last word, as the mood has it."""
        self.asked += 1
        word = str(asked.body["messages"][-1]["content"]).split()[-1]  # type: ignore[index]
        if self.now == "down":
            return failure(500, "down")
        if self.now == "noisy" and self._chance.random() < 0.5:
            return chat(f"{word}{self._chance.randrange(3)}")
        return chat(f"{word}x" if self.now == "drifted" else word)


def unpinned(base_url: str, name: str = "served") -> str:
    """The entry of an endpoint whose weights can change."""
    return endpoint_entry(base_url, name, retries=0).replace("pinned: true", "pinned: false")


def asking(name: str = "say", words: list[str] = WORDS, **changes: object) -> TaskSpec:
    """A task of a question for each word, which is to be said backwards."""
    rows = [{"q": f"{name.title()} backwards the word {word}", "a": word[::-1]} for word in words]
    return generate_task(name, rows=rows, **changes)


def on(day: int) -> Surroundings:
    """Surroundings in which it is noon, so many days from the first."""
    return dataclasses.replace(still(), now=lambda: NOON + day * DAY)


def confinement() -> Confinement:
    """The sandbox where there is one."""
    return Confinement.SANDBOX if fault() is None else Confinement.TRUST


class World:
    """A pool and the folder that its checks are left in."""

    def __init__(self, pool: Repository) -> None:
        self.pool = pool
        self.output = pool.root / "checks"

    @classmethod
    def measured(cls, folder: Path, base_url: str, tasks: list[TaskSpec] | None = None) -> World:
        """A pool whose tasks were measured on an endpoint on day 0."""
        world = cls(write_pool(folder, tasks or [asking()], unpinned(base_url)))
        world.measure(0)
        return world

    def copied(self, folder: Path) -> World:
        """The same once more, with all that was worked out about it."""
        shutil.copytree(self.pool.root, folder, dirs_exist_ok=True)
        return World(Repository(folder))

    @property
    def model(self) -> Model:
        """The endpoint."""
        return self.pool.models()[0]

    def measure(self, day: int) -> RunReport:
        """Run what is stale."""
        tasks, _ = self.pool.tasks()
        with ResponseStore(self.pool.work / "responses.sqlite") as store:
            return Run(self.pool, store, Silent(), on(day)).run(RunRequest(tasks, [self.model]))

    def check(self, day: int, *, land: bool = True, **options: object) -> Watched:
        """Check the endpoint, and put the check where it counts."""
        tasks, _ = self.pool.tasks()
        report = RunReport()
        rendered = render_all(tasks, self.pool.work, confinement(), Silent(), report)
        assert not report.errors
        watch = Watch(self.pool.ledger, rendered, Silent(), on(day), **options)  # type: ignore[arg-type]
        done = watch.check(self.model, self.output)
        if land and done.path is not None:
            write_whole(sentinel_path(self.pool.ledger.root, done.model), done.path.read_text())
        return done

    @property
    def checks(self) -> SentinelFile:
        """The checks that stand."""
        return read_sentinels(sentinel_path(self.pool.ledger.root, self.model.id))
