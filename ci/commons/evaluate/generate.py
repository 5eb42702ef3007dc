"""Generate: get an answer to every request of a task, from the store where it has one, else from the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from commons.engines.base import Engine
from commons.evaluate.progress import Progress
from commons.harness.rendering import Form, TaskRendering
from commons.harness.requests import Answer, Request
from commons.harness.store import ResponseStore
from commons.pool.cell import Outcome


@dataclass
class Counts:
    """How many requests a run asked for, and what became of them."""

    sent: int = 0
    reused: int = 0
    faults: int = 0
    by_detail: Counter[str] = field(default_factory=Counter)


def answers_for(
    rendering: TaskRendering,
    form: Form,
    items: set[str],
    store: ResponseStore,
    store_key: str,
    engine: Callable[[], Engine],
    progress: Progress,
    counts: Counts,
) -> Mapping[str, Answer]:
    """Answers to the requests of ``items``, by request digest; each is stored as it arrives.

    Answers that the store has to other items' requests are given too, so that a short run forgets nothing.

    ``engine`` opens the model, and is called only if something must be asked. Faults of the instrument are among the
    answers and are not stored.
    """
    found = store.find(store_key, rendering.needed(form))
    missing = [request for request in rendering.needed(form, items) if request.digest not in found]
    counts.reused += len(found)
    tally = _ItemTally(rendering, form, items, set(found))
    progress.advance(tally.finished)
    if missing:
        for request, answer in engine().answer(missing):
            if answer.outcome is Outcome.INSTRUMENT_FAULT:
                counts.faults += 1
                counts.by_detail[answer.detail or "no reason given"] += 1
            else:
                store.put(store_key, request, answer)
            counts.sent += 1
            found[request.digest] = answer
            progress.advance(tally.answered(request))
    return found


class _ItemTally:
    """Counts an item as done when the last of its requests is answered."""

    def __init__(self, rendering: TaskRendering, form: Form, items: set[str], found: set[str]) -> None:
        self._waiting: dict[str, int] = {}
        self._items: dict[str, list[str]] = {}
        self.finished = 0
        for item in rendering.items:
            if item.id not in items:
                continue
            digests = {rendering.requests[index].digest for index in item.request_indices(form)} - found
            self._waiting[item.id] = len(digests)
            self.finished += not digests
            for digest in digests:
                self._items.setdefault(digest, []).append(item.id)

    def answered(self, request: Request) -> int:
        done = 0
        for item in self._items.get(request.digest, ()):
            self._waiting[item] -= 1
            done += self._waiting[item] == 0
        return done
