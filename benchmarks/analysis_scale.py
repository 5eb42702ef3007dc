"""Everything that is said of 1,000 tasks x 300 models x 100 items, on two cores: seconds, peak memory, and the cache.

First part, on matrices drawn from a two-parameter logistic model, made task by task: intervals of all models, paired
differences of all pairs, item tables and diagnoses of every task (goal: 60 s for all of them), and rank sets (goal: 20
minutes for all; measured on 30 tasks and multiplied, or on all with --full). Kin between models is given by 100 made
families. Beside them stand naive loops over single pairs, on a few pairs and multiplied. Second part, on real cell
files: those of 30 tasks are read with nothing kept; the other tasks are links to them, with what was kept of the first
filed for them through the cache's own functions, because to read 300,000 files takes a quarter of an hour. Over all of
them: the ranks with everything kept, and after one changed cell (goal: under 2 s for the whole pool, plus that task's
rank sets). Memory stays under 2 GB. Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

# Before numpy: each worker is one core's.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np
from numpy.typing import NDArray
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "ci"), str(ROOT)]

from commons.analyse.cache import Cache
from commons.analyse.many import ranks_of_tasks
from commons.plan.signatures import file_looks
from commons.pool.cell import Row
from commons.pool.repository import Repository
from commons.stats.all_pairs import all_pairs
from commons.stats.items.classical import difficulty_intervals, group_means, item_statistics
from commons.stats.items.distractors import quality_groups
from commons.stats.items.diverse import diversity
from commons.stats.items.reliability import cronbach_alpha
from commons.stats.items.wrong_keys import signs
from commons.stats.ranks import DRAWS, rank_sets
from commons.stats.saturation.diagnosis import Evidence, diagnose
from commons.stats.saturation.frontier import frontier
from commons.stats.saturation.headroom import Scale
from commons.stats.saturation.index import reliability, saturation_index
from commons.stats.saturation.separability import separability
from commons.stats.summary import summarise
from tests.publish.synthetic import Pool, model, rows

CORES = 2
SEED = 20261126
FAMILIES = 100
#: So many pairs are put to the naive loops.
NAIVE_PAIRS = 200
#: Rank sets are measured on so many tasks without --full.
RANKED = 30
SETTLED_SECONDS = 2.5
ALL_GOAL, RANKS_GOAL, CHANGED_GOAL, MEMORY_GOAL = 60.0, 20 * 60.0, 2.0, 2000.0

Array = NDArray[np.float64]


def matrix(task: int, models: int, items: int) -> tuple[Array, NDArray[np.intp]]:
    """Right or wrong answers from a 2PL; every fourth task has clusters of five items."""
    random = np.random.default_rng([SEED, task])
    slopes, difficulty = random.lognormal(0, 0.4, items), random.normal(random.normal(0, 1), 1.2, items)
    put = slopes * (random.normal(0, 1, models)[:, None] - difficulty)
    scores = (random.random((models, items)) < 1 / (1 + np.exp(-put))).astype(float)
    return scores, np.arange(items) // 5 if task % 4 == 3 else np.arange(items)


def intervals(scores: Array, clusters: NDArray[np.intp]) -> None:
    """Every model's value with its interval."""
    names = [str(one) for one in clusters.tolist()]
    for row in scores:
        summarise("mean", row.tolist(), names)


def item_tables(scores: Array, clusters: NDArray[np.intp]) -> None:
    """What ``commons items`` computes of a task."""
    del clusters
    kin = diversity(scores, [{f"family {number % FAMILIES}"} for number in range(len(scores))])
    chosen = scores[list(kin.chosen)]
    item_statistics(chosen)
    difficulty_intervals(np.clip(group_means(scores, kin.groups), 0.0, 1.0), kin.count)
    signs(chosen, np.full(scores.shape[1], 0.25)).order()
    cronbach_alpha(chosen)
    quality_groups(chosen)


def diagnoses(scores: Array, clusters: NDArray[np.intp]) -> str:
    """What ``commons diagnose`` computes of a task."""
    rows = list(frontier(scores, [f"family {number % FAMILIES}" for number in range(len(scores))]))
    best, scale = scores[rows], Scale(0.25, 1.0)
    top = summarise("mean", best[0].tolist(), [str(one) for one in clusters.tolist()])
    low, high = top.interval or (0.0, 1.0)
    index = saturation_index(best, clusters, scale, low)
    told = separability(best, clusters)
    return diagnose(Evidence(FAMILIES, reliability(best, clusters), told.omnibus, index.headroom, index.value,
                             index.interval, (low - scale.chance, high - scale.chance))).name.value


PARTS: dict[str, Callable[[Array, NDArray[np.intp]], object]] = {
    "intervals": intervals, "paired differences of all pairs": all_pairs, "item tables": item_tables,
    "diagnoses": diagnoses,
}


