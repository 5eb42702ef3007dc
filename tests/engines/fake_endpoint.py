"""A small endpoint on the loopback that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from commons.harness.requests import Request
from commons.pool.models import Model


@dataclass(frozen=True)
class Asked:
    """One request as it reached the server; ``number`` counts from 0."""

    number: int
    path: str
    headers: dict[str, str]
    body: dict[str, object]


@dataclass(frozen=True)
class Reply:
    """What the server sends back; ``missing`` is how many bytes of the announced body never come."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0


def as_json(value: object, status: int = 200, **headers: str) -> Reply:
    """A reply whose body is ``value`` as JSON; ``Retry_After="7"`` becomes the header ``Retry-After``."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(json.dumps(value).encode(), status, named)


def chat(content: str | None, finish: str = "stop", **message: object) -> Reply:
    """An ordinary chat completion of 11 tokens in and 3 out."""
    return as_json({
        "id": "x",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content, **message},
                     "finish_reason": finish}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14},
    })


def text(content: str | None, finish: str = "stop") -> Reply:
    """An ordinary text completion."""
    return as_json({
        "choices": [{"index": 0, "text": content, "finish_reason": finish}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2},
    })


def failure(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    """An error in the usual shape."""
    return as_json({"error": {"message": message, "type": "error", "code": code}}, status, **headers)


class FakeEndpoint:
    """A context manager that serves ``script``: a function of what was asked, or the replies in order.

    The last of a list is given again to whatever comes after it. ``released`` is set when the server goes down; a
    script that waits for it holds its reply until then.
    """

    def __init__(self, script: Callable[[Asked], Reply] | Sequence[Reply]) -> None:
        replies = script
        self._script = replies if callable(replies) else lambda asked: replies[min(asked.number, len(replies) - 1)]
        self._lock = threading.Lock()
        self._in_flight = 0
        self.most_in_flight = 0
        self.asked: list[Asked] = []
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def base_url(self) -> str:
        """What goes into ``models.yaml``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeEndpoint:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply_to(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Note what was asked and give what the script says."""
        with self._lock:
            asked = Asked(len(self.asked), path, headers, json.loads(body))
            self.asked.append(asked)
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            return self._script(asked)
        finally:
            with self._lock:
                self._in_flight -= 1


def _handler(endpoint: FakeEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            announced = int(self.headers["Content-Length"])
            body = self.rfile.read(announced)
            if len(body) < announced:  # the engine left while it was sending
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = endpoint.reply_to(self.path, headers, body)
            try:
                self._send(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) + reply.missing))
            self.end_headers()
            self.wfile.write(reply.body)
            if reply.missing:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Say nothing: a test's output is its own."""

    return Handler


def model_at(base_url: str, *, backend: str = "local-chat-completions", chat_template: bool = True,
             arguments: dict[str, bool | int | float | str] | None = None, **endpoint: object) -> Model:
    """A model entry for an endpoint; no key and no second try unless ``endpoint`` says so."""
    served = {"base_url": base_url, "snapshot": "small-2026-01-02", "retries": 0, "timeout_seconds": 30, **endpoint}
    return Model.model_validate({
        "id": "small", "name": "Small", "family": "Small", "released": "2026-01-02", "context_length": 2048,
        "licence": "proprietary", "backend": backend, "endpoint": served, "arguments": arguments or {},
        "chat_template": chat_template, "runs_on": ["endpoint"],
    })


def generate(prompt: str | Sequence[tuple[str, str]] = "Say hello.", *, opens_turn: bool = True,
             sample: int | None = None, **generation: object) -> Request:
    """A request for a generation; a chat is given as (role, content) pairs."""
    turns = prompt if isinstance(prompt, str) else [{"role": role, "content": content} for role, content in prompt]
    return Request.model_validate({
        "kind": "generate_until", "prompt": turns, "opens_turn": opens_turn, "generation": generation or None,
        "sample": sample,
    })
