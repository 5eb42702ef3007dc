"""The two language models that the harness sees here: one that only listens, one that repeats what was answered.

A chat is captured as messages before any template: the harness asks its model to apply the chat template, and these
models answer with a marked text that carries the messages. :func:`request_from_instance` turns it back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from commons.errors import BrokenResult
from commons.harness.requests import Answer, ChatMessage, Request

_CHAT_MARK = "\x00commons-chat\x00"


class CapturingLM(LM):  # type: ignore[misc]
    """A model that the harness builds requests for and that never answers."""

    tokenizer = None
    tokenizer_name = "commons-messages"

    def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """Keep the messages as they are, inside a marked text."""
        return _CHAT_MARK + json.dumps({"messages": chat_history, "opens_turn": add_generation_prompt})

    def loglikelihood(self, requests: list[Instance]) -> NoReturn:
        """Refuse: rendering asks nothing."""
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: list[Instance]) -> NoReturn:
        """Refuse: rendering asks nothing."""
        raise NotImplementedError

    def generate_until(self, requests: list[Instance]) -> NoReturn:
        """Refuse: rendering asks nothing."""
        raise NotImplementedError


class ReplayingLM(CapturingLM):
    """A model that repeats stored answers, found by the digest of each request.

    ``sample`` picks one of several sampled answers; None offers all of them in order, for filters that vote.
    """

    def __init__(self, answers: Mapping[str, Answer], sample: int | None = None) -> None:
        super().__init__()
        self._answers = answers
        self._sample = sample
        self._seen: dict[int, int] = {}

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:  # type: ignore[override]
        """The stored (log-likelihood, is greedy) of each request."""
        found = [self._answer(instance) for instance in requests]
        return [(_number(one), bool(one.is_greedy)) for one in found]

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:  # type: ignore[override]
        """The stored log-likelihood of each text."""
        return [_number(self._answer(instance)) for instance in requests]

    def generate_until(self, requests: list[Instance]) -> list[str]:  # type: ignore[override]
        """The stored text of each request."""
        return [self._answer(instance).text or "" for instance in requests]

    def _answer(self, instance: Instance) -> Answer:
        samples = sampled(instance)
        sample = None
        if samples:
            sample = self._sample
            if sample is None:
                sample = self._seen.get(id(instance), 0) % len(samples)
                self._seen[id(instance)] = sample + 1
        return self._find(instance, sample)

    def _find(self, instance: Instance, sample: int | None) -> Answer:
        request = request_from_instance(instance, sample)
        try:
            return self._answers[request.digest]
        except KeyError:
            raise BrokenResult(
                "Scoring asked for a request that rendering did not make: the task's hooks do not give the same "
                "prompts twice.",
                mend="Remove randomness, clocks and global state from the hooks.",
            ) from None


class ProbingLM(ReplayingLM):
    """A model that answers by item and by the request's place in it, so that equal requests may differ in answers.

    ``ids`` names the items that are asked, in harness order; an item has ``samples`` answers to each request.
    """

    def __init__(
        self, answers: Mapping[str, Sequence[Answer]], ids: Sequence[str], samples: int, sample: int | None
    ) -> None:
        super().__init__({}, sample)
        self._by_item = answers
        self._ids = ids
        self._samples = samples

    def _find(self, instance: Instance, sample: int | None) -> Answer:
        item = self._ids[instance.doc_id or 0]
        answers = self._by_item.get(item, ())
        place: int = instance.idx * self._samples + (sample or 0)
        if place >= len(answers):
            raise BrokenResult(f"The probe has {len(answers)} answers for the item `{item}`, and more were asked.",
                               mend="Please report this with the task.")
        return answers[place]


def sampled(instance: Instance) -> Sequence[int]:
    """The sample numbers of an instance whose answers are drawn at random; empty where they are greedy."""
    if instance.request_type != "generate_until" or not _drawn(instance.args[1] or {}):
        return ()
    return range(instance.repeats or 1)


def draws(harness: Any) -> bool:
    """Whether a loaded task asks for answers that are drawn at random."""
    return harness.OUTPUT_TYPE == "generate_until" and _drawn(harness.get_config("generation_kwargs") or {})


def _drawn(arguments: Mapping[str, Any]) -> bool:
    return bool(arguments.get("do_sample")) or float(arguments.get("temperature") or 0) > 0


def request_from_instance(instance: Instance, sample: int | None = None) -> Request:
    """The request behind a harness instance.

    Raises:
        BrokenResult: the instance carries pictures or sound, or a hook changed a chat's text.
    """
    arguments = instance.args
    kind = instance.request_type
    if kind == "loglikelihood_rolling":
        return Request(kind=kind, prompt=str(arguments[0]))
    if len(arguments) > 2:
        raise BrokenResult("The task sends pictures or sound, which this pool does not evaluate yet.")
    prompt, opens_turn = _prompt(arguments[0])
    if kind == "loglikelihood":
        return Request(kind=kind, prompt=prompt, opens_turn=opens_turn, continuation=str(arguments[1]))
    return Request(kind="generate_until", prompt=prompt, opens_turn=opens_turn, sample=sample,
                   generation=json.loads(json.dumps(arguments[1] or {})))


def _prompt(context: Any) -> tuple[str | tuple[ChatMessage, ...], bool]:
    text = str(context)
    if not text.startswith(_CHAT_MARK):
        if _CHAT_MARK in text:
            raise BrokenResult("A hook put text before a chat's messages.", mend="Leave the context as it is given.")
        return text, True
    try:
        chat = json.loads(text[len(_CHAT_MARK) :])
    except json.JSONDecodeError as error:
        raise BrokenResult("A hook changed a chat's messages.", mend="Leave the context as it is given.") from error
    return tuple(ChatMessage.model_validate(message) for message in chat["messages"]), bool(chat["opens_turn"])


def _number(answer: Answer) -> float:
    if answer.loglikelihood is None:
        raise BrokenResult("A stored answer to a log-likelihood request holds no number.",
                           mend="Remove it from the response store and run again.")
    return answer.loglikelihood
