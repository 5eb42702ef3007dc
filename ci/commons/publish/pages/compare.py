"""Where to choose models to compare: every pair that has a page, and the command for those that have none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from commons.pool.hashing import sha256_json
from commons.pool.models import Model
from commons.publish.addresses import COMPARE, pair_path
from commons.publish.apart import Names, sentence, tally
from commons.publish.pages import Data, Page, pool_pages
from commons.publish.pairs import Found, found_pairs
from commons.publish.same_weights import said
from commons.publish.snapshot import Snapshot

PAIRS = "data/pairs.json"
#: With more comparisons of two models on a task than this, the list says nothing of how they ended.
TOLD = 600
#: The list ends after so many pairs; the others are reached by the form, and by their addresses.
LISTED = 500


@dataclass(frozen=True)
class Told:
    """A pair with how its comparison ended: tasks on which the first is ahead, the second is, and neither."""

    first: Model
    second: Model
    path: str
    counts: tuple[int, int, int]
    sentence: str


@dataclass(frozen=True)
class CompareView:
    """``told`` lists pairs with their results where they are few; else ``lists`` has the partners of each model.

    ``shared`` says which models are one set of weights.
    """

    models: tuple[Model, ...]
    pairs: int
    possible: int
    told: tuple[Told, ...]
    lists: tuple[tuple[Model, tuple[tuple[Model, str], ...]], ...]
    unlisted: int
    shared: tuple[str, ...]
    example: tuple[str, str]


@pool_pages
class Compare:
    """The page that leads to comparisons, and their list as data."""

    name = "compare"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page | Data]:
        """One page, and the list of pairs for the script."""
        found = found_pairs(snapshot)
        known = [model.model_dump(mode="json") for model in snapshot.models]
        key = sha256_json([[one.key(snapshot) for one in found], known])
        yield Page(COMPARE, "Compare models", "Two models task by task, on the items that both answered.",
                   "compare.html", partial(_view, snapshot, found), as_of=snapshot.as_of, scripts=("compare.js",),
                   key=key)
        pairs = [[one.first, one.second, pair_path(one.first, one.second)] for one in found]
        yield Data(PAIRS, json.dumps(pairs, ensure_ascii=True, separators=(",", ":")) + "\n")


def _view(snapshot: Snapshot, found: Sequence[Found]) -> CompareView:
    compared = {name for one in found for name in (one.first, one.second)}
    models = tuple(model for model in snapshot.models if model.id in compared)
    few = len(found) * len(snapshot.tasks) <= TOLD
    measured = sum(snapshot.was_run(model) for model in snapshot.models)
    listed = found[:LISTED]
    return CompareView(
        models=models, pairs=len(found), possible=measured * (measured - 1) // 2,
        told=tuple(_told(snapshot, one) for one in found) if few else (),
        lists=() if few else tuple(
            (snapshot.model(first), tuple((snapshot.model(one.second), pair_path(first, one.second)) for one in group))
            for first, group in groupby(listed, key=lambda one: one.first)
        ),
        unlisted=0 if few else len(found) - len(listed),
        shared=said(models) if few else (),
        example=(found[0].first, found[0].second) if found else ("MODEL", "MODEL"),
    )


def _told(snapshot: Snapshot, one: Found) -> Told:
    first, second = snapshot.model(one.first), snapshot.model(one.second)
    together = one.comparison()
    counts = tally(together)
    return Told(first, second, pair_path(first.id, second.id), (counts[0], counts[1], counts[2]),
                sentence(together, Names(first.name, second.name)))
