"""A site of data files alone: what their tests look at, without the pages."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from unittest import mock

from commons.publish import builder
from commons.publish.build import Wishes, build
from commons.publish.frame import Place
from commons.publish.pages import all_pool_pages

from .synthetic import Pool

KINDS = {"pool-data", "matrix-data", "search-data", "feeds", "model-badges", "model-cards", "sitemap"}
NOWHERE = Place()
SITE = Place("https://evals.example/pool", "https://github.com/example/pool")


def build_data(pool: Pool, out: Path, place: Place = NOWHERE) -> Path:
    """Build only the data files of a pool."""
    rest = [kind for kind in all_pool_pages() if kind.name in KINDS]
    with mock.patch.object(builder, "all_task_pages", return_value=()), \
            mock.patch.object(builder, "all_pool_pages", return_value=rest):
        build(pool.repository, out, Wishes(place=place))
    return out


def read_json(path: Path) -> Any:
    """A JSON file, in which no number may be infinite or missing."""
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} in {path}")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def read_csv(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV file by column."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
