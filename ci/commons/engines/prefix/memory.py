"""How much one pass may hold: a stated budget, in tokens and rows of this very model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from commons.errors import CannotRun

GIB = 2**30

#: Memory beside the weights where the entry names none (``arguments: {memory_gib: 4}``), on a processor; on a graphics
#: card it is this share of what is free once the weights are loaded.
DEFAULT_GIB = 2.0
FREE_SHARE = 0.6

#: The most tokens in one pass. More of them make the mask, in which most places are hidden, cost more than it saves:
#: on two cores, 512 was the quickest for a model of 135M parameters.
MOST_TOKENS = {"cpu": 512, "cuda": 4096}
MOST_ROWS = {"cpu": 32, "cuda": 256}


@dataclass(frozen=True)
class Budget:
    """What fits: ``tokens`` in one pass, sequences of at most ``window`` tokens, rows by their length."""

    tokens: int
    window: int
    most_rows: int
    bytes_: int
    bytes_a_token: int

    def rows(self, longest: int) -> int:
        """How many rows of at most ``longest`` tokens may stand in one batch; packing anew holds each twice."""
        return max(1, min(self.most_rows, self.bytes_ // (2 * self.bytes_a_token * max(1, longest))))


def budget_of(model: Any, gib: object = None) -> Budget:
    """The budget for a loaded transformers model.

    Raises:
        CannotRun: ``gib`` is not a positive number.
    """
    kind = "cuda" if model.device.type == "cuda" else "cpu"
    if gib is not None and not (isinstance(gib, (int, float)) and math.isfinite(gib) and gib > 0):
        raise CannotRun(f"`memory_gib: {gib}` of a model entry is not a positive number.",
                        mend="Give the memory that may be used beside the weights, in GiB.")
    if gib is not None:
        bytes_ = int(float(str(gib)) * GIB)
    elif kind == "cuda":
        bytes_ = int(torch.cuda.mem_get_info(model.device)[0] * FREE_SHARE)
    else:
        bytes_ = int(DEFAULT_GIB * GIB)
    config = model.config.get_text_config()
    width = model.dtype.itemsize
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    cached = 2 * config.num_hidden_layers * heads * head * width
    # A token of a pass holds its keys and values twice (old and new tensor), the activations of one layer, and, where
    # its logits are wanted, those in the model's numbers and twice in fp32.
    inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    passing = 2 * cached + width * (8 * config.hidden_size + 3 * inner) + config.vocab_size * (width + 8)
    return Budget(max(16, min(MOST_TOKENS[kind], bytes_ // passing)), _window(config), MOST_ROWS[kind], bytes_, cached)


def _window(config: Any) -> int:
    """The longest sequence whose masks and positions do not depend on its length.

    Beyond a sliding window, an attention chunk, or the length from which positions are rescaled, a cached prefix and
    a mask of ours would not be what the model's own code makes of the whole sequence.
    """
    limits = [getattr(config, name, None) for name in ("sliding_window", "attention_chunk_size")]
    rescaled = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    several = [rescaled, *(value for value in rescaled.values() if isinstance(value, dict))]
    if any(one.get("rope_type", one.get("type")) in {"longrope", "dynamic"} for one in several):
        limits += [one.get("original_max_position_embeddings") for one in several]
        limits += [getattr(config, name, None) for name in
                   ("original_max_position_embeddings", "max_position_embeddings")]
    return min((int(limit) for limit in limits if limit), default=2**62)
