"""The local server and the command line."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest
from click.testing import CliRunner

from commons.cli.site import command
from commons.errors import CannotRun
from commons.publish import serve as serving
from commons.publish.serve import address, make_server, serve

from .synthetic import Pool


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
    answer: HTTPResponse = urllib.request.urlopen(where)  # noqa: S310 - the test's own server
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


def test_build_says_what_it_wrote_and_what_was_broken(pool: Pool, tmp_path: Path) -> None:
    """The command prints pages, size and the file to open, and warns of each file that cannot be read."""
    out = tmp_path / "_site"
    result = CliRunner().invoke(command, ["build", "--root", str(pool.root), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Built " in result.stdout
    assert str(out / "index.html") in result.stdout
    assert "results/cells/words/beta.json" in result.stderr


def test_build_can_answer_in_json(pool: Pool, tmp_path: Path) -> None:
    """With --json standard output is one document and nothing else."""
    out = tmp_path / "_site"
    result = CliRunner().invoke(command, ["build", "--root", str(pool.root), "--out", str(out), "--json"])
    answer = json.loads(result.stdout)
    assert answer["pages"] == len(list(out.rglob("*.html")))
    assert answer["open"] == str(out / "index.html")
    assert {one["path"] for one in answer["broken"]} == {"results/cells/words/beta.json", "tasks/halfway"}


def test_serve_builds_a_missing_site_first(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing was built yet, serving builds it."""
    monkeypatch.setattr(serving, "serve", lambda _, port, announce: announce(f"port {port}"))
    out = tmp_path / "_site"
    result = CliRunner().invoke(command, ["serve", "--root", str(pool.root), "--out", str(out), "--port", "0"])
    assert result.exit_code == 0, result.output
    assert (out / "index.html").is_file()
    assert "port 0" in result.stdout
