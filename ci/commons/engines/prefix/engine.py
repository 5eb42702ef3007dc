"""The engine behind the backend ``hf-prefix-cache``: the harness's ``hf``, with shared prefixes computed once.

Tokens, truncation, stop sequences and text are the harness's own (``harness/hf_tokens.py``); what lies between is the
prefix tree. What the tree cannot do goes the plain way, through the harness's ``hf``: sampled answers, rolling
log-likelihoods, generation arguments beyond greedy choice, sequences longer than a sliding window, and every request
to a model that no way of sharing was proven for; :attr:`EngineFacts.name` says which way was taken.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from commons.engines.base import EngineFacts, EngineKind, engine
from commons.engines.harness_backend import HarnessEngine, check, open_harness_engine, versions
from commons.harness.requests import Answer, Request, instrument_fault
from commons.pool.models import Model

if TYPE_CHECKING:
    from commons.engines.prefix.memory import Budget

_LOG = logging.getLogger(__name__)

BACKEND = "hf-prefix-cache"

#: Raised when this engine's way of computing changes an answer by more than the last digits.
ENGINE_VERSION = "1"

#: Arguments of the entry that are this engine's own; all others go to the harness's ``hf``.
OWN_ARGUMENTS = frozenset({"memory_gib"})


class PrefixEngine:
    """A loaded model whose requests share what they begin with."""

    def __init__(self, entry: Model, plain: HarnessEngine) -> None:
        from commons.engines.prefix.memory import budget_of
        from commons.engines.prefix.network import Network
        from commons.engines.prefix.proof import Way, generates_alike, proven_way

        self._entry = entry
        self._plain = plain
        #: Requests of the last call that computing together failed for, with the kind of failure.
        self._failed: dict[str, str] = {}
        self._model = plain.model
        causal = plain.model.backend == "causal"
        self._way = proven_way(plain.model.model) if causal else Way.PLAIN
        self._generates = causal and self._way is Way.TREE and _is_plainly_greedy(plain.model.model) and \
            generates_alike(plain.model.model)
        self._network = Network(plain.model.model)
        self._budget: Budget = budget_of(plain.model.model, entry.arguments.get("memory_gib"))

    @property
    def facts(self) -> EngineFacts:
        """What provenance says about this engine; its name says how prefixes are shared."""
        facts = self._plain.facts
        ways = f"scores by {self._way.value}, generates {'in one batch' if self._generates else 'plainly'}"
        return EngineFacts(f"{BACKEND} ({ways})", versions_of_prefix(), facts.weights, facts.context_length,
                           facts.chat_template_sha256)

    @property
    def harness_model(self) -> Any:
        """The harness's ``hf`` with the same weights."""
        return self._model

    @property
    def tokens_a_pass(self) -> int:
        """The most tokens that one forward pass computes."""
        return self._budget.tokens

    def answer(self, requests: Sequence[Request], beside: Sequence[Request] = ()) -> Iterator[tuple[Request, Answer]]:
        """Answer every request once, in an order of this engine's own, each as soon as it is known.

        ``beside`` are requests of the same cell that were answered before. They get no answer; they keep the passes
        the same, so that a run that was stopped and goes on gives the bytes of one that was not.
        """
        plainly: list[Request] = []
        self._failed = {}
        scored = [one for one in requests if one.kind == "loglikelihood"]
        yield from self._score(scored, [one for one in beside if one.kind == "loglikelihood"], plainly)
        yield from self._generate([one for one in requests if one.kind == "generate_until"], plainly)
        plainly += [one for one in requests if one.kind == "loglikelihood_rolling"]
        for request, answer in self._plain.answer(plainly):
            yield request, self._with_reason(request, answer)

    def close(self) -> None:
        """Let the weights go."""
        self._plain.close()
        del self._network, self._model

    def _score(
        self, requests: list[Request], beside: list[Request], plainly: list[Request]
    ) -> Iterator[tuple[Request, Answer]]:
        from commons.engines.prefix.proof import Way
        from commons.engines.prefix.scoring import Scored, TreeScorer
        from commons.harness.hf_tokens import scored_tokens

        if self._way is Way.PLAIN or not requests:
            plainly += requests
            return
        together: list[Request] = []
        tokens: list[Scored] = []
        answered = {request.digest for request in beside}
        # In an order that does not depend on which of them were answered before.
        for request in sorted([*requests, *beside], key=lambda one: one.digest):
            try:
                [(read, count)] = scored_tokens(self._model, [request])
            except Exception:  # noqa: BLE001  (the plain way says what is wrong with it)
                read, count = (), 0
            if 0 < count < len(read) <= self._budget.window:
                together.append(request)
                tokens.append(Scored(read, count))
            elif request.digest not in answered:
                plainly.append(request)
        skip = {place for place, request in enumerate(together) if request.digest in answered}
        scorer = TreeScorer(self._network, tokens, self._budget.tokens, packs=self._way is Way.TREE, skip=skip)
        yield from self._kept_on_failure(
            ((together[place], (value, greedy)) for place, value, greedy in scorer.results()),
            [request for place, request in enumerate(together) if place not in skip], plainly,
        )

    def _generate(self, requests: list[Request], plainly: list[Request]) -> Iterator[tuple[Request, Answer]]:
        from commons.engines.prefix.generation import GreedyGenerator, Prompt
        from commons.harness.hf_tokens import finished_text, greedy_tokens, stop_rule

        together, prompts, untils = [], [], []
        ends = self._ends()
        for request in requests:
            greedy = None
            if self._generates and request.sample is None:
                try:
                    greedy = greedy_tokens(self._model, request)
                except Exception:  # noqa: BLE001  (as above)
                    greedy = None
            if greedy is None or not (greedy.tokens and greedy.most and greedy.length <= self._budget.window):
                plainly.append(request)
                continue
            together.append(request)
            prompts.append(Prompt(greedy.tokens, greedy.most, stop_rule(self._model, greedy.until, ends)))
            untils.append(greedy.until)
        longest = max((len(one.tokens) + one.most for one in prompts), default=0)
        generator = GreedyGenerator(self._network, prompts, self._budget.tokens, self._budget.rows(longest))
        yield from self._kept_on_failure(
            ((together[place], finished_text(self._model, new, untils[place], ends))
             for place, new in generator.results()),
            together, plainly,
        )

    def _kept_on_failure(
        self, results: Iterator[tuple[Request, Any]], asked: list[Request], plainly: list[Request]
    ) -> Iterator[tuple[Request, Answer]]:
        """Answers from raw results; where computing them fails, what is left goes the plain way."""
        left = {request.digest: request for request in asked}
        try:
            for request, raw in results:
                del left[request.digest]
                value = raw[0] if isinstance(raw, tuple) else 0.0
                yield request, (self._plain.graded(request, raw) if math.isfinite(value)
                                else instrument_fault(f"the model gave the log-likelihood {value}"))
        except Exception as error:  # noqa: BLE001  (out of memory, most likely: the plain way needs less)
            self._network.forget()
            plainly += left.values()
            self._failed |= dict.fromkeys(left, type(error).__name__)
            _LOG.warning("%s: %d requests are computed without sharing prefixes, because of a %s: %s", self._entry.id,
                         len(left), type(error).__name__, error)

    def _with_reason(self, request: Request, answer: Answer) -> Answer:
        """The answer, with the failure that it was computed plainly for, so that its row says so."""
        if (reason := self._failed.get(request.digest)) is None or not answer.outcome.has_score:
            return answer
        said = f"computed without sharing prefixes after a {reason}"
        return answer.model_copy(update={"detail": f"{answer.detail}; {said}" if answer.detail else said})

    def _ends(self) -> frozenset[int]:
        """The tokens that end a generation."""
        configured = self._model.model.generation_config.eos_token_id
        several = configured if isinstance(configured, list) else [configured]
        return frozenset(one for one in [*several, self._model.eot_token_id] if one is not None)


#: Settings of a model's own generation configuration that do not change which token is the likeliest.
_HARMLESS = {
    "bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id", "max_length", "max_new_tokens",
    "do_sample", "temperature", "top_p", "top_k", "min_p", "typical_p", "use_cache", "transformers_version",
    "cache_implementation", "cache_config", "return_dict_in_generate", "output_attentions", "output_hidden_states",
    "output_scores", "output_logits", "_from_model_config", "compile_config", "disable_compile",
    "max_matching_ngram_size",
}


def _is_plainly_greedy(model: Any) -> bool:
    """Whether the model's generation configuration leaves greedy choice alone (no repetition penalty and the like)."""
    return not set(model.generation_config.to_diff_dict()) - _HARMLESS


def versions_of_prefix() -> dict[str, str]:
    """The libraries that decide the answers, and this engine's own version."""
    return {**versions(), BACKEND: ENGINE_VERSION}


def open_engine(model: Model) -> PrefixEngine:
    """Load ``model``; raises as the engine for harness backends."""
    return PrefixEngine(model, open_harness_engine(model, "hf", skip=OWN_ARGUMENTS))


engine(EngineKind(name="prefix", backends=frozenset({BACKEND}), check=check, versions=versions_of_prefix,
                  open=open_engine))
