"""A pool of any size whose site can be built: every cell is a real file, and all stand in one commit.

Thirty tasks are written by the pool's own writer; the others are those under other names, their identity and its
check written anew, because a cell takes twenty times as long to write as to copy. Nothing is shared on the disk: a
build reads every file.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from commons.pool.hashing import sha256_json, sha256_text
from commons.pool.repository import Repository
from tests.publish.synthetic import Pool, items, model, rows

CORES = 2
SEED = 20261123
PATTERNS = 30
FAMILIES = 100
DOMAINS = ("mathematics", "literature", "physics", "history", "law", "language", "computing", "medicine")
LANGUAGES = ("en", "de", "tr", "sw", "hi", "ar", "zh", "es")
#: File systems need this long until a change counts as old, and a little more.
SETTLED_SECONDS = 2.5
_IDENTITY = re.compile(r' "identity": \{\n.*?\n \}', re.DOTALL)


def name_of(task: int) -> str:
    """A task's name."""
    return f"task_{task:04d}"


def write_pool(root: Path, tasks: int, models: int, items_each: int) -> None:
    """Write tasks, models, rendered items and cells, and commit them."""
    pool = Pool(root)
    pool.models(*(model(f"model-{number:03d}", family=f"family {number % FAMILIES}", name=f"Model {number}",
                        parameters=10**7 * (1 + number % 40)) for number in range(models)))
    for task in range(tasks):
        pool.task(name_of(task), title=f"Made-up task {task}", domain=DOMAINS[task % len(DOMAINS)],
                  languages=[LANGUAGES[task % len(LANGUAGES)]], owners=[f"owner-{task % 50}"])
    with ProcessPoolExecutor(CORES) as workers:
        list(workers.map(partial(_write_pattern, root, tasks, items_each), range(min(PATTERNS, tasks))))
    _commit(root)
    time.sleep(SETTLED_SECONDS)


def flip_one_row(root: Path, task: int) -> None:
    """Write the first model's cell of a task again with its first answer turned, as another run would."""
    pool = _open(root)
    held = pool.repository.ledger.cell(name_of(task), "model-000")
    assert held is not None
    scores = [float(row.scores[0]) for row in held.rows if isinstance(row.scores[0], float)]
    pool.cell(name_of(task), "model-000", rows([1.0 - scores[0], *scores[1:]]), started="2026-11-21T09:00:00Z")
    time.sleep(SETTLED_SECONDS)


def _open(root: Path) -> Pool:
    pool = object.__new__(Pool)
    pool.root, pool.repository = root, Repository(root)
    by_id = {one.id: one for one in pool.repository.models()}
    pool.model = by_id.__getitem__  # type: ignore[method-assign]
    return pool


def _write_pattern(root: Path, tasks: int, count: int, pattern: int) -> None:
    """Write one task and all its copies."""
    pool = _open(root)
    first = name_of(pattern)
    prompt = "Read this with care, and say what follows from it. " * 4 + "What is {n} + {n}?"
    pool.rendered(first, items(count, prompt), header="Answer with one of the choices.\n\n")
    held = pool.repository.models()
    copies = [name_of(task) for task in range(pattern + PATTERNS, tasks, PATTERNS)]
    for one, scores in zip(held, _scores(pattern, len(held), count), strict=True):
        path = pool.cell(first, one.id, rows(scores))
        text = path.read_text(encoding="utf-8")
        for task in copies:
            place = pool.repository.ledger.cell_path(task, one.id)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(_renamed(text, task), encoding="utf-8")
    rendered = pool.repository.ledger.rendered_path(first).read_text(encoding="utf-8")
    for task in copies:
        named = rendered.replace(f'"{first}"', f'"{task}"').replace(sha256_text(first), sha256_text(task))
        pool.repository.ledger.rendered_path(task).write_text(named, encoding="utf-8")


def _scores(pattern: int, models: int, count: int) -> list[list[float]]:
    """Right or wrong answers from a 2PL."""
    random = np.random.default_rng([SEED, pattern])
    slopes, difficulty = random.lognormal(0, 0.4, count), random.normal(random.normal(0, 1), 1.2, count)
    put = slopes * (np.sort(random.normal(0, 1, models))[:, None] + random.normal(0, 0.3, (models, 1)) - difficulty)
    drawn: list[list[float]] = (random.random((models, count)) < 1 / (1 + np.exp(-put))).astype(float).tolist()
    return drawn


def _renamed(text: str, task: str) -> str:
    """A cell's text as that of another task, with the check that belongs to it."""
    found = _IDENTITY.search(text)
    assert found is not None
    old = json.loads("{" + found[0] + "}")["identity"]
    new = {**old, "task": task, "task_hash": sha256_text(task), "cell_key": sha256_text(task + old["model"])}
    block = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in new.items())
    text = text.replace(found[0], ' "identity": {\n' + block + "\n }", 1)
    return text.replace(sha256_json(old)[:16], sha256_json(new)[:16], 1)


def _commit(root: Path) -> None:
    """One commit of everything, without compression, which would take longer than the rest."""
    (root / ".gitignore").write_text("/.commons/\n/_site*/\n")
    settings = {"core.compression": "0", "core.fsync": "none", "gc.auto": "0", "maintenance.auto": "false",
                "user.name": "made", "user.email": "made@example.org"}
    asked = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    quiet = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
             "GIT_AUTHOR_DATE": "2026-11-22T00:00:00Z", "GIT_COMMITTER_DATE": "2026-11-22T00:00:00Z"}
    for line in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "All cells"]):
        subprocess.run(["git", *asked, *line], cwd=root, env=quiet, check=True)
