"""Log-likelihoods by the prefix tree: what many requests share is computed once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import torch

from commons.engines.prefix.network import Network
from commons.engines.prefix.tree import PrefixTree, Step


@dataclass(frozen=True)
class Scored:
    """A request to score: ``tokens`` as the model reads them, of which the last ``continuation`` are scored.

    The last token itself is only scored and never read, so the model reads ``tokens[:-1]``.
    """

    tokens: tuple[int, ...]
    continuation: int


@dataclass
class _Sum:
    """What is known of a request so far: its log-likelihood in nats, and whether each token was the likeliest."""

    waiting: int
    total: float = 0.0
    greedy: bool = True


class TreeScorer:
    """Scores requests together; results come as soon as the last token of a request is known.

    ``most`` is the most tokens in one pass; ``packs`` is as in :meth:`PrefixTree.walk`. ``skip`` names requests, by
    their place, that need no result: they only keep the passes the same as when all were asked.
    """

    def __init__(
        self, network: Network, requests: Sequence[Scored], most: int, *, packs: bool = True,
        skip: Collection[int] = (),
    ) -> None:
        self._network = network
        self._most = most
        self._packs = packs
        self._skip = skip
        self._sums = [_Sum(request.continuation) for request in requests]
        # Requests that are read alike and differ in the last token only are one sequence of the tree.
        numbers: dict[tuple[int, ...], int] = {}
        self._asking: list[list[tuple[int, Scored]]] = []
        for place, request in enumerate(requests):
            number = numbers.setdefault(request.tokens[:-1], len(numbers))
            if number == len(self._asking):
                self._asking.append([])
            self._asking[number].append((place, request))
        first = [min(len(one.tokens) - 1 - one.continuation for _, one in asking) for asking in self._asking]
        self.tree = PrefixTree(list(numbers), first)

    def results(self) -> Iterator[tuple[int, float, bool]]:
        """For each request its place among them, its log-likelihood in nats, and whether it is the greedy choice."""
        path: list[Step] = []
        held: list[Step] = []
        for step in self.tree.walk(self._most, packs=self._packs):
            path = [one for one in path if one.depth < step.depth]
            if self._asked(step):
                # A path grows only when something below it, or on it, is asked for; and what the cache holds may be
                # a path of the same length that was left since.
                alike = [one is other for one, other in zip(path, held, strict=False)]
                for one in path[alike.index(False) if False in alike else len(alike) :]:
                    self._network.run(one)
                held = [*path, step] if step.grows else list(path)
                yield from self._read(step, self._network.run(step))
            if step.grows:
                path.append(step)
        self._network.forget()

    def _asked(self, step: Step) -> bool:
        """Whether any request that needs a result wants something of this step."""
        return any(place not in self._skip for want in step.wants for place, _ in self._asking[want.sequence])

    def _read(self, step: Step, logits: torch.Tensor) -> Iterator[tuple[int, float, bool]]:
        rows = {place: row for row, place in enumerate(sorted({want.place for want in step.wants}))}
        asked = [
            (place, rows[want.place], request.tokens[want.position + 1])
            for want in step.wants
            for place, request in self._asking[want.sequence]
            if want.position >= len(request.tokens) - 1 - request.continuation
        ]
        row = torch.tensor([one[1] for one in asked], device=logits.device)
        token = torch.tensor([one[2] for one in asked], device=logits.device)
        values = (logits[row, token] - logits.logsumexp(dim=-1)[row]).tolist()
        likeliest = (logits.argmax(dim=-1)[row] == token).tolist()
        for (place, _, _), value, greedy in zip(asked, values, likeliest, strict=True):
            known = self._sums[place]
            known.total += value
            known.greedy = known.greedy and greedy
            known.waiting -= 1
            if not known.waiting and place not in self._skip:
                yield place, known.total, known.greedy
