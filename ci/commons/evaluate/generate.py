"""Generate: get an answer to every request of a task, from the store where it has one, else from the engine."""

from __future__ import annotations

from collections.abc import Mapping

from commons.evaluate.loading import Loading
from commons.evaluate.money import Purse, dollars_of, in_portions
from commons.evaluate.progress import Progress
from commons.evaluate.report import Counts
from commons.harness.rendering import Form, TaskRendering
from commons.harness.requests import Answer, Request
from commons.harness.store import ResponseStore
from commons.pool.cell import Outcome


def answers_for(
    rendering: TaskRendering, form: Form, items: set[str], store: ResponseStore, loading: Loading,
    progress: Progress, counts: Counts, purse: Purse,
) -> Mapping[str, Answer]:
    """Answers to the requests of ``items``, by request digest; each is stored as it arrives.

    Answers that the store has to other items' requests are given too, so that a short run forgets nothing. The model
    is opened only if something must be asked. Faults of the instrument are among the answers and are not stored; what
    ``purse`` cannot pay for is not asked, and has no answer.
    """
    needed = rendering.needed(form)
    found = store.find(loading.key, needed)
    missing = [request for request in rendering.needed(form, items) if request.digest not in found]
    answered = [request for request in needed if request.digest in found]
    counts.reused += len(found)
    tally = _ItemTally(rendering, form, items, set(found))
    progress.advance(tally.finished)
    if not missing:
        return found
    price = loading.model.price
    for portion in in_portions(purse, price, missing):
        for request, answer in loading.engine().answer(portion, beside=answered):
            if answer.outcome is Outcome.INSTRUMENT_FAULT:
                counts.faults += 1
                counts.by_detail[answer.detail or "no reason given"] += 1
            else:
                store.put(loading.key, request, answer)
            counts.sent += 1
            found[request.digest] = answer
            if price is not None:
                counts.dollars += dollars_of(price, [answer])
                progress.spent(counts.dollars)
            progress.advance(tally.answered(request))
            purse.pay(price, request, answer)
            if price is not None and purse.is_spent:
                # Who stops listening ends what is in flight.
                break
    # Another run may have been answered first: its answer stays, and both runs must grade the same one.
    return {**found, **store.find(loading.key, missing)}


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
