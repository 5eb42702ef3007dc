"""Programs that are killed at random moments, quickly: each is a process of its own, forked from one that is ready.

``kill -9`` of a process that took three seconds to start hits its start nearly always. Here a server that has
imported everything forks, and what is killed is the work.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from commons.evaluate.verify import verify_cells
from commons.harness.jobs import WorkerJob
from commons.pool.ledger import Ledger
from commons.pool.repository import Repository
from tests.builders import endpoint_entry, generate_task, write_pool
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, chat
from tests.evaluate.planning import plan_file, plan_of

ITEMS = [{"q": f"The number before {number + 1}", "a": str(number)} for number in range(24)]
MODELS = ("one", "two")
RUN = ("run", "--model", "one", "--model", "two")
#: Collecting takes a moment, once everything is imported.
COLLECT_SECONDS = 0.15
_PROVENANCE = re.compile(r' "provenance": \{.*?\n \},\n', re.DOTALL)


def command(folder: str, arguments: tuple[str, ...]) -> None:
    """Run ``commons`` in this process, quietly."""
    from commons.cli import main

    _enter(folder)
    main(list(arguments))


def make_plan(folder: str) -> None:
    """Write the plan of a pool into it."""
    _enter(folder)
    pool = Repository(Path(folder))
    plan_file(pool, plan_of(pool, MODELS, shards=2))


def _enter(folder: str) -> None:
    """Go there, say nothing, and run the harness's steps in this process, which has loaded the harness."""
    from commons.harness import sandbox, session
    from commons.harness.process import WorkerProcess
    from commons.harness.worker import Worker

    def do(_: WorkerProcess, job: WorkerJob, __: float | None = None) -> str:
        files = Path(tempfile.mkdtemp(dir=Path(folder).parent))
        (files / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
        Worker().answer(files / "job.json", files / "result.json")
        return (files / "result.json").read_text(encoding="utf-8")

    WorkerProcess.start = lambda _: None
    WorkerProcess.do = do
    session.probe = sandbox.probe = lambda: None
    os.chdir(folder)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)


