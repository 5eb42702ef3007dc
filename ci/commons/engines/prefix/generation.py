"""Greedy generation: prompts are read through the prefix tree, and rows leave the batch as soon as they are done.

Rows stand in one batch with their newest tokens in the same column, so that one forward pass gives each its next token
(continuous batching; Yu et al., Orca, OSDI 2022). A place that falls free is given to the next prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from transformers import Cache
from transformers.cache_utils import DynamicLayer

from commons.engines.prefix.network import Network
from commons.engines.prefix.tree import PrefixTree

#: The share of the batch that must fall free before it is packed anew: packing copies every key and value.
FREE_SHARE = 0.25

KeysValues = list[tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Prompt:
    """What to go on from: its tokens, the most new ones, and when to stop, given all new tokens so far."""

    tokens: tuple[int, ...]
    most: int
    stops: Callable[[list[int]], bool]


@dataclass(eq=False)
class _Row:
    """A prompt on its way: what the cache holds of it, as long as it waits, and what was generated."""

    place: int
    prompt: Prompt
    held: KeysValues
    length: int
    new: list[int] = field(default_factory=list)
    done: bool = False

    def take(self, token: int) -> None:
        """Take the next token."""
        self.new.append(token)
        self.done = len(self.new) >= self.prompt.most or self.prompt.stops(self.new)


class _Room(DynamicLayer):  # type: ignore[no-untyped-call]
    """A layer of the cache with room to grow, so that a new token copies none of the old ones."""

    def __init__(self, keys: Tensor, values: Tensor, length: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.lazy_initialization(keys, values)
        self._keys, self._values, self._length = keys, values, length

    def update(self, key_states: Tensor, value_states: Tensor, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        """Write the new tokens behind the old ones and give all of them."""
        stop = self._length + key_states.shape[2]
        self._keys[:, :, self._length : stop] = key_states
        self._values[:, :, self._length : stop] = value_states
        self._length = stop
        return self._keys[:, :, :stop], self._values[:, :, :stop]

    def of_row(self, row: int, start: int) -> tuple[Tensor, Tensor]:
        """One row's keys and values from a column on."""
        return self._keys[row, :, start : self._length], self._values[row, :, start : self._length]

    def get_seq_length(self) -> int:
        """How many columns are in use."""
        return self._length


class _Batch:
    """Rows that advance together."""

    def __init__(self, network: Network, rows: list[_Row]) -> None:
        self._network = network
        self.rows = rows
        self.length = max(row.length for row in rows)
        room = self.length + max(row.prompt.most - len(row.new) for row in rows)
        self._layers: list[_Room] = []
        for number in range(len(rows[0].held)):
            held = [row.held[number] for row in rows]
            keys, values = (self._together([one[part] for one in held], room) for part in (0, 1))
            self._layers.append(_Room(keys, values, self.length))
        for row in rows:
            row.held = []
        self._cache = Cache(layers=list(self._layers))
        starts = torch.tensor([[self.length - row.length] for row in rows])
        hidden = torch.arange(room)[None] < starts
        mask = torch.zeros(hidden.shape, dtype=network.dtype).masked_fill_(hidden, torch.finfo(network.dtype).min)
        self._mask = mask[:, None, None].to(network.device)

    def _together(self, parts: list[Tensor], room: int) -> Tensor:
        """The rows' tensors ``[heads, length, size]`` in one ``[rows, heads, room, size]``, right-aligned."""
        heads, _, size = parts[0].shape
        whole = parts[0].new_zeros(len(parts), heads, room, size)
        for row, part in enumerate(parts):
            whole[row, :, self.length - part.shape[1] : self.length] = part
        return whole

    @torch.inference_mode()
    def advance(self) -> None:
        """One more token for each row that is not done; the others only keep their places."""
        device = self._network.device
        output = self._network.model(
            input_ids=torch.tensor([[row.new[-1]] for row in self.rows], device=device),
            position_ids=torch.tensor([[row.length] for row in self.rows], device=device),
            attention_mask=self._mask[..., : self.length + 1],
            past_key_values=self._cache,
            use_cache=True,
        )
        self.length += 1
        for row, token in zip(self.rows, output.logits[:, -1].argmax(dim=-1).tolist(), strict=True):
            row.length += 1
            if not row.done:
                row.take(token)

    def unfinished(self) -> list[_Row]:
        """The rows that are not done, with what the cache holds of them, for another batch."""
        for number, row in enumerate(self.rows):
            if not row.done:
                row.held = [layer.of_row(number, self.length - row.length) for layer in self._layers]
        return [row for row in self.rows if not row.done]


class GreedyGenerator:
    """Goes on from each prompt, ``rows`` at a time, reading at most ``most`` tokens in one pass."""

    def __init__(self, network: Network, prompts: Sequence[Prompt], most: int, rows: int) -> None:
        self._network = network
        self._prompts = prompts
        self._rows = rows
        numbers: dict[tuple[int, ...], int] = {}
        self._asking: list[list[int]] = []
        for place, prompt in enumerate(prompts):
            number = numbers.setdefault(prompt.tokens, len(numbers))
            if number == len(self._asking):
                self._asking.append([])
            self._asking[number].append(place)
        self.tree = PrefixTree(list(numbers), [len(tokens) - 1 for tokens in numbers])
        self._most = most

    def results(self) -> Iterator[tuple[int, list[int]]]:
        """For each prompt its place among them and its new tokens, as soon as it is done."""
        waiting = self._read()
        batch: _Batch | None = None
        more = True
        while more or batch is not None:
            going = batch.unfinished() if batch else []
            while more and len(going) < self._rows:
                row = next(waiting, None)
                if row is None:
                    more = False
                elif row.done:
                    yield row.place, row.new
                else:
                    going.append(row)
            batch = _Batch(self._network, going) if going else None
            if batch is not None:
                yield from self._advance(batch)
        self._network.forget()

    def _advance(self, batch: _Batch) -> Iterator[tuple[int, list[int]]]:
        """Until enough places are free to be worth packing anew, or all are done."""
        going = list(batch.rows)
        enough = max(1, int(len(going) * (1 - FREE_SHARE)))
        while going and len(going) >= enough:
            batch.advance()
            done = [row for row in going if row.done]
            going = [row for row in going if not row.done]
            for row in done:
                yield row.place, row.new

    def _read(self) -> Iterator[_Row]:
        """Read the prompts, those that begin alike together; each comes with its first new token."""
        for step in self.tree.walk(self._most):
            logits = self._network.run(step)
            rows = {place: row for row, place in enumerate(sorted({want.place for want in step.wants}))}
            firsts = {want.sequence: int(logits[rows[want.place]].argmax()) for want in step.wants}
            ready = []
            for number, places in step.ends.items():
                held = self._network.keys_and_values([*range(step.depth), *(step.depth + one for one in places)])
                for place in self._asking[number]:
                    prompt = self._prompts[place]
                    row = _Row(place, prompt, held, len(prompt.tokens), done=prompt.most == 0)
                    if not row.done:
                        row.take(firsts[number])
                    ready.append(row)
            yield from ready
