"""A transformers model that computes steps of a prefix tree: its key-value cache, masks and positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from commons.engines.prefix.tree import Run, Step


class Network:
    """The model and the path that its cache holds.

    ``computed`` counts the tokens that went through the model.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.device: torch.device = model.device
        self.dtype: torch.dtype = model.dtype
        self.computed = 0
        self.forget()

    def forget(self) -> None:
        """Let the path go."""
        self._cache = DynamicCache()
        #: How many tokens the path has.
        self.depth = 0

    @torch.inference_mode()
    def run(self, step: Step) -> Tensor:
        """Compute a step: the logits (fp32) at the places it wants, ``[places, vocabulary]``, in order of place.

        Afterwards the cache holds the path and, until the next step, the step's own keys and values.
        """
        if step.depth > self.depth:
            raise ValueError(f"the step stands below {step.depth} tokens and the path has {self.depth}")
        self._crop(step.depth)
        self.depth = step.depth + len(step.tokens) if step.grows else step.depth
        places = sorted({want.place for want in step.wants})
        output = self.model(
            input_ids=torch.tensor([step.tokens], device=self.device),
            attention_mask=None if step.is_chain else self._mask(step),
            position_ids=torch.tensor([step.positions], device=self.device),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=torch.tensor(places or [len(step.tokens) - 1], device=self.device),
        )
        self.computed += len(step.tokens)
        logits: Tensor = output.logits[0].float()
        return logits

    def keys_and_values(self, places: Sequence[int]) -> list[tuple[Tensor, Tensor]]:
        """For each layer the keys and values at ``places`` of the cache, ``[heads, places, size]``."""
        index = torch.tensor(places, device=self.device)
        layers: list[Any] = self._cache.layers
        return [(one.keys[0].index_select(1, index), one.values[0].index_select(1, index)) for one in layers]

    def _crop(self, depth: int) -> None:
        held = self._cache.get_seq_length()
        if held > depth:
            self._cache.crop(depth - held)

    def _mask(self, step: Step) -> Tensor:
        """The additive mask ``[1, 1, tokens, depth + tokens]``: a token sees the path, its ancestors and itself."""
        size = len(step.tokens)
        seen = torch.cat([torch.ones(size, step.depth, dtype=torch.bool), ancestors(step.runs, size)], dim=1)
        mask = torch.zeros(seen.shape, dtype=self.dtype).masked_fill_(~seen, torch.finfo(self.dtype).min)
        return mask[None, None].to(self.device)


def ancestors(runs: Sequence[Run], size: int) -> Tensor:
    """Which tokens of a step each of them comes after: a boolean ``[size, size]``, the token itself included."""
    seen = torch.zeros(size, size, dtype=torch.bool)
    for run in runs:
        if run.parent >= 0:
            seen[run.start : run.stop, : run.start] = seen[run.parent, : run.start]
        length = run.stop - run.start
        seen[run.start : run.stop, run.start : run.stop] = torch.ones(length, length, dtype=torch.bool).tril_()
    return seen
