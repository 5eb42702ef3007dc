"""A pool as its committed files say it, read with the standard library alone: nothing here uses the program.

What a site prints is compared with this. A cell's score, interval and counts are made again from its rows where a plain
formula does; only what needs resampling is taken from the file.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from scipy.stats import binomtest

SCORED = {"scored", "model_fault", "refused"}


@dataclass(frozen=True)
class Card:
    """What a card says of how its number is read."""

    task: str
    content: dict[str, Any]
    output_type: str

    @property
    def column(self) -> str:
        """The headline's name in a cell: metric and filter."""
        headline = self.content["headline"]
        return f"{headline['metric']},{headline.get('filter', 'none')}"

    @property
    def factor(self) -> float:
        """What a value is multiplied with before it is shown: proportions are percentages."""
        return 100.0 if self.content["headline"].get("unit", "proportion") == "proportion" else 1.0

    @property
    def higher(self) -> bool:
        """Whether more is better."""
        return bool(self.content["headline"]["direction"] == "higher")

    @property
    def judged(self) -> bool:
        """Whether a score says right or wrong."""
        return self.factor == 100 and self.higher


@dataclass(frozen=True)
class File:
    """One committed cell, and the card it belongs to."""

    task: str
    name: str
    card: Card
    content: dict[str, Any]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows by column."""
        return [dict(zip(self.content["columns"], row, strict=True)) for row in self.content["rows"]]

    @property
    def stale(self) -> bool:
        """Whether the card's comparability version moved on."""
        return bool(self.content["identity"]["comparability_version"]
                    != self.card.content.get("comparability_version", 1))

    @cached_property
    def items(self) -> dict[str, list[Any]]:
        """What each item's rows contribute to the headline."""
        found: dict[str, list[Any]] = {}
        for row in self.rows:
            found.setdefault(row["item"], []).append(row[self.card.column])
        return found

    @property
    def is_mean(self) -> bool:
        """Whether the headline is a mean over items."""
        return bool(self.content["metrics"][self.card.column]["aggregation"] == "mean")

    @cached_property
    def scores(self) -> dict[str, float]:
        """The score of each item, the mean of its repeats; none where the headline is no mean over items."""
        return {item: sum(values) / len(values) for item, values in self.items.items()} if self.is_mean else {}

    def value(self, column: str) -> float:
        """A metric made again from the rows."""
        said = self.content["metrics"][column]
        if said["aggregation"] == "mean":
            return sum(row[column] for row in self.rows) / len(self.rows)
        if said["aggregation"] == "bits_per_byte":
            logs, sizes = zip(*(row[column] for row in self.rows), strict=True)
            return -sum(logs) / sum(sizes) / math.log(2)
        return float(said["value"])

    def interval(self, column: str) -> tuple[float, float]:
        """Its interval, made again where it is Wilson's over rows that are right or wrong."""
        said = self.content["metrics"][column]
        values = [row[column] for row in self.rows]
        if said["method"] == "Wilson" and set(values) <= {0.0, 1.0}:
            found = binomtest(round(sum(values)), len(values)).proportion_ci(method="wilson")
            return found.low, found.high
        return tuple(said["interval"])

    @property
    def outcomes(self) -> Counter[str]:
        """How many rows had which outcome."""
        return Counter(row["outcome"] for row in self.rows)

    def total(self, column: str) -> int:
        """The sum of a column over all rows."""
        return sum(row[column] or 0 for row in self.rows)


@dataclass(frozen=True)
class Committed:
    """A pool's files below ``root``."""

    root: Path

    @cached_property
    def models(self) -> dict[str, dict[str, Any]]:
        """The registered models by id."""
        entries = yaml.safe_load((self.root / "models.yaml").read_text())["models"]
        return {one["id"]: one for one in entries}

    @cached_property
    def cards(self) -> dict[str, Card]:
        """The cards of tasks that have both their files."""
        found = {}
        for path in sorted(self.root.glob("tasks/*/card.yaml")):
            config = (path.parent / f"{path.parent.name}.yaml").read_text()
            output = re.findall(r"^output_type: (\w+)$", config, re.MULTILINE)
            found[path.parent.name] = Card(path.parent.name, yaml.safe_load(path.read_text()), output[0])
        return found

    @cached_property
    def cells(self) -> dict[tuple[str, str], File]:
        """The cells that are JSON, by task and file name; those of unknown tasks are left out."""
        found = {}
        for path in sorted(self.root.glob("results/cells/*/*.json")):
            try:
                content = json.loads(path.read_text())
            except ValueError:
                continue
            if path.parent.name in self.cards:
                card = self.cards[path.parent.name]
                found[card.task, path.stem] = File(card.task, path.stem, card, content)
        return found

    @cached_property
    def withdrawn(self) -> set[tuple[str, str]]:
        """The pairs that the ledger withdraws."""
        ledger = self.root / "results/amendments.jsonl"
        lines = map(json.loads, ledger.read_text().splitlines()) if ledger.is_file() else ()
        return {(one["task"], one["model"]) for one in lines if one["kind"] == "withdrawn"}

    def state(self, task: str, name: str) -> str:
        """The state of a pair in the words that pages use."""
        cell = self.cells.get((task, name))
        if cell is None:
            if (self.root / f"results/cells/{task}/{name}.json").is_file():
                return "broken file"
            served = self.models[name]["backend"] == "openai-chat-completions"
            return "inapplicable" if served and self.cards[task].output_type != "generate_until" else "not run"
        if (task, name) in self.withdrawn:
            return "withheld"
        return "measured" if set(cell.outcomes) <= SCORED else "partial"

    @cached_property
    def states(self) -> dict[tuple[str, str], str]:
        """The state of every task on every model."""
        return {(task, model): self.state(task, model) for task in self.cards for model in self.models}

    def counting(self, **wanted: str) -> int:
        """How many pairs are measured and fresh, of one task or model where one is named."""
        return sum(
            state == "measured" and not self.cells[task, model].stale
            and wanted.get("task", task) == task and wanted.get("model", model) == model
            for (task, model), state in self.states.items())

    def run(self) -> list[str]:
        """The models that have a cell file of their own, however it fared, of a task that is known."""
        return [one for one in self.models if any(
            path.stem.partition("@")[0] == one and path.parent.name in self.cards
            for path in self.root.glob("results/cells/*/*.json"))]
