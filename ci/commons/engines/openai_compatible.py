"""Endpoints that speak the OpenAI-compatible protocol: several requests in flight, each tried again where it may pass.

A request that fails is an ``instrument_fault`` and never an answer. What an endpoint says about the prompt itself (over
the context, turned away) is the model's outcome; see :mod:`commons.engines.endpoint_errors`.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commons.engines.base import EngineFacts, EngineKind, Readiness, engine
from commons.engines.endpoint_errors import (
    HopelessError,
    Secret,
    StoppedError,
    TransientError,
    UnsendableError,
    read_failure,
    seconds_to_wait,
)
from commons.engines.endpoint_stop import Connections, Halt
from commons.engines.endpoint_wire import MAX_TOKENS_FIELD, RESERVED, Question, ask, is_chat_backend, read_answer
from commons.errors import CannotRun
from commons.harness.requests import Answer, Request, instrument_fault
from commons.pool.models import ENDPOINT_BACKENDS, Endpoint, Model

if TYPE_CHECKING:
    import httpx
    import tenacity

NAME = "openai-compatible"

#: No wait between two tries is longer, whatever the endpoint asks for.
LONGEST_WAIT_SECONDS = 60.0


def check(model: Model) -> Readiness:
    """Whether ``model``'s endpoint can be asked from here: its entry, the packages, the key. Nothing is sent."""
    wrong = _wrong_entry(model)
    if wrong is not None:
        return wrong
    for package in ("httpx", "tenacity"):
        if importlib.util.find_spec(package) is None:
            return Readiness(False, f"The package {package} is not installed.", "Run `make install`, or "
                             "`pip install -e .[run]`.")
    name = model.endpoint.secret if model.endpoint else None
    if name is None:
        return Readiness(True)
    key = os.environ.get(name, "").strip()
    if not key:
        return Readiness(False, f"The environment variable {name}, which holds the key of `{model.id}`, is not set.",
                         f"Set it: `export {name}=...`.")
    if not key.isascii() or not key.isprintable() or " " in key:
        return Readiness(False, f"The environment variable {name} does not hold a key that a header can carry.",
                         f"Set {name} to the key alone: no spaces, no line ends, plain ASCII.")
    return Readiness(True)


def _wrong_entry(model: Model) -> Readiness | None:
    if model.endpoint is None:
        return Readiness(False, f"`{model.id}` has the backend `{model.backend}` and no `endpoint`.",
                         "Give its entry in models.yaml an `endpoint`.")
    if model.chat_template and not is_chat_backend(model.backend):
        return Readiness(False, f"`{model.id}` wants a chat template, and the backend `{model.backend}` takes text.",
                         "Set `chat_template: false`, or use a `-chat-completions` backend.")
    taken = sorted(RESERVED & set(model.arguments))
    if taken:
        return Readiness(False, f"`{model.id}` sets the argument `{taken[0]}`, which each request decides.",
                         "Remove it from `arguments` in models.yaml.")
    field = model.arguments.get(MAX_TOKENS_FIELD, "max_tokens")
    if field not in {"max_tokens", "max_completion_tokens"}:
        return Readiness(False, f"`{model.id}` has `{MAX_TOKENS_FIELD}: {field}`.",
                         "It must be `max_tokens` or `max_completion_tokens`.")
    return None