def ready() -> ForkServerContext:
    """A server of processes that have imported what ``commons run`` and ``commons collect`` need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.killing", "commons.cli.run", "commons.cli.run_plan", "commons.cli.collect",
                                    "commons.cli.progress", "commons.evaluate.run", "commons.evaluate.collect",
                                    "commons.engines.openai_compatible", "commons.publish.numbers",
                                    "commons.harness.worker"])
    return context


@dataclass
class Killed:
    """What came of kills of living work, how many came too late, and whatever was not as it must be."""

    kills: int = 0
    missed: int = 0
    wrong: list[str] = field(default_factory=list)


class Trials:
    """A pool whose model is a server on the loopback, and the cells that an undisturbed run of it gives."""

    def __init__(self, folder: Path, server: FakeEndpoint, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  (chance, not secrecy)
        self.result = Killed()
        self._context = ready()
        self._folder = folder
        models = "".join(endpoint_entry(server.base_url.replace("/v1", f"/{name}/v1"), name, parallel=2)
                         for name in MODELS)
        specs = [generate_task(rows=ITEMS), generate_task("tell", rows=ITEMS[:9])]
        self._make: Callable[[str], Repository] = lambda name: write_pool(folder / name, specs, models)
        pool = self._make("undisturbed")
        planning = self._context.Process(target=make_plan, args=(str(pool.root),))
        planning.start()
        planning.join()
        self._kept = pool.root
        for number in (1, 2):
            self._end(pool, ("run", "--plan", "plan.json", "--shard", str(number), "--output", "shards"))
        self.shards = (pool.root / "shards").rename(folder / "shards")
        _forget(pool.root / "results", pool.work)
        begun = time.monotonic()
        self._end(pool, RUN)
        self._seconds = time.monotonic() - begun
        self.expected = cells_of(pool.ledger)

    def run(self, kills: int) -> None:
        """Kill a run over and over; then let it end."""
        pool = self._fresh()
        self._kill(pool, RUN, kills, self._seconds, pool.root / "results")
        self._end(pool, RUN)
        self._check("run", pool.ledger)

    def shard(self, kills: int) -> None:
        """Kill each shard of a plan over and over, two runs of it at once now and then; let them end; collect."""
        pool = self._fresh()
        for number in (1, 2):
            arguments = ("run", "--plan", "plan.json", "--shard", str(number), "--output", "shards")
            self._kill(pool, arguments, max(1, kills // 2), self._seconds / 2,
                       pool.root / "shards" / f"shard-{number}", at_once=1 + number % 2)
            both = [self._start(pool, arguments) for _ in range(2)]
            for one in both:
                one.join()
                if one.exitcode:
                    self.result.wrong.append(f"a run of shard {number} beside another ended with {one.exitcode}")
        self._end(pool, ("collect", "--plan", "plan.json", "shards"))
        self._check("shards", pool.ledger)

    def collect(self, kills: int) -> None:
        """Kill the collecting of finished shards over and over, two at once now and then; then let it end."""
        pool = self._fresh()
        arguments = ("collect", "--plan", "plan.json", str(self.shards))
        self._kill(pool, arguments, kills, COLLECT_SECONDS, pool.root / "results", at_once=2)
        self._end(pool, arguments)
        self._check("collect", pool.ledger)

    def _fresh(self) -> Repository:
        pool = self._make(f"pool-{len(list(self._folder.iterdir()))}")
        # Tasks are the same, and rendering them is not what is killed here.
        shutil.copytree(self._kept / ".commons" / "renderings", pool.work / "renderings")
        shutil.copyfile(self._kept / "plan.json", pool.root / "plan.json")
        return pool

    def _start(self, pool: Repository, arguments: tuple[str, ...]) -> ForkServerProcess:
        process = self._context.Process(target=command, args=(str(pool.root), arguments))
        process.start()
        return process

    def _end(self, pool: Repository, arguments: tuple[str, ...]) -> None:
        process = self._start(pool, arguments)
        process.join()
        if process.exitcode:
            self.result.wrong.append(f"commons {' '.join(arguments)} ended with {process.exitcode}")

    def _kill(
        self, pool: Repository, arguments: tuple[str, ...], kills: int, seconds: float, leaves: Path, at_once: int = 1
    ) -> None:
        """Kill so many times what ``arguments`` start; where it was done already, it begins from nothing."""
        hits = 0
        for _ in range(4 * kills):
            processes = [self._start(pool, arguments) for _ in range(at_once)]
            time.sleep(self.random.uniform(0, seconds))
            alive = any(one.is_alive() for one in processes)
            for one in processes:
                one.kill()
                one.join()
            hits += alive
            if hits == kills:
                break
            if not alive:
                self.result.missed += 1
                _forget(leaves, pool.work)
        self.result.kills += hits

    def _check(self, what: str, ledger: Ledger) -> None:
        """Hold what is there against the undisturbed run: the same cells, byte for byte but for their provenance."""
        found = cells_of(ledger)
        self.result.wrong += [f"{what}: {name} is missing" for name in self.expected.keys() - found.keys()]
        self.result.wrong += [f"{what}: {name} is another" for name, text in found.items()
                              if self.expected.get(name) != text]
        rendered = {name: ledger.rendered(name) for name in ("say", "tell")}
        self.result.wrong += [f"{what}: {problem}" for problem in verify_cells(ledger.cell_paths(), rendered).problems]


def _forget(folder: Path, work: Path) -> None:
    """Remove what runs have left in a folder, and all answers."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in work.glob("responses.sqlite*"):
        path.unlink()


def cells_of(ledger: Ledger) -> dict[str, str]:
    """Every cell's file without its provenance."""
    return {str(path.relative_to(ledger.root)): _PROVENANCE.sub("", path.read_text()) for path in ledger.cell_paths()}


def answering(asked: Asked) -> Reply:
    """Take a moment, and say the number before the last word of the question."""
    time.sleep(0.01)
    return chat(str(int(str(asked.body["messages"][-1]["content"]).split()[-1]) - 1))


def kill_all(kills: int, seed: int = 0, portion: int = 8, *, watch: Callable[[str], None] = lambda _: None) -> Killed:
    """So many kills in all, over runs, shards and collecting in turn."""
    with tempfile.TemporaryDirectory(prefix="commons-kills-") as folder, FakeEndpoint(answering) as server:
        # Who is killed lets his connections go.
        server._server.handle_error = lambda *_: None
        trials = Trials(Path(folder), server, seed)
        kinds: Sequence[Callable[[int], None]] = (trials.run, trials.shard, trials.collect)
        turn = 0
        while trials.result.kills < kills and not trials.result.wrong:
            kinds[turn % 3](max(2, min(portion, kills - trials.result.kills)))
            turn += 1
            watch(f"{trials.result.kills} kills, {len(trials.result.wrong)} wrong")
        return trials.result


if __name__ == "__main__":
    sys.exit(bool(kill_all(3).wrong))
