"""The OpenAI-compatible protocol: what is sent for a request, and what the JSON that comes back says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from commons.engines.endpoint_errors import TransientError, UnsendableError, read_complaint
from commons.harness.requests import Answer, Request, instrument_fault
from commons.pool.cell import Outcome
from commons.pool.models import Model

#: What a task that sets no limit gets, as in the harness.
DEFAULT_MAX_GEN_TOKS = 256

#: The argument of a model entry that names the body's field for the limit of tokens out.
MAX_TOKENS_FIELD = "max_tokens_field"

_MAX_TOKENS_FIELDS = ("max_tokens", "max_completion_tokens")

#: Body fields that a request decides; a model entry that set one would change or break every answer.
RESERVED = frozenset({"messages", "model", "n", "prompt", "seed", "stop", "stream", *_MAX_TOKENS_FIELDS})

_SAMPLING = ("frequency_penalty", "min_p", "presence_penalty", "repetition_penalty", "top_k", "top_p")

#: Endpoints take no more stop sequences than this; the text is cut at all of them when it arrives.
_MOST_STOPS = 4

_FILTERED = {"content_filter", "refusal"}


@dataclass(frozen=True)
class Question:
    """A request as it is sent: the path below the base URL, the JSON body, and what reading the answer needs.

    ``not_sent`` names the generation arguments that the protocol has no field for.
    """

    path: str
    body: bytes
    stops: tuple[str, ...]
    not_sent: tuple[str, ...]

    @property
    def is_chat(self) -> bool:
        """Whether the reply is a chat completion."""
        return self.path == "/chat/completions"


def is_chat_backend(backend: str) -> bool:
    """Whether a backend speaks chat completions rather than text completions."""
    return backend.endswith("-chat-completions")


class _Generation(BaseModel):
    """The harness's generation arguments; it knows the limit of tokens out by four names."""

    model_config = ConfigDict(extra="allow")

    until: str | list[str] | None = None
    do_sample: bool | None = None
    temperature: float | None = Field(default=None, ge=0)
    max_gen_toks: int | None = Field(default=None, gt=0)
    max_new_tokens: int | None = Field(default=None, gt=0)
    max_tokens: int | None = Field(default=None, gt=0)
    max_completion_tokens: int | None = Field(default=None, gt=0)

    @property
    def stops(self) -> tuple[str, ...]:
        """The stop sequences that can stop anything: the harness ignores an empty one."""
        until = [self.until] if isinstance(self.until, str) else self.until or []
        return tuple(dict.fromkeys(stop for stop in until if stop))

    @property
    def limit(self) -> int:
        """The most tokens out."""
        named = (self.max_gen_toks, self.max_new_tokens, self.max_tokens, self.max_completion_tokens)
        return next((limit for limit in named if limit is not None), DEFAULT_MAX_GEN_TOKS)

    @property
    def heat(self) -> float:
        """The sampling temperature: 0 unless sampling is asked for."""
        if self.do_sample is False:
            return 0.0
        if self.temperature is not None:
            return self.temperature
        return 1.0 if self.do_sample else 0.0


def ask(request: Request, model: Model) -> Question:
    """Put ``request`` as ``model``'s endpoint wants it. The model entry's own arguments have the last word.

    Raises:
        UnsendableError: a log-likelihood, a chat for a text backend, or generation arguments of a wrong type.
    """
    if request.kind != "generate_until":
        raise UnsendableError("endpoints give no log-likelihoods")
    try:
        generation = _Generation.model_validate(request.generation or {})
    except ValidationError as error:
        raise UnsendableError(f"generation arguments: {_first(error)}") from None
    extra = {key: value for key, value in (generation.model_extra or {}).items() if value is not None}
    arguments = dict(model.arguments)
    limit_field = str(arguments.pop(MAX_TOKENS_FIELD, _MAX_TOKENS_FIELDS[0]))
    body: dict[str, JsonValue] = {
        "model": model.endpoint.snapshot if model.endpoint else model.id,
        "temperature": generation.heat,
        limit_field: generation.limit,
        **_prompt(request, model),
        **{key: extra[key] for key in _SAMPLING if key in extra},
    }
    if generation.stops:
        body["stop"] = list(generation.stops[:_MOST_STOPS])
    if request.sample is not None:
        body["seed"] = request.sample
    body.update(arguments)
    return Question(
        path="/chat/completions" if is_chat_backend(model.backend) else "/completions",
        # Escapes keep halves of surrogate pairs, which prompts can hold and UTF-8 cannot.
        body=json.dumps(body, sort_keys=True, ensure_ascii=True).encode("ascii"),
        stops=generation.stops,
        not_sent=tuple(sorted(set(extra) - set(_SAMPLING))),
    )


