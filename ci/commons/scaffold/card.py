"""The text of a new task's card and README, and the difference that its number of items can show."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from commons.scaffold.items import ItemSet
from commons.scaffold.presets import Preset
from commons.scaffold.yamltext import filled, number, quoted, scalar

EXAMPLES_NOTICE = """\
> **These items are examples.** `commons new` wrote them to show the form; they measure nothing. Replace them all: put
> your own into a spreadsheet, delete this folder and run `commons new {name} --from items.csv`, or write your own
> rows into data/test.jsonl.

"""


@dataclass(frozen=True)
class Particulars:
    """What the author says about a new task."""

    name: str
    title: str
    domain: str
    language: str
    owner: str
    licence: str


def smallest_difference(n: int) -> float:
    """The difference between two models that ``n`` items show with 80 % power at the 5 % level, at most 1.

    (1.96 + 0.84) standard errors of a difference of two means, rounded up to two decimals, where an item's score has
    a standard deviation of 0.5 (the most a proportion can have) and the two models' errors are independent.

    >>> smallest_difference(8), smallest_difference(1000), smallest_difference(2)
    (0.7, 0.07, 1.0)
    """
    exact = 2.8 * math.sqrt(0.5 / n)
    return min(1.0, math.ceil(round(exact * 100, 9)) / 100)


def card_text(who: Particulars, items: ItemSet, preset: Preset, *, today: datetime.date, canary: str, seed: int) -> str:
    """The text of ``card.yaml``."""
    n = len(items.items)
    assumption = (
        "if their errors are independent" if preset.unit == "proportion"
        else f"if texts spread by 0.5 {preset.unit} and errors are independent"
    )
    return filled("card.yaml", {
        "title": quoted(who.title),
        "domain": scalar(who.domain),
        "skill": scalar(preset.skill),
        "language": scalar(who.language),
        "owner": scalar(who.owner),
        "licence": scalar(who.licence),
        "today": today.isoformat(),
        "metric": scalar(preset.metric),
        "filter": scalar(preset.filter),
        "direction": preset.direction,
        "unit": preset.unit,
        "chance": number(preset.chance),
        "chance_comment": preset.chance_comment,
        "canary": quoted(canary),
        "question": scalar(preset.question),
        "choices": scalar(preset.choices),
        "gold": scalar(preset.gold),
        "cluster": scalar(items.cluster),
        "answer_type": preset.answer_type,
        "accepts": ", ".join(preset.accepts),
        "claim_comment": f"What n = {n} can show: two models this far apart are told apart 4 times in 5 (80 % power),\n"
                         f"  # {assumption}: 2.8 * sqrt(0.5 / n). Reckon it again when n changes.",
        "smallest_difference": number(smallest_difference(n)),
        "seed": str(seed),
    })


def readme_text(who: Particulars, items: ItemSet, preset: Preset, *, examples: bool) -> str:
    """The text of ``README.md``; ``examples`` says whether the items are the ones every new task begins with."""
    n = len(items.items)
    difference = number(smallest_difference(n))
    unit = "" if preset.unit == "proportion" else f" {preset.unit}"
    return filled("README.md", {
        "title": who.title,
        "notice": EXAMPLES_NOTICE.format(name=who.name) if examples else "",
        "and_choices": " and of their choices" if items.kind == "multiple_choice" else "",
        "claim": f"With {n} items, differences\nbetween two models below about {difference}{unit} do not show.",
    })
