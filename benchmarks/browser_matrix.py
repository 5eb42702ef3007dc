"""The big table in a real browser: 1,000 tasks x 300 models, beside a plain HTML table of 300 x 100, in one run.

Prints milliseconds from the start of the load until a cell can be read and used (two frames after it is drawn), and
from a click on a head until the order stands on the screen; then what the data weighs. The plain table holds a tenth
of the cells and is sorted in the document, as a script for small tables does it. Each figure is a median of several.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page

from tests.e2e.browser.looking import look, open_browser, served

TASKS, MODELS, PLAIN_MODELS, PLAIN_TASKS, TIMES = 1_000, 300, 300, 100, 5

#: After the next frame is on the screen.
FRAMES = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
SORT = f"""async (head) => {{
  const began = performance.now();
  head.click();
  const done = performance.now();
  {FRAMES}
  return [done - began, performance.now() - began];
}}"""
#: The moment at which something was seen first, on the clock that began with the load.
SEEN = f"""async (what) => {{
  while (!document.querySelector(what)) await new Promise(requestAnimationFrame);
  {FRAMES}
  return performance.now();
}}"""


def synthetic() -> dict[str, Any]:
    """Models, tasks and cells like those of a large pool; a tenth of the cells have no number."""
    draw = random.Random(11)
    texts, keys = ["not run"], [None]
    for tenth in range(1001):
        for half in range(2, 12):
            texts.append(f"{tenth / 10:.1f} ± {half / 4:.1f}")
            keys.append(tenth / 1000)
    tasks = [
        {
            "name": f"task_{t:04d}",
            "path": f"t/task_{t:04d}.html",
            "words": draw.choice(["reasoning", "law", "medicine"]),
            "column": "accuracy in %",
            "higher": True,
        }
        for t in range(TASKS)
    ]
    models = [
        {"name": f"model-{m:03d}", "path": f"m/model-{m:03d}.html", "words": draw.choice(["llama", "qwen"])}
        for m in range(MODELS)
    ]
    cells = [[0 if draw.random() < 0.1 else draw.randrange(1, len(texts)) for _ in range(MODELS)] for _ in range(TASKS)]
    paged = [sorted(draw.sample(range(MODELS), 20)) for _ in range(TASKS)]
    return {
        "models": models,
        "tasks": tasks,
        "texts": texts,
        "keys": keys,
        "cells": cells,
        "pages": "r/{task}/{model}.html",
        "paged": paged,
    }


def page(body: str, scripts: str) -> str:
    """A page with the site's styles."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="static/site.css">'
        f'<link rel="stylesheet" href="static/matrix.css">{scripts}</head><body><main>{body}</main></body></html>'
    )


def plain(data: dict[str, Any]) -> str:
    """The same cells as a table of the document, for fewer tasks."""
    heads = "".join(f'<th scope="col">{task["name"]}</th>' for task in data["tasks"][:PLAIN_TASKS])
    rows = []
    for m, model in enumerate(data["models"][:PLAIN_MODELS]):
        cells = [data["cells"][t][m] for t in range(PLAIN_TASKS)]
        shown = "".join(
            f'<td data-v="{"" if data["keys"][i] is None else data["keys"][i]}">{data["texts"][i]}</td>' for i in cells
        )
        rows.append(f'<tr><th scope="row">{model["name"]}</th>{shown}</tr>')
    return (
        f'<div class="scroll"><table data-sort><thead><tr><th scope="col">Model</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def measure(browser: Browser, url: str, seen: str, heads: str) -> tuple[list[float], list[float], list[float]]:
    """Times to usable, of the sort itself, and until the sorted rows are on the screen."""
    usable, sorting, painted = [], [], []
    for _ in range(TIMES):
        with look(browser, url) as window:
            window.set_default_timeout(60_000)
            usable.append(float(window.evaluate(SEEN, seen)))
            for which in (1, 2, 1):
                done, shown = sort(window, heads, which)
                sorting.append(done)
                painted.append(shown)
    return usable, sorting, painted


def sort(window: Page, heads: str, which: int) -> tuple[float, float]:
    """Click on a head and time it."""
    done, shown = window.locator(heads).nth(which).evaluate(SORT)
    return float(done), float(shown)


def main() -> None:
    """Measure and print."""
    data = synthetic()
    raw = json.dumps(data, separators=(",", ":")).encode()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copytree(ROOT / "site" / "static", folder / "static")
        (folder / "matrix.json").write_bytes(raw)
        matrix = page(
            '<div id="matrix" data-src="matrix.json"></div>', '<script src="static/matrix.js" defer></script>'
        )
        (folder / "matrix.html").write_text(matrix, encoding="utf-8")
        (folder / "plain.html").write_text(
            page(plain(data), '<script src="static/site.js" defer></script>'), encoding="utf-8"
        )
        with served(folder) as home, open_browser() as browser:
            ours = measure(browser, home + "matrix.html", ".matrix [role=gridcell] a", "[role=columnheader] button")
            theirs = measure(browser, home + "plain.html", "th .sort", "th .sort")
    print(f"{os.cpu_count()} cores, medians of {TIMES} loads and {3 * TIMES} sorts, in ms\n")
    print(
        f"{'':<34}{f'matrix {TASKS:,} x {MODELS}':>22}"
        f"{f'plain table {PLAIN_MODELS} x {PLAIN_TASKS}':>24}{'plain / matrix':>16}"
    )
    for what, mine, other in zip(
        ("usable after", "sort, until the script is done", "sort, until it is on the screen"), ours, theirs, strict=True
    ):
        a, b = statistics.median(mine), statistics.median(other)
        print(f"{what:<34}{a:>22.1f}{b:>24.1f}{b / a:>15.1f}x")
    print(f"\nThe matrix's data: {len(raw) / 1e6:.2f} MB, {len(gzip.compress(raw, 9)) / 1e6:.2f} MB gzipped.")


if __name__ == "__main__":
    main()