def work(tasks: Iterable[int], models: int, items: int, ranks: bool) -> tuple[dict[str, float], float, Counter[str]]:
    """The processor's seconds of each part over some tasks, the worker's peak memory in MB, and the diagnoses."""
    seconds = dict.fromkeys(["rank sets"] if ranks else PARTS, 0.0)
    said: Counter[str] = Counter()
    for task in tasks:
        scores, clusters = matrix(task, models, items)
        for name in seconds:
            before = time.process_time()
            found = rank_sets(scores, clusters) if ranks else PARTS[name](scores, clusters)
            seconds[name] += time.process_time() - before
            if isinstance(found, str):
                said[found] += 1
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, said


def on_all_cores(tasks: int, models: int, items: int, ranks: bool) -> tuple[float, float]:
    """Print the parts over all tasks; the wall seconds, and the workers' peak memory together."""
    pieces = [range(core, tasks, CORES) for core in range(CORES)]
    before = time.perf_counter()
    with ProcessPoolExecutor(CORES) as workers:
        found = list(workers.map(partial(work, models=models, items=items, ranks=ranks), pieces))
    wall = time.perf_counter() - before
    for name in found[0][0]:
        cpu = sum(seconds[name] for seconds, _, _ in found)
        print(f"  {name:<34}{cpu:>8.1f} s cpu, {1000 * cpu / tasks:.0f} ms a task")
    if said := sum((one for _, _, one in found), Counter[str]()):
        print("  diagnosed: " + ", ".join(f"{count} {name}" for name, count in said.most_common()))
    return wall, sum(memory for _, memory, _ in found)


def naive(models: int, items: int) -> None:
    """The same of single pairs in plain loops, beside all pairs at once."""
    scores, clusters = matrix(0, models, items)
    before = time.perf_counter()
    all_pairs(scores, clusters)
    together = time.perf_counter() - before
    random = np.random.default_rng(SEED)
    pairs = random.integers(0, models, (NAIVE_PAIRS, 2))
    before = time.perf_counter()
    for one, other in pairs:
        difference = scores[one] - scores[other]
        first, second = int((difference > 0).sum()), int((difference < 0).sum())
        if first + second:
            stats.binomtest(first, first + second)
    tested = time.perf_counter() - before
    before = time.perf_counter()
    for one, other in pairs[:10]:
        difference = scores[one] - scores[other]
        difference[random.integers(0, items, (DRAWS, items))].mean(axis=1)
    drawn = time.perf_counter() - before
    before = time.perf_counter()
    rank_sets(scores, clusters)
    ranked = time.perf_counter() - before
    count = models * (models - 1) // 2
    print(f"naive loops over {count:,} pairs of one task, multiplied from a few: McNemar by scipy "
          f"{tested / NAIVE_PAIRS * count:.1f} s, ours of all pairs {together:.3f} s (ratio "
          f"{tested / NAIVE_PAIRS * count / together:,.0f}); a bootstrap of each pair {drawn / 10 * count:.0f} s, our "
          f"rank sets {ranked:.2f} s (ratio {drawn / 10 * count / ranked:,.0f}), both with {DRAWS:,} draws")


def write_task(root: Path, task: int, models: int, items: int) -> None:
    """Write one task's cells."""
    pool = object.__new__(Pool)
    pool.root, pool.repository = root, Repository(root)
    held = pool.repository.models()
    by_id = {one.id: one for one in held}
    pool.model = by_id.__getitem__  # type: ignore[method-assign]
    scores, _ = matrix(task, models, items)
    for one, line in zip(held, scores, strict=True):
        pool.cell(name_of(task), one.id, rows(line.tolist()))


def name_of(task: int) -> str:
    """A task's name."""
    return f"task_{task:04d}"


def flipped(held: tuple[Row, ...]) -> list[float]:
    """The scores of a cell, the first one turned."""
    scores = [float(row.scores[0]) for row in held if isinstance(row.scores[0], float)]
    return [1.0 - scores[0], *scores[1:]]


def ask(root: Path, tasks: int, what: str) -> float:
    """All ranks through the cache, as the verb asks for them; the seconds."""
    before, cpu = time.perf_counter(), _processor()
    found, broken = ranks_of_tasks(Repository(root), [name_of(task) for task in range(tasks)], time.time_ns, CORES)
    seconds = time.perf_counter() - before
    assert len(found) == tasks, broken
    print(f"  {what:<44}{seconds:>8.2f} s {_processor() - cpu:>8.2f} s cpu", flush=True)
    return seconds


