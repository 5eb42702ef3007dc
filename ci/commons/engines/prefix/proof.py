"""Which way of sharing a model can be trusted with, found out by trying it on the model itself.

Masks, positions and caches are handled by each architecture in its own code, and no list of names would stay true. So
before the first answer a few short sequences are computed in the shared way and in the plain one, and only a way that
gives the same logits is used.
"""

from __future__ import annotations

import random
from enum import Enum
from typing import Any

import torch

from commons.engines.prefix.generation import GreedyGenerator, Prompt
from commons.engines.prefix.network import Network
from commons.engines.prefix.scoring import Scored, TreeScorer


class Way(str, Enum):
    """How prefixes are shared: whole subtrees in one pass, one branch after another, or not at all."""

    TREE = "tree"
    CHAIN = "chain"
    PLAIN = "plain"


#: The largest difference of a log-likelihood, in nats, between two ways of computing the same, by the model's numbers.
TOLERANCE = {torch.float64: 1e-6, torch.float32: 1e-3, torch.float16: 0.05, torch.bfloat16: 0.3}


#: Tokens in one pass while proving: once with a path that grows and branches below it, once all in one pass.
PASSES = (20, 1000)


def proven_way(model: Any) -> Way:
    """The best way that scores this model's own way, for its log-likelihoods."""
    requests = trial_requests(int(model.config.get_text_config().vocab_size))
    expected = [_plain(model, request) for request in requests]
    for way in (Way.TREE, Way.CHAIN):
        if all(_scores_alike(model, requests, expected, most, way) for most in PASSES):
            return way
    return Way.PLAIN


def _scores_alike(model: Any, requests: list[Scored], expected: list[float], most: int, way: Way) -> bool:
    try:
        scorer = TreeScorer(Network(model), requests, most, packs=way is Way.TREE)
        found = {place: value for place, value, _ in scorer.results()}
    except Exception:  # noqa: BLE001  (an architecture may refuse in any way it likes; it is then not shared)
        return False
    return all(abs(found[place] - value) <= TOLERANCE.get(model.dtype, 0.0) for place, value in enumerate(expected))


def generates_alike(model: Any) -> bool:
    """Whether rows of one batch, packed anew on the way, are given the tokens that each is given alone."""
    vocabulary = int(model.config.get_text_config().vocab_size)
    texts = [request.tokens for request in trial_requests(vocabulary)][:3]
    try:
        prompts = [Prompt(tokens, most, lambda _: False) for tokens, most in zip(texts, (2, 5, 4), strict=True)]
        found = dict(GreedyGenerator(Network(model), prompts, most=64, rows=2).results())
    except Exception:  # noqa: BLE001  (as above)
        return False
    return all(_follows(model, prompt, found[place]) for place, prompt in enumerate(prompts))


def trial_requests(vocabulary: int) -> list[Scored]:
    """Sequences that part at several depths, one of them the beginning of another, and two long paths side by side."""
    draw = random.Random(7)  # noqa: S311  (a fixed draw is the point, no secret)

    def some(count: int) -> list[int]:
        return [draw.randrange(vocabulary) for _ in range(count)]

    head, middle, one, other = some(30), some(5), some(26), some(26)
    return [
        Scored(tuple(tokens), count)
        for tokens, count in (
            (head + some(9), 3), (head + middle + some(4), 4), (head + middle + some(2), 1), (head + middle, 2),
            (some(7), 2), (head + one + some(3), 3), (head + one + some(2), 2), (head + other + some(3), 3),
            (head + other + some(4), 4),
        )
    ]


@torch.inference_mode()
def _plain(model: Any, request: Scored) -> float:
    tokens = torch.tensor([request.tokens], device=model.device)
    values = model(input_ids=tokens[:, :-1], use_cache=False).logits[0].float().log_softmax(dim=-1)
    start = len(request.tokens) - request.continuation
    return float(sum(values[place - 1, request.tokens[place]] for place in range(start, len(request.tokens))))


@torch.inference_mode()
def _follows(model: Any, prompt: Prompt, new: list[int]) -> bool:
    """Whether each new token is the likeliest after what stands before it, or ties with the likeliest."""
    tokens = torch.tensor([[*prompt.tokens, *new]], device=model.device)
    values = model(input_ids=tokens[:, :-1], use_cache=False).logits[0].float().log_softmax(dim=-1)
    after = values[len(prompt.tokens) - 1 :]
    chosen = after.gather(1, torch.tensor(new, device=model.device)[:, None])[:, 0]
    return len(new) == prompt.most and bool(
        (after.max(dim=-1).values - chosen <= TOLERANCE.get(model.dtype, 0.0)).all()
    )
