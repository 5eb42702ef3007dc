"""Checks of sentinels made by hand."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from commons.pool.hashing import sha256_text
from commons.pool.sentinels import Check, SentinelItem


def item(number: int, first: str | None = "yes", second: str | None = "yes", task: str = "say") -> SentinelItem:
    """An item that was answered so; None stands for a fault."""
    return SentinelItem(task=task, item=f"t{number}", request=sha256_text(f"request {number}"),
                        first=None if first is None else sha256_text(first),
                        second=None if second is None else sha256_text(second))


def check(items: Sequence[SentinelItem] | None = None, *, day: int = 1, **changes: object) -> Check:
    """The check of a day in November 2026: twenty items that were answered alike, held against nothing."""
    chosen = tuple(items) if items is not None else tuple(item(number) for number in range(20))
    values = {"when": datetime.datetime(2026, 11, day, 4, tzinfo=datetime.timezone.utc), "model_hash": "b" * 64,
              "items": chosen, "faults": sum(not one.answered for one in chosen), "baseline": None, "n": 0,
              "changed": 0, "noisy": 0, "p": None, "drifted": None, "dollars": None, **changes}
    return Check.model_validate(values)
