"""The data files of the whole pool: the API's lists and models, the tables of all cells, and the folder's own words."""

from __future__ import annotations

from collections.abc import Iterable

from commons.pool.git import GitFailed, git
from commons.publish import addresses
from commons.publish.data.cell_table import parquet_of
from commons.publish.data.columns import CELL_LINES
from commons.publish.data.csvfile import lines_of, metadata_of
from commons.publish.data.jsonfile import text_of
from commons.publish.data.legal import PER_TASK_WORDS, Legal, of_pool
from commons.publish.data.model_file import ModelFiles
from commons.publish.data.readme import text_of_readme
from commons.publish.data.task_file import summary_of
from commons.publish.pages import Data, Joined, Output, pool_pages
from commons.publish.snapshot import Snapshot
from commons.publish.states import State

SITE_JSON = "data/site.json"
README = "data/README.txt"


@pool_pages
class PoolData:
    """The data files of the whole pool."""

    name = "pool-data"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Output]:
        """The CSV's head, the Parquet of all pairs, the API, and what is broken."""
        legal = of_pool(snapshot.frame.place, snapshot.as_of)
        yield Joined(addresses.CELLS_CSV, lines_of([[column.name for column in CELL_LINES]]))
        yield Data(addresses.sidecar(addresses.CELLS_CSV),
                   metadata_of("cells.csv", CELL_LINES, legal, PER_TASK_WORDS))
        yield Data(addresses.CELLS_PARQUET, parquet_of(snapshot))
        yield Data(SITE_JSON, _site(snapshot, legal))
        yield Data(README, text_of_readme(legal))
        yield Data(addresses.MANIFEST, _manifest(snapshot, legal))
        yield Data(addresses.API_TASKS, _tasks(snapshot, legal))
        yield Data(addresses.API_MODELS, _models(snapshot, legal))
        files = ModelFiles(snapshot)
        for model in snapshot.models:
            yield Data(addresses.api_model_path(model.id), files.text(model))


def _site(snapshot: Snapshot, legal: Legal) -> str:
    return text_of({
        **legal.marks("site/2"), "licence_words": PER_TASK_WORDS,
        "broken": [{"kind": one.kind, "path": one.path, "faults": one.faults} for one in snapshot.broken],
    })


def _manifest(snapshot: Snapshot, legal: Legal) -> str:
    states = list(snapshot.states.values())
    return text_of({
        **legal.marks("api/manifest/1"), "licence_words": PER_TASK_WORDS, "commit": _commit(snapshot),
        "site": snapshot.frame.place.site, "repository": snapshot.frame.place.repository,
        "counts": {
            "tasks": len(snapshot.tasks), "models": len(snapshot.models), "suites": len(snapshot.frame.suites),
            "cells": len(snapshot.with_cells()), "broken_files": len(snapshot.broken),
            "amendments": len(snapshot.amendments), "pairs_stale": sum(bool(state.stale) for state in states),
            "pairs": {kind.value: sum(state.state is kind for state in states) for kind in State},
        },
        "suites": [
            {"suite": suite.group, "title": suite.title, "tasks": suite.pool_tasks, "rule": suite.rule}
            for suite in snapshot.frame.suites
        ],
        "endpoints": {
            "tasks": addresses.API_TASKS, "task": addresses.api_task_path("{task}"), "models": addresses.API_MODELS,
            "model": addresses.api_model_path("{model}"), "cells_csv": addresses.CELLS_CSV,
            "cells_parquet": addresses.CELLS_PARQUET, "rows": addresses.rows_path("{task}", "parquet"),
            "rows_csv": addresses.rows_path("{task}", "csv"), "readme": README,
            "matrix": addresses.MATRIX, "search": addresses.SEARCH, "feeds": addresses.FEEDS, "site": SITE_JSON,
            "task_badge": addresses.badge_path("t", "{task}"), "model_badge": addresses.badge_path("m", "{model}"),
        },
    })


def _commit(snapshot: Snapshot) -> str | None:
    """The pool's last commit when the site was built; None where it is in no repository of its own."""
    try:
        return git(snapshot.pool.root, "log", "-1", "--format=%H").decode("ascii").strip() or None
    except GitFailed:
        return None


def _tasks(snapshot: Snapshot, legal: Legal) -> str:
    tasks = []
    for task in snapshot.tasks:
        found = snapshot.surveys[task.name].saturation
        tasks.append({
            **summary_of(task), "licence": task.card.licence, "page": addresses.task_path(task.name),
            "file": addresses.api_task_path(task.name), "diagnosis": found.name if found else None,
            "models_measured": sum(state.counts for state in snapshot.of_task(task)),
        })
    return text_of({**legal.marks("api/tasks/1"), "tasks": tasks})


def _models(snapshot: Snapshot, legal: Legal) -> str:
    return text_of({**legal.marks("api/models/1"), "models": [
        {
            "model": model.id, "name": model.name, "family": model.family, "released": model.released.isoformat(),
            "parameters": model.parameters, "licence": model.licence, "page": addresses.model_path(model.id),
            "file": addresses.api_model_path(model.id), "runs_on": model.runs_on,
            "tasks_measured": sum(state.counts for state in snapshot.of_model(model)),
        }
        for model in snapshot.models
    ]})
