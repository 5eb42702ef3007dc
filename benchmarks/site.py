"""The site of 1,000 tasks x 300 models x 100 items, from 300,000 cell files in one commit, on two cores.

Builds as whole processes: from the cells with nothing kept (goal: 5 minutes), from kept statistics (goal: 90 s), after
a changed template, after one changed cell (goal: 10 s), and without any change. The memory is that of the whole
process tree, what its processes share counted once (goal: 2 GB). Then what the site weighs: bytes (goal: 900 MB), files
(50,000), the first page (100 kB compressed), the median page (15 kB), and the largest. Last, on a pool of some 2,000
pages and one core: ours from kept statistics beside Eleventy and MkDocs, which render the same words and tables from
Markdown. Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "ci"), str(ROOT)]

from _site_anchors import anchors
from _site_pool import flip_one_row, write_pool

CORES = 2
FULL, KEPT, CHANGED = 300.0, 90.0, 10.0
MEMORY_MB, SITE_MB, FILES = 2000.0, 900.0, 50_000
HOME_KB, MEDIAN_KB = 100.0, 15.0
#: Tasks and models of the pool on which the others are measured.
SUBSET = (40, 30)
_PROPORTIONAL = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_ELEMENT = re.compile(rb"<[a-zA-Z]")


@dataclass(frozen=True)
class Built:
    """One build: its wall seconds, the peak memory of its process tree in MB, and what it said."""

    seconds: float
    memory: float
    said: dict[str, Any]


def build(root: Path, out: Path, what: str, cores: int = CORES) -> Built:
    """Build as a process of its own, and print how it went."""
    command = [sys.executable, "-m", "commons", "site", "build", "--root", str(root), "--out", str(out), "--json",
               "--jobs", str(cores), "--base-url", "https://made.example/pool",
               "--repository-url", "https://forge.example/made/pool"]
    peak, ended = [0.0], threading.Event()
    before = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "ci")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as run:
        watcher = threading.Thread(target=_watch, args=(run.pid, peak, ended))
        watcher.start()
        output, errors = run.communicate()
        ended.set()
        watcher.join()
    seconds = time.perf_counter() - before
    if run.returncode not in {0, 1} or not output:
        raise RuntimeError(errors)
    stages = "; ".join(line for line in errors.splitlines() if line.endswith(" s"))
    said = json.loads(output)
    print(f"  {what:<34}{seconds:>8.1f} s{peak[0]:>8.0f} MB, {said['reused']:,} files taken over ({stages})",
          flush=True)
    return Built(seconds, peak[0], said)


def _watch(process: int, peak: list[float], ended: threading.Event) -> None:
    while not ended.wait(0.5):
        peak[0] = max(peak[0], sum(_memory(one) for one in _tree(process)))


def _tree(process: int) -> Iterator[int]:
    """A process and all that it started."""
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _tree(int(child))


def _memory(process: int) -> float:
    """A process's memory in MB, with its share of what it shares."""
    try:
        found = _PROPORTIONAL.search(Path(f"/proc/{process}/smaps_rollup").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def _page(path: Path) -> tuple[int, int]:
    """A page's size as it travels, and its elements."""
    content = path.read_bytes()
    return len(gzip.compress(content, 6)), len(_ELEMENT.findall(content))


def weigh(site: Path) -> tuple[float, float]:
    """Print what the pages weigh; the first page's and the median page's kilobytes."""
    pages = sorted(site.rglob("*.html"))
    with ProcessPoolExecutor(CORES) as workers:
        found = list(workers.map(_page, pages, chunksize=200))
    sizes, elements = sorted(size for size, _ in found), sorted(count for _, count in found)
    home = found[pages.index(site / "index.html")][0] / 1e3
    median, most = sizes[len(sizes) // 2] / 1e3, max(zip(found, pages, strict=True))
    print(f"  compressed: first page {home:.1f} kB, median page {median:.1f} kB, 99% below "
          f"{sizes[int(0.99 * len(sizes))] / 1e3:.1f} kB, largest {most[0][0] / 1e3:.1f} kB "
          f"({most[1].relative_to(site)}); elements: median {elements[len(elements) // 2]:,}, 99% below "
          f"{elements[int(0.99 * len(elements))]:,}, most {elements[-1]:,}", flush=True)
    return home, median


def at_scale(scratch: Path, tasks: int, models: int, items: int) -> dict[str, bool]:
    """Build the large pool in all ways; which goals were met."""
    root, out = scratch / "pool", scratch / "site"
    if not root.is_dir():
        before = time.perf_counter()
        write_pool(root, tasks, models, items)
        print(f"  the pool itself took {time.perf_counter() - before:.0f} s to write", flush=True)
    kept, templates = root / ".commons" / "site", root / "site"
    shutil.rmtree(templates, ignore_errors=True)
    shutil.copytree(ROOT / "site", templates)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    full = build(root, out, "from the cells, nothing kept")
    shutil.rmtree(out)
    for path in kept.glob("pages.sqlite*"):
        path.unlink()
    statistics = build(root, out, "from kept statistics")
    with (templates / "templates" / "layout.html").open("a", encoding="utf-8") as layout:
        layout.write("\n")
    template = build(root, out, "after a changed template")
    flip_one_row(root, 1)
    changed = build(root, out, "after one changed cell")
    again = build(root, out, "without a change")
    print(f"  {full.said['pages']:,} pages, {full.said['files']:,} files, {full.said['bytes'] / 1e6:.0f} MB; heaviest: "
          + ", ".join(f"{one['folder'] or '/'} {one['bytes'] / 1e6:.0f} MB in {one['files']:,}"
                      for one in full.said["folders"][:6]), flush=True)
    home, median = weigh(out)
    memory = max(one.memory for one in (full, statistics, template, changed, again))
    return {
        f"from cells under {FULL:.0f} s": full.seconds < FULL,
        f"from kept statistics under {KEPT:.0f} s": statistics.seconds < KEPT,
        f"one changed cell under {CHANGED:.0f} s": changed.seconds < CHANGED,
        f"under {MEMORY_MB / 1000:.0f} GB": memory < MEMORY_MB,
        f"under {SITE_MB:.0f} MB": full.said["bytes"] / 1e6 < SITE_MB,
        f"under {FILES:,} files": full.said["files"] < FILES,
        f"first page under {HOME_KB:.0f} kB": home < HOME_KB,
        f"median page under {MEDIAN_KB:.0f} kB": median < MEDIAN_KB,
    }


def beside_others(scratch: Path) -> None:
    """Print ours and the others on the same pages."""
    root, out = scratch / "small", scratch / "small-site"
    write_pool(root, *SUBSET, 100)
    print(f"{SUBSET[0]} tasks x {SUBSET[1]} models, one core, beside others")
    build(root, out, "once, to keep the statistics", 1)
    shutil.rmtree(out)
    for path in (root / ".commons" / "site").glob("pages.sqlite*"):
        path.unlink()
    ours = build(root, out, "ours, from kept statistics", 1)
    pages = ours.said["pages"]
    others = ours.said["files"] - pages
    print(f"  ours: {1000 * ours.seconds / pages:.2f} ms a page, {pages:,} pages and {others:,} other files")
    for name, seconds in anchors(out, scratch / "anchors").items():
        print(f"  {name}: {1000 * seconds / pages:.2f} ms a page, {seconds / ours.seconds:.1f} times ours")


def main() -> int:
    """Measure and print; the exit code says whether the goals were met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tasks", type=int, default=1_000)
    options.add_argument("--models", type=int, default=300)
    options.add_argument("--items", type=int, default=100)
    options.add_argument("--no-others", action="store_true", help="without Eleventy and MkDocs")
    options.add_argument("--folder", type=Path, help="where the pool stands or is put, and stays")
    given = options.parse_args()
    print(f"{given.tasks:,} tasks x {given.models} models x {given.items} items, {CORES} cores")
    with tempfile.TemporaryDirectory() as temporary:
        scratch = given.folder or Path(temporary)
        scratch.mkdir(exist_ok=True)
        reached = at_scale(scratch, given.tasks, given.models, given.items)
        if not given.no_others:
            beside_others(Path(temporary))
    print("goals: " + ", ".join(f"{name} {'met' if met else 'missed'}" for name, met in reached.items()))
    return 0 if all(reached.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
