"""A server for looking at a built site: this machine only, nothing but the files."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from commons.errors import CannotRun

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Serves files, says nothing, lists no folders, and shows the site's own page for what is missing."""

    def guess_type(self, path: Any) -> str:
        kind = super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    def list_directory(self, path: Any) -> None:  # noqa: ARG002 - the base class gives it
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base class
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        missing = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not missing.is_file():
            super().send_error(code, message, explain)
            return
        body = missing.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def make_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server on the loopback address; port 0 takes a free one.

    Raises:
        CannotRun: the port is taken.
    """
    try:
        return ThreadingHTTPServer((HOST, port), functools.partial(_Handler, directory=str(folder)))
    except OSError as error:
        sentence = f"Port {port} cannot be opened: {error.strerror}."
        raise CannotRun(sentence, mend="Try --port 0 for a free one.") from error


def address(server: ThreadingHTTPServer) -> str:
    """The address to open."""
    return f"http://{HOST}:{server.server_address[1]}/"


def serve(folder: Path, port: int, announce: Callable[[str], None]) -> None:
    """Serve ``folder`` until Ctrl-C; ``announce`` hears the address."""
    with make_server(folder, port) as server:
        announce(address(server))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
