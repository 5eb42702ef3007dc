"""The harness's own model backends, for the engines. No task and no contributed code comes near this module."""

from __future__ import annotations

from typing import Any, Literal, cast

import lm_eval.api.model
import lm_eval.models.huggingface
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.api.registry import get_model

from commons.errors import CannotRun
from commons.harness.requests import Request


def _without_bars(*arguments: Any, **options: Any) -> Any:
    """A tqdm bar that is never drawn: the harness draws its own for every call, and a run has one bar of its own."""
    from tqdm import tqdm

    return tqdm(*arguments, **{**options, "disable": True})


for _module in (lm_eval.api.model, lm_eval.models.huggingface):
    _module.tqdm = _without_bars


def open_backend(name: str, arguments: dict[str, Any], batch_size: int | str, device: str | None) -> LM:
    """Load the harness backend ``name``.

    Raises:
        CannotRun: the harness has no such backend, or it could not load.
    """
    try:
        backend = get_model(name)
        return backend.create_from_arg_obj(arguments, {"batch_size": batch_size, "device": device})
    except Exception as error:
        what = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CannotRun(f"The harness backend `{name}` could not be loaded: {what[:300]}",
                        mend="See `commons doctor` for what this model needs.") from error


def prompt_text(model: LM, request: Request) -> str:
    """The request's prompt as ``model`` reads it: chats go through the model's own chat template."""
    if isinstance(request.prompt, str):
        return request.prompt
    messages = [message.model_dump() for message in request.prompt]
    return cast("str", model.apply_chat_template(messages, add_generation_prompt=request.opens_turn))


def ask(model: LM, kind: Literal["loglikelihood", "loglikelihood_rolling", "generate_until"],
        requests: list[Request]) -> list[Any]:
    """Put requests of one kind to ``model``, in one call, and give its raw results in order."""
    instances = [Instance(kind, {}, _arguments(model, request), index) for index, request in enumerate(requests)]
    return list(getattr(model, kind)(instances))


def _arguments(model: LM, request: Request) -> tuple[Any, ...]:
    prompt = prompt_text(model, request)
    if request.kind == "loglikelihood":
        return prompt, request.continuation
    if request.kind == "generate_until":
        return prompt, dict(request.generation or {})
    return (prompt,)