def _prompt(request: Request, model: Model) -> dict[str, JsonValue]:
    if is_chat_backend(model.backend):
        if isinstance(request.prompt, str):
            return {"messages": [{"role": "user", "content": request.prompt}]}
        return {"messages": [{"role": turn.role, "content": turn.content} for turn in request.prompt]}
    if isinstance(request.prompt, str):
        return {"prompt": request.prompt}
    raise UnsendableError(f"the backend {model.backend} takes text, and the prompt is a chat")


class _Usage(BaseModel):
    """The token counts, where the endpoint gives them."""

    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)


class _Reply(BaseModel):
    usage: _Usage | None = None

    @field_validator("usage", mode="wrap")
    @classmethod
    def _counts_never_cost_an_answer(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> _Usage | None:
        try:
            usage: _Usage | None = handler(value)
        except ValidationError:
            return None
        return usage


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _ChatChoice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _ChatReply(_Reply):
    choices: list[_ChatChoice] = Field(min_length=1)


class _TextChoice(BaseModel):
    text: str | None
    finish_reason: str | None = None


class _TextReply(_Reply):
    choices: list[_TextChoice] = Field(min_length=1)


@dataclass(frozen=True)
class _Said:
    text: str | None
    refusal: str | None
    finish: str | None
    usage: _Usage


def read_answer(body: bytes, question: Question) -> Answer:
    """Read the body of a successful reply to ``question``.

    Raises:
        TransientError: it is not JSON, has another shape, or says that the generation failed.
    """
    said = _read(body, question)
    if said.finish == "error":
        raise TransientError("the endpoint says that the generation failed (finish_reason error)")
    tokens_in, tokens_out = said.usage.prompt_tokens, said.usage.completion_tokens
    if said.refusal or said.finish in _FILTERED:
        text, detail = _whole(said.refusal or ""), f"finish_reason {said.finish}" if said.finish in _FILTERED else None
        return Answer(outcome=Outcome.REFUSED, text=text, detail=detail, tokens_in=tokens_in, tokens_out=tokens_out)
    if said.text is None:
        why = f" (finish_reason {said.finish[:40]})" if said.finish else ""
        return instrument_fault(f"the endpoint returned no content{why}")
    whole = _whole(said.text)
    text = _cut(whole, question.stops)
    remarks = [] if text else ["empty answer"]
    if said.finish == "length" and text == whole:
        remarks.append("stopped at max_gen_toks")
    if question.not_sent:
        remarks.append(f"not sent: {', '.join(question.not_sent)}")
    outcome = Outcome.SCORED if text else Outcome.MODEL_FAULT
    detail = "; ".join(remarks) or None
    return Answer(outcome=outcome, text=text, detail=detail, tokens_in=tokens_in, tokens_out=tokens_out)


def _read(body: bytes, question: Question) -> _Said:
    try:
        # Not pydantic's own parser, which takes no half of a surrogate pair; a model can break off inside one.
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise TransientError("the reply is not JSON") from None
    try:
        if question.is_chat:
            chat = _ChatReply.model_validate(value)
            first = chat.choices[0]
            return _Said(first.message.content, first.message.refusal, first.finish_reason, chat.usage or _Usage())
        text = _TextReply.model_validate(value)
        return _Said(text.choices[0].text, None, text.choices[0].finish_reason, text.usage or _Usage())
    except ValidationError as error:
        if isinstance(value, dict) and value.get("error"):
            said = read_complaint(body.decode("utf-8", "replace")).message
            raise TransientError(f"an error under a status of success: {said}") from None
        raise TransientError(f"the reply's JSON has another shape: {_first(error)}") from None


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc']) or 'the whole'}: {fault['msg']}"


def _whole(text: str) -> str:
    """``text`` with U+FFFD for each half of a surrogate pair, as tokenizers decode a broken character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cut(text: str, stops: tuple[str, ...]) -> str:
    """``text`` up to the earliest of ``stops``."""
    found = [place for stop in stops if (place := text.find(stop)) >= 0]
    return text[: min(found)] if found else text
