"""Stopping a run of requests early: a word that every worker hears, and the connections that it cuts."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from weakref import WeakSet

_OPENED = (".connect_tcp.complete", ".start_tls.complete")


class Halt:
    """A word to all workers of one run that nothing more is to be sent, and why. The first reason stands."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._reason: str | None = None

    @property
    def reason(self) -> str | None:
        """Why nothing more is to be sent; None while the run goes on."""
        return self._reason

    def stop(self, reason: str) -> None:
        """Send nothing more, because of ``reason``; a second call changes nothing."""
        with self._lock:
            if self._reason is None:
                self._reason = reason
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Sleep for ``seconds``, or until the run is stopped."""
        self._event.wait(seconds)


class Connections:
    """The open connections of one client.

    Cancelling a future does not end a read that has begun, and an interpreter waits for its worker threads before it
    ends: without cutting the connections, Ctrl-C would take as long as the slowest answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: WeakSet[object] = WeakSet()

    def tracer(self, halt: Halt) -> Callable[[str, Mapping[str, object]], None]:
        """What httpx calls (its ``trace`` extension) as a request proceeds; it notes each connection made."""

        def trace(event: str, info: Mapping[str, object]) -> None:
            stream = info.get("return_value")
            if stream is None or not event.endswith(_OPENED):
                return
            with self._lock:
                self._streams.add(stream)
            if halt.reason is not None:
                # The run was stopped while this connection was being made, too early for `cut` to see it.
                _shut(stream)

        return trace

    def cut(self) -> None:
        """End every open connection, so that whoever reads from one sees its end at once."""
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            _shut(stream)


def _shut(stream: object) -> None:
    about = getattr(stream, "get_extra_info", None)
    connection = about("socket") if callable(about) else None
    if isinstance(connection, socket.socket):
        with contextlib.suppress(OSError):
            # Not the method of an SSL socket, which takes the encryption from under the thread that reads.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