def _processor() -> float:
    """The processor's seconds of this process and of those that it started and that ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def source_of(task: int, real: int) -> int:
    """The real task whose files a task links to; never the first, whose change would change its links."""
    return 1 + task % (real - 1)


def file_for_links(root: Path, real: int, whole: int) -> None:
    """File what is kept of the real tasks for their links, whose files look the same."""
    with Cache(Repository(root), time.time_ns) as cache, cache._file.together():
        for task in range(real, whole):
            for kind in ("looks", "cells", "ranks"):
                kept = cache._get(kind, name_of(source_of(task, real)))
                assert kept is not None
                cache._put(kind, name_of(task), *kept)


def write_pool(root: Path, real: int, whole: int, models: int, items: int) -> Pool:
    """Write the tasks, the cells of some of them, and links to these for the others."""
    pool = Pool(root)
    pool.models(*(model(f"model-{number:03d}", family=f"family {number % FAMILIES}") for number in range(models)))
    for task in range(whole):
        pool.task(name_of(task))
    with ProcessPoolExecutor(CORES) as workers:
        list(workers.map(partial(write_task, root, models=models, items=items), range(real)))
    cells = root / "results" / "cells"
    for task in range(real, whole):
        (cells / name_of(task)).mkdir()
        for path in (cells / name_of(source_of(task, real))).iterdir():
            os.link(path, cells / name_of(task) / path.name)
    time.sleep(SETTLED_SECONDS)
    return pool


def with_files(real: int, models: int, items: int, whole: int) -> tuple[float, float]:
    """Measure the cache on cell files; the seconds after one changed cell, and those of a task's rank sets."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "pool"
        pool = write_pool(root, real, whole, models, items)
        cells = root / "results" / "cells"
        print(f"{whole:,} tasks x {models} models as files, {CORES} cores; the processes start warm")
        first = ask(root, real, f"nothing kept, {real} tasks")
        file_for_links(root, real, whole)
        again = ask(root, whole, f"everything kept, {whole:,} tasks")
        cell = pool.repository.ledger.cell(name_of(0), "model-000")
        assert cell is not None
        pool.cell(name_of(0), "model-000", rows(flipped(cell.rows)), started=cell.provenance.started)
        time.sleep(SETTLED_SECONDS)
        changed = ask(root, whole, f"one changed cell, {whole:,} tasks")
        before = time.perf_counter()
        for task in range(whole):
            file_looks(cells / name_of(task), ".json", time.time_ns())
        looked = time.perf_counter() - before
        size = sum(path.stat().st_size for path in (root / ".commons" / "analysis").iterdir()) / 1e6 / whole
    scores, clusters = matrix(0, models, items)
    before = time.perf_counter()
    rank_sets(scores, clusters)
    own = time.perf_counter() - before
    print(f"  the look at {whole * models:,} files alone, on one core: {looked:.2f} s; the cache takes {size:.2f} MB a "
          f"task\n  nothing kept / everything kept, a task: {first / real / (again / whole):,.0f}; a task's rank sets "
          f"{own:.2f} s")
    return changed, own


def main() -> int:
    """Measure and print; the exit code says whether the goals were met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tasks", type=int, default=1_000)
    options.add_argument("--models", type=int, default=300)
    options.add_argument("--items", type=int, default=100)
    options.add_argument("--files", type=int, default=30, help="tasks with real cell files")
    options.add_argument("--full", action="store_true", help="rank sets of all tasks")
    given = options.parse_args()
    print(f"{given.tasks:,} tasks x {given.models} models x {given.items} items, {CORES} cores")
    wall, memory = on_all_cores(given.tasks, given.models, given.items, ranks=False)
    print(f"  all of it: {wall:.1f} s, peak memory of the workers together {memory:.0f} MB", flush=True)
    ranked = given.tasks if given.full else min(RANKED, given.tasks)
    took, more = on_all_cores(ranked, given.models, given.items, ranks=True)
    ranks = took / ranked * given.tasks
    how = "measured" if given.full else f"multiplied from {ranked} tasks in {took:.1f} s"
    print(f"  rank sets of all tasks at {DRAWS:,} draws: {ranks / 60:.1f} min ({how}), peak memory {more:.0f} MB",
          flush=True)
    naive(given.models, given.items)
    changed, sets = with_files(min(given.files, given.tasks), given.models, given.items, given.tasks)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reached = {
        f"all but ranks under {ALL_GOAL:.0f} s": wall < ALL_GOAL, "ranks under 20 min": ranks < RANKS_GOAL,
        f"after one changed cell under {CHANGED_GOAL:.0f} s": changed - sets < CHANGED_GOAL,
        "under 2 GB": max(memory, more) + own < MEMORY_GOAL,
    }
    print("goals: " + ", ".join(f"{name} {'met' if met else 'missed'}" for name, met in reached.items()))
    return 0 if all(reached.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
