"""What lands beside the cells of a run: what it spent, and the checks of endpoints that nobody pins."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import BadFile, Problem
from commons.evaluate.sentinel_taking import take_sentinels
from commons.evaluate.spending import record_spending
from commons.github.land_places import Extra
from commons.plan.plan import Plan
from commons.pool.repository import Repository
from commons.pool.sentinels import sentinel_path


@dataclass
class Beside:
    """The writers of both. A check that does not hold stops no cell from landing: it is in ``problems``."""

    plan: Plan
    folders: Sequence[Path]
    run: str = ""
    sentinels: Path | None = None
    problems: tuple[Problem, ...] = field(default=(), init=False)

    def extras(self) -> tuple[Extra, ...]:
        """What the landing is to write, where there is anything."""
        found = []
        if self.run:
            found.append(Extra("spending", self._spending))
        if self.sentinels is not None and self.sentinels.is_dir():
            found.append(Extra("sentinels", self._sentinels))
        return tuple(found)

    def _spending(self, pool: Repository) -> Sequence[Path]:
        return record_spending(pool, self.plan, self.folders, self.run, _now())

    def _sentinels(self, pool: Repository) -> Sequence[Path]:
        folder = self.sentinels
        if folder is None:
            return ()
        models = pool.models()
        try:
            take_sentinels(pool, folder, models, _now())
        except BadFile as error:
            self.problems = error.problems
            return ()
        # Those too that stand there already: an earlier landing may have been stopped before its commit.
        names = [model.id for model in models if (folder / f"{model.id}.json").exists()]
        return [path for name in names if (path := sentinel_path(pool.ledger.root, name)).exists()]


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
