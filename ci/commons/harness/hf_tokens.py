"""How the harness's ``hf`` turns requests into tokens and tokens into text, for an engine that computes in between.

Its own functions are called, so that both read and write the same whatever they do about spaces and special tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.models.utils import handle_stop_sequences, normalize_gen_kwargs, postprocess_generated_text

from commons.harness.backends import prompt_text
from commons.harness.requests import Request

#: Generation arguments that mean the same in a loop that always takes the likeliest token.
_UNDERSTOOD = {"until", "max_gen_toks", "do_sample", "temperature", "top_p", "top_k"}


@dataclass(frozen=True)
class Greedy:
    """A generation request as the harness reads it: the prompt's tokens, the most new ones, the stop sequences."""

    tokens: tuple[int, ...]
    most: int
    until: tuple[str, ...]

    @property
    def length(self) -> int:
        """The most tokens that prompt and answer have together."""
        return len(self.tokens) + self.most


def scored_tokens(model: Any, requests: Sequence[Request]) -> list[tuple[tuple[int, ...], int]]:
    """For each log-likelihood request the tokens that ``model`` reads and how many of the last ones it scores.

    A text over the context loses its beginning, as in the harness.
    """
    taken: list[tuple[list[int], list[int]]] = []

    def take(tokenised: list[tuple[Any, list[int], list[int]]], **_: Any) -> list[None]:
        taken.extend((context, continuation) for _, context, continuation in tokenised)
        return [None] * len(tokenised)

    model._loglikelihood_tokens = take
    try:
        model.loglikelihood(
            [Instance("loglikelihood", {}, (prompt_text(model, one), one.continuation), index)
             for index, one in enumerate(requests)], disable_tqdm=True,
        )
    finally:
        del model._loglikelihood_tokens
    return [(tuple((context + continuation)[-(model.max_length + 1) :]), len(continuation))
            for context, continuation in taken]


def greedy_tokens(model: Any, request: Request) -> Greedy | None:
    """The request as the harness reads it; None where it asks for more than the likeliest token each time.

    Raises:
        ValueError: it leaves no room for a prompt.
    """
    arguments = dict(request.generation or {})
    settings = normalize_gen_kwargs(arguments, model.max_gen_toks)
    if set(settings) - _UNDERSTOOD or settings.get("do_sample") or settings.get("temperature"):
        return None
    eos = model.tok_decode(model.eot_token_id, skip_special_tokens=False)
    until = handle_stop_sequences(settings.get("until"), eos=eos)
    room = model.max_length - settings["max_gen_toks"]
    if room <= 0:
        raise ValueError(f"max_gen_toks leaves no room for a prompt in a context of {model.max_length} tokens")
    encoded, _ = model.tok_batch_encode(
        [prompt_text(model, request)], left_truncate_len=room, truncation=model.truncation
    )
    return Greedy(tuple(encoded[0].tolist()), settings["max_gen_toks"], tuple(until))


def stop_rule(model: Any, until: Sequence[str], ends: frozenset[int]) -> Callable[[list[int]], bool]:
    """When generation stops: at a token of ``ends``, or when the last tokens read as a stop sequence.

    As in the harness, two tokens more than a stop sequence has are read, because a model may write it in others.
    """
    tokenizer = model.tokenizer
    sequences = [(one, len(tokenizer.encode(one, add_special_tokens=False)) + 2) for one in until]

    def stops(tokens: list[int]) -> bool:
        if not tokens:
            return False
        return tokens[-1] in ends or any(one in tokenizer.decode(tokens[-length:]) for one, length in sequences)

    return stops


def finished_text(model: Any, tokens: Sequence[int], until: Sequence[str], ends: frozenset[int]) -> str:
    """The text of generated tokens, cut before the first stop sequence, without what the model thought aloud."""
    kept = list(tokens[:-1]) if tokens and tokens[-1] in ends else list(tokens)
    think = model.think_end_token
    if isinstance(think, int) and think in kept:
        kept = kept[len(kept) - kept[::-1].index(think) :]
    text = model.tok_decode(kept)
    if isinstance(think, int):
        text = text.lstrip()
    return str(postprocess_generated_text(generation=text, stop=list(until),
                                          think_end_token=think if isinstance(think, str) else None))
