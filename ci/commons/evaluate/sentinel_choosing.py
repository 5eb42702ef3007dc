"""Which items an endpoint is asked again and again: few, spread over its tasks, and the same ones each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from commons.evaluate.rows import salted
from commons.harness.rendering import Form, TaskRendering
from commons.harness.requests import Answer, Request
from commons.pool.card import PublishLevel
from commons.pool.hashing import sha256_json, sha256_text
from commons.pool.sentinels import Check, SentinelItem


@dataclass(frozen=True)
class Sentinel:
    """An item that can be a sentinel, and what a check says of it: never its text."""

    task: str
    item: str
    request: Request
    publish: PublishLevel
    salt: str

    @property
    def label(self) -> str:
        """The request's digest, as a check shows it."""
        return self._shown(self.request.digest)

    def with_answers(self, first: Answer | None, second: Answer | None) -> SentinelItem:
        """What the check says of it; None stands for an answer that the endpoint failed to give."""
        name = salted(self.item, self.salt) if self.publish is PublishLevel.NONE else self.item
        return SentinelItem(task=self.task, item=name, request=self.label,
                            first=self._digest(first), second=self._digest(second))

    def _digest(self, answer: Answer | None) -> str | None:
        return None if answer is None else self._shown(sha256_json([answer.outcome.value, answer.text or ""]))

    def _shown(self, digest: str) -> str:
        """A digest as the publish level allows it: of a short answer it could be guessed what it stands for.

        With another salt the requests have other digests too, so that nothing is compared and nothing looks changed.
        """
        return digest if self.publish is PublishLevel.SAMPLES else sha256_text(f"{self.salt}\0{digest}")


def sentinels_of(rendering: TaskRendering, form: Form, publish: PublishLevel, salt: str) -> Iterator[Sentinel]:
    """The items of a task that one greedy generation answers: any other answer may differ by intention."""
    for item in rendering.items:
        requests = [rendering.requests[index] for index in item.request_indices(form)]
        if len(requests) == 1 and is_greedy(requests[0]):
            yield Sentinel(rendering.task, item.id, requests[0], publish, salt)


def is_greedy(request: Request) -> bool:
    """Whether a request asks for the likeliest text, and for no draw."""
    if request.kind != "generate_until" or request.sample is not None:
        return False
    given = request.generation or {}
    return given.get("do_sample") is False or not (given.get("do_sample") or given.get("temperature"))


def choose(found: Iterable[Sentinel], model: str, last: Check | None, most: int) -> list[Sentinel]:
    """At most ``most`` of the items: those of the last check whose request is the same, then more.

    More come by turns from the task that has fewest, each in the order of a digest that no edit elsewhere changes.
    """
    known: dict[str, Sentinel] = {}
    for one in sorted(found, key=lambda one: _rank(model, one)):
        known.setdefault(one.label, one)
    chosen = [known.pop(item.request) for item in (last.items if last else ()) if item.request in known][:most]
    counts = Counter(one.task for one in chosen)
    waiting: dict[str, list[Sentinel]] = {}
    for one in known.values():
        waiting.setdefault(one.task, []).append(one)
    order = sorted(waiting, key=lambda task: sha256_text(f"{model}\0{task}"))
    while len(chosen) < most and (left := [task for task in order if waiting[task]]):
        task = min(left, key=lambda one: counts[one])
        chosen.append(waiting[task].pop(0))
        counts[task] += 1
    return chosen


def labels(chosen: Sequence[Sentinel]) -> list[str]:
    """The requests' digests, as a check shows them."""
    return [one.label for one in chosen]


def _rank(model: str, one: Sentinel) -> str:
    return sha256_text(f"{model}\0{one.task}\0{one.request.digest}")
