"""The local server."""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.publish.reload import SCRIPT_PATH, STREAM_PATH
from commons.publish.serve import address, make_server, serve


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    """The address of the site on a free port."""
    with make_server(site, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield address(server)
        server.shutdown()
        thread.join()


def get(where: str) -> HTTPResponse:
    """Ask the server for an address exactly as written."""
    answer: HTTPResponse = urllib.request.urlopen(where, timeout=60)  # noqa: S310 - the test's own server
    return answer


def test_the_server_gives_pages_of_the_site(served: str, site: Path) -> None:
    """A page comes as UTF-8 HTML with the bytes of its file, from the loopback address."""
    assert served.startswith("http://127.0.0.1:")
    with get(served + "r/sums/alpha~2.html") as answer:
        assert answer.read() == (site / "r/sums/alpha~2.html").read_bytes()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["nothing.html", "r/", "../../etc/passwd"])
def test_what_is_not_there_gets_the_sites_own_page(served: str, site: Path, path: str) -> None:
    """A missing address, a folder, and a way out all answer 404 with the site's page."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(served + path)
    assert caught.value.code == 404
    assert caught.value.read() == (site / "404.html").read_bytes()
    caught.value.close()


def test_a_taken_port_is_said_clearly(site: Path) -> None:
    """Two servers cannot share a port, and the error says what to do."""
    with make_server(site, 0) as server, pytest.raises(CannotRun, match="cannot be opened"):
        make_server(site, server.server_address[1])


def test_ctrl_c_ends_the_server_cleanly(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interrupt is no error, and the address was announced."""
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("http.server.ThreadingHTTPServer.serve_forever", interrupted)
    heard: list[str] = []
    serve(site, 0, heard.append)
    assert heard[0].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""])
def test_another_name_for_this_machine_is_refused(served: str, name: str) -> None:
    """A page elsewhere whose name was made to lead here reads nothing; this machine's own names do."""
    port = served.rstrip("/").rpartition(":")[2]
    for asked, code in ((f"{name}:{port}", 421), (f"localhost:{port}", 200), ("127.0.0.1", 421)):
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
        connection.request("GET", "/index.html", headers={"Host": asked})
        answer = connection.getresponse()
        assert answer.status == code
        answer.read()
        connection.close()


def test_a_plain_server_gives_the_files_as_they_are(served: str, site: Path) -> None:
    """Without reloading, no page is touched and there is no stream."""
    with get(served) as answer:
        assert answer.read() == (site / "index.html").read_bytes()
    for path in (SCRIPT_PATH, STREAM_PATH):
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(served + path[1:])
        assert caught.value.code == 404
        caught.value.close()


@pytest.mark.parametrize(("error", "said"), [(BrokenPipeError(), False), (ConnectionResetError(), False),
                                             (ValueError("a fault of ours"), True)])
def test_a_browser_that_went_away_is_no_error(
    site: Path, capfd: pytest.CaptureFixture[str], error: Exception, said: bool
) -> None:
    """A broken connection is not printed; anything else that fails is."""
    with make_server(site, 0) as server:
        try:
            raise error
        except Exception:  # noqa: BLE001 - the server asks which error is being handled
            server.handle_error(None, ("127.0.0.1", 1))  # type: ignore[arg-type]
    assert ("Traceback" in capfd.readouterr().err) == said
