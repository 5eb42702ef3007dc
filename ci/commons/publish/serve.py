"""A server for looking at a built site: this machine only, nothing but the files, and pages that follow changes."""

from __future__ import annotations

import contextlib
import functools
import io
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

from commons.errors import CannotRun
from commons.publish.reload import SCRIPT, SCRIPT_PATH, STREAM_PATH, Version, with_reload

HOST = "127.0.0.1"
#: What a browser may call this machine. Any other name leads here by somebody's trick (DNS rebinding).
_NAMES = frozenset({"127.0.0.1", "localhost"})
_USUAL_PORT = 80


class _Handler(SimpleHTTPRequestHandler):
    """Serves files, says nothing, lists no folders, and shows the site's own page for what is missing.

    With a ``version``, pages are served with a script that loads them again when it changes.
    """

    def __init__(self, *arguments: Any, version: Version | None = None, **named: Any) -> None:
        self._version = version
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        """Answer; the stream of changes stays open."""
        if not self._is_for_us():
            return
        path = self.path.partition("?")[0]
        if self._version is not None and path == STREAM_PATH:
            self._stream(self._version)
        elif self._version is not None and path == SCRIPT_PATH:
            self._send(HTTPStatus.OK, "text/javascript; charset=utf-8", SCRIPT.encode("utf-8"))
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        """Answer without the content."""
        if self._is_for_us():
            super().do_HEAD()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The headers of a file, and the file; pages get the script that loads them again."""
        place = Path(self.translate_path(self.path))
        page = place / "index.html" if self.path.partition("?")[0].endswith("/") else place
        if self._version is None or page.suffix != ".html" or not page.is_file():
            return super().send_head()
        return io.BytesIO(self._headers(HTTPStatus.OK, "text/html; charset=utf-8", with_reload(page.read_bytes())))

    def guess_type(self, path: Any) -> str:
        """Text is UTF-8 here."""
        kind = super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    def end_headers(self) -> None:
        """End the headers; while things change, nothing is to be kept by the browser."""
        if self._version is not None:
            self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def list_directory(self, path: Any) -> None:  # noqa: ARG002 - the base class gives it
        """Nothing is listed."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base class
        """Nothing is said."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own page for what is missing."""
        missing = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not missing.is_file():
            super().send_error(code, message, explain)
            return
        body = missing.read_bytes()
        self._send(code, "text/html; charset=utf-8", body if self._version is None else with_reload(body))

    def _is_for_us(self) -> bool:
        """Whether the browser asked for this machine by a name of its own; else the request is refused."""
        port = self.connection.getsockname()[1]
        asked = self.headers.get("Host", "").lower()
        if asked in {f"{name}:{port}" for name in _NAMES} or (port == _USUAL_PORT and asked in _NAMES):
            return True
        super().send_error(HTTPStatus.MISDIRECTED_REQUEST, "Ask for this machine by its own name: localhost")
        return False

    def _send(self, code: int, kind: str, body: bytes) -> None:
        self._headers(code, kind, body)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _headers(self, code: int, kind: str, body: bytes) -> bytes:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return body

    def _stream(self, version: Version) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        # The page was closed, or went elsewhere.
        with contextlib.suppress(OSError):
            for event in version.events():
                self.wfile.write(event)


class _Server(ThreadingHTTPServer):
    """Says nothing about a browser that went away in the middle of an answer."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong here; a connection that broke did not."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def make_server(folder: Path, port: int, version: Version | None = None) -> ThreadingHTTPServer:
    """A server on the loopback address; port 0 takes a free one. With a ``version``, pages follow it.

    Raises:
        CannotRun: the port is taken.
    """
    handler = functools.partial(_Handler, directory=str(folder), version=version)
    try:
        return _Server((HOST, port), handler)
    except OSError as error:
        sentence = f"Port {port} cannot be opened: {error.strerror}."
        raise CannotRun(sentence, mend="Try --port 0 for a free one.") from error


def address(server: ThreadingHTTPServer) -> str:
    """The address to open."""
    return f"http://{HOST}:{server.server_address[1]}/"


def serve(folder: Path, port: int, announce: Callable[[str], None], version: Version | None = None) -> None:
    """Serve ``folder`` until Ctrl-C; ``announce`` hears the address."""
    with make_server(folder, port, version) as server:
        announce(address(server))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