@dataclass(frozen=True)
class _Reply:
    """One HTTP reply, read to its end."""

    status: int
    body: bytes
    retry_after: float | None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class OpenAICompatible:
    """A model behind an endpoint; it answers one run of requests at a time.

    ``transport`` carries the HTTP, ``sleep`` waits between tries (seconds; by default a wait that ends when the run
    does) and ``clock`` gives seconds that only go forward: they are there for tests.

    Raises:
        CannotRun: :func:`check` says why.
    """

    def __init__(
        self,
        model: Model,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        ready = check(model)
        if not ready.ready or model.endpoint is None:
            raise CannotRun(ready.reason, mend=ready.mend)
        self._model = model
        self._endpoint: Endpoint = model.endpoint
        name = model.endpoint.secret
        self._secret = Secret(os.environ.get(name, "").strip() if name else None)
        self._sleep = sleep
        self._clock = clock
        self._connections = Connections()
        self._halts: set[Halt] = set()
        self._client = _client(model, self._secret, transport)

    def __repr__(self) -> str:
        return f"OpenAICompatible({self._model.id!r})"

    @property
    def facts(self) -> EngineFacts:
        """What provenance says: no library versions, because they decide no answer of an endpoint."""
        pinned = "" if self._endpoint.pinned else " (not pinned)"
        return EngineFacts(
            name=NAME,
            versions={},
            weights=f"{self._endpoint.base_url} {self._endpoint.snapshot}{pinned}",
            context_length=self._model.context_length,
            chat_template_sha256=None,
        )

    def answer(
        self, requests: Sequence[Request], beside: Sequence[Request] = ()  # noqa: ARG002  (each answer stands alone)
    ) -> Iterator[tuple[Request, Answer]]:
        """Answer every request once, as the answers arrive. Closing the iterator ends what is in flight."""
        halt = Halt()
        self._halts.add(halt)
        pool = ThreadPoolExecutor(self._endpoint.parallel, thread_name_prefix=f"{NAME}-{self._model.id}")
        waiting = iter(requests)
        pending: dict[Future[Answer], Request] = {}

        def send_next() -> None:
            for request in waiting:
                pending[pool.submit(self._answer_one, request, halt)] = request
                return

        try:
            for _ in range(self._endpoint.parallel):
                send_next()
            while pending:
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    request = pending.pop(future)
                    send_next()
                    yield request, future.result()
        finally:
            halt.stop("the run was stopped")
            pool.shutdown(wait=False, cancel_futures=True)
            self._halts.discard(halt)
            if pending:
                self._connections.cut()

    def close(self) -> None:
        """Send nothing more, end what is in flight, and give back the connections. What has no answer is a fault."""
        for halt in tuple(self._halts):
            halt.stop("the engine was closed")
        self._connections.cut()
        self._client.close()

    def _answer_one(self, request: Request, halt: Halt) -> Answer:
        import tenacity

        tries = self._endpoint.retries + 1
        retrying = tenacity.Retrying(
            sleep=self._sleep or halt.wait,
            stop=tenacity.stop_after_attempt(tries),
            retry=tenacity.retry_if_exception_type(TransientError),
            wait=_pause,
            reraise=True,
        )
        try:
            return retrying(self._try, ask(request, self._model), halt)
        except TransientError as last:
            return instrument_fault(f"{self._secret.shown(str(last))} (tried {tries} time{'s' if tries > 1 else ''})")
        except HopelessError as error:
            halt.stop(f"{error}; nothing more was sent")
            return instrument_fault(halt.reason or str(error))
        except StoppedError as stopped:
            # The reason word for word, so that one failure reads the same on every row that it cost.
            return instrument_fault(str(stopped))
        except UnsendableError as error:
            return instrument_fault(self._secret.shown(str(error)))

    def _try(self, question: Question, halt: Halt) -> Answer:
        """Send ``question`` once; raises what :mod:`commons.engines.endpoint_errors` lists."""
        if halt.reason is not None:
            raise StoppedError(halt.reason)
        try:
            reply = self._exchange(question, halt)
        except RuntimeError:
            # A client that was closed meanwhile says so with nothing more telling than this.
            if halt.reason is None:
                raise
            raise StoppedError(halt.reason) from None
        if not 200 <= reply.status < 300:
            return read_failure(reply.status, reply.text, reply.retry_after, self._secret)
        if self._secret.is_in(reply.text):
            return instrument_fault("the reply held the endpoint's key, so nothing of it was kept")
        return read_answer(reply.body, question)

    def _exchange(self, question: Question, halt: Halt) -> _Reply:
        import httpx

        url = f"{self._endpoint.base_url}{question.path}"
        seconds = self._endpoint.timeout_seconds
        extensions = {"trace": self._connections.tracer(halt)}
        # httpx's own time-out is for each read, and some endpoints send blanks for as long as they are busy.
        deadline = self._clock() + seconds
        body = bytearray()
        try:
            with self._client.stream("POST", url, content=question.body, extensions=extensions) as response:
                for piece in response.iter_bytes():
                    body += piece
                    if self._clock() > deadline:
                        raise TransientError(f"timed out: no whole answer within {seconds:g} s")
        except httpx.TimeoutException as error:
            raise TransientError(f"timed out: no answer within {seconds:g} s ({type(error).__name__})") from None
        except httpx.RequestError as error:
            raise TransientError(f"{type(error).__name__}: {error}") from None
        headers = response.headers
        pause = seconds_to_wait(headers.get("retry-after"), headers.get("date"))
        return _Reply(response.status_code, bytes(body), pause)


def _client(model: Model, secret: Secret, transport: httpx.BaseTransport | None) -> httpx.Client:
    import httpx

    endpoint = model.endpoint
    if endpoint is None:
        raise CannotRun(f"`{model.id}` has no endpoint.")
    try:
        httpx.URL(endpoint.base_url)
    except httpx.InvalidURL as error:
        raise CannotRun(f"The base_url of `{model.id}` is no address: {error}.", mend="Mend models.yaml.") from None
    return httpx.Client(
        headers={"Content-Type": "application/json", **secret.headers()},
        timeout=endpoint.timeout_seconds,
        limits=httpx.Limits(max_connections=endpoint.parallel, max_keepalive_connections=endpoint.parallel),
        transport=transport,
    )


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds until the next try: what the endpoint asked for, else doubling from 1 with up to 1 more at random."""
    import tenacity

    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransientError) else None
    if asked is not None:
        return min(asked, LONGEST_WAIT_SECONDS)
    return tenacity.wait_exponential_jitter(max=LONGEST_WAIT_SECONDS, jitter=1)(state)


def _no_versions() -> dict[str, str]:
    return {}


KIND = engine(
    EngineKind(
        name=NAME,
        backends=frozenset(ENDPOINT_BACKENDS),
        check=check,
        versions=_no_versions,
        open=OpenAICompatible,
    )
)
