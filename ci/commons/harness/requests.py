"""What is sent to a model and what comes back: the requests file and its answers.

A request is what the harness asked for, before any chat template: a prompt as text, or as messages where the model
entry wants its chat template. Its digest is the request's part of the response store's key.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from commons.pool.cell import Outcome
from commons.pool.hashing import sha256_json
from commons.pool.validate import Strict

RequestKind = Literal["loglikelihood", "loglikelihood_rolling", "generate_until"]


class ChatMessage(Strict):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class Request(Strict):
    """One question to a model.

    ``prompt`` is text, or the messages of a chat with ``opens_turn`` saying whether the assistant's turn is still to
    be opened (it is not where the task begins the answer itself). ``continuation`` is what a ``loglikelihood``
    request scores. ``generation`` holds the harness's generation arguments (``until``, ``max_gen_toks``, ...).
    ``sample`` numbers the answers to one question where answers are sampled; a greedy request has none.
    """

    kind: RequestKind
    prompt: str | tuple[ChatMessage, ...]
    opens_turn: bool = True
    continuation: str | None = None
    generation: dict[str, JsonValue] | None = None
    sample: int | None = Field(None, ge=0)

    @cached_property
    def digest(self) -> str:
        """The sha256 of the request's content."""
        return sha256_json(self.model_dump(mode="json"))

    @property
    def is_chat(self) -> bool:
        """Whether the prompt is a chat."""
        return not isinstance(self.prompt, str)

    @property
    def prompt_text(self) -> str:
        """The prompt as a person reads it; a chat with a line for each role."""
        if isinstance(self.prompt, str):
            return self.prompt
        return "\n\n".join(f"[{message.role}]\n{message.content}" for message in self.prompt)


class Answer(Strict):
    """What came back for one request.

    ``outcome`` is ``scored`` for an ordinary answer. ``model_fault`` (empty, or the prompt was cut to the context) and
    ``refused`` carry what the model gave and are graded; ``instrument_fault`` carries nothing but its ``detail``.
    ``loglikelihood`` is a natural logarithm; ``is_greedy`` says whether the continuation is the model's own choice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    outcome: Outcome = Outcome.SCORED
    text: str | None = None
    loglikelihood: float | None = None
    is_greedy: bool | None = None
    tokens_in: int | None = Field(None, ge=0)
    tokens_out: int | None = Field(None, ge=0)
    detail: str | None = None


def instrument_fault(detail: str) -> Answer:
    """The answer that stands for a failure of the instrument: it is never graded, and it is asked again."""
    return Answer(outcome=Outcome.INSTRUMENT_FAULT, detail=detail[:300])
