"""``commons site``: what it builds, says, and serves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner

from commons.cli import cli, site
from commons.cli.site import command
from commons.errors import CannotRun
from commons.publish import build as building
from commons.publish import serve as serve_module
from commons.publish import weight
from commons.publish.reload import Version
from commons.publish.whereabouts import place_of
from tests.publish.conftest import every_state
from tests.publish.synthetic import Pool, model, rows

#: Nothing is waited for longer, on however slow a machine.
PATIENCE = 240.0
GITHUB = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY")


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """The pool with a cell in every state."""
    return every_state(tmp_path_factory.mktemp("pool"))


@pytest.fixture(autouse=True)
def no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """No workflow runs these tests, as far as they can see."""
    for name in GITHUB:
        monkeypatch.delenv(name, raising=False)


def small(root: Path) -> Pool:
    """A pool with one cell."""
    pool = Pool(root)
    pool.models(model("alpha"))
    pool.task("sums")
    pool.cell("sums", "alpha", rows([1.0, 0.0]))
    return pool


def opened(where: str) -> HTTPResponse:
    """What the server answers."""
    answer: HTTPResponse = urllib.request.urlopen(where, timeout=60)  # noqa: S310 - the test's own server
    return answer


def test_build_says_what_it_wrote_and_what_was_broken(pool: Pool, tmp_path: Path) -> None:
    """It prints pages, size, the heaviest folders and the file to open, and warns of each file that is broken."""
    out = tmp_path / "_site"
    result = CliRunner().invoke(command, ["build", "--root", str(pool.root), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Built " in result.stdout
    assert "Heaviest: " in result.stdout
    assert str(out / "index.html") in result.stdout
    assert "results/cells/words/beta.json" in result.stderr


def test_each_stage_is_one_line_where_nobody_looks(pool: Pool, tmp_path: Path) -> None:
    """Without a terminal, standard error has a line for each stage and standard output none."""
    result = CliRunner().invoke(command, ["build", "--root", str(pool.root), "--out", str(tmp_path / "_site")])
    stages = [line.partition(":")[0] for line in result.stderr.splitlines() if " in " in line and line.endswith(" s")]
    assert stages == ["Reading and writing tasks", "Writing the rest"]
    assert "Reading tasks" not in result.stdout


def test_a_second_build_says_how_much_it_took_over(pool: Pool, tmp_path: Path) -> None:
    """Files of the build before are counted, and none with --fresh."""
    asked = ["build", "--root", str(pool.root), "--out", str(tmp_path / "_site")]
    assert "from the build before" not in CliRunner().invoke(command, [*asked, "--fresh"]).stdout
    assert "from the build before" in CliRunner().invoke(command, asked).stdout
    assert "from the build before" not in CliRunner().invoke(command, [*asked, "--fresh"]).stdout


def test_build_can_answer_in_json(pool: Pool, tmp_path: Path) -> None:
    """With --json standard output is one document and nothing else."""
    out = tmp_path / "_site"
    result = CliRunner().invoke(command, ["build", "--root", str(pool.root), "--out", str(out), "--json"])
    answer = json.loads(result.stdout)
    files = [path for path in out.rglob("*") if path.is_file()]
    assert answer["pages"] == len(list(out.rglob("*.html")))
    assert answer["open"] == str(out / "index.html")
    assert answer["files"] == sum(one["files"] for one in answer["folders"]) == len(files)
    assert answer["bytes"] == sum(path.stat().st_size for path in files)
    assert answer["warnings"] == []
    assert {one["path"] for one in answer["broken"]} == {"results/cells/words/beta.json", "tasks/halfway"}


def test_a_site_that_is_too_large_stands_and_is_an_error(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what can be published the exit code is 1, and the site is there to be looked at."""
    out = tmp_path / "_site"
    monkeypatch.setattr(weight, "MOST_BYTES", 1000)
    result = CliRunner().invoke(cli, ["site", "build", "--root", str(pool.root), "--out", str(out)],
                                standalone_mode=False)
    assert result.return_value == 1
    assert "is the most that can be published" in result.stderr
    assert (out / "index.html").is_file()


@pytest.mark.parametrize(("name", "limit", "words"), [
    ("WARN_BYTES", 1000, "cannot be published"), ("MOST_FILES", 3, "take long to publish"),
    ("MOST_PAGE", 1000, "compressed"),
])
def test_a_site_that_is_large_is_warned_of(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: int, words: str
) -> None:
    """Too many bytes, too many files and a page too large to travel are each named, and no error."""
    monkeypatch.setattr(weight, name, limit)
    asked = ["site", "build", "--root", str(pool.root), "--out", str(tmp_path / "_site")]
    result = CliRunner().invoke(cli, asked, standalone_mode=False)
    assert result.return_value == 0
    assert words in result.stderr


def test_addresses_that_are_given_are_used_and_wrong_ones_refused(tmp_path: Path) -> None:
    """An address on the command line counts more than the surroundings; what is no web address is an error."""
    place = place_of(tmp_path, "https://example.org/evals/", "https://forge.example/ada/evals")
    assert (place.site, place.repository) == ("https://example.org/evals", "https://forge.example/ada/evals")
    for wrong in ("example.org", "file:///srv/pool", "javascript:alert(1)", "https://user:word@example.org",
                  "https://example.org/?a"):
        with pytest.raises(CannotRun, match="--base-url is no web address"):
            place_of(tmp_path, wrong)


def test_a_workflow_says_where_the_pool_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub's environment gives the repository, and the address of its pages on github.com alone."""
    said = {}
    for server, name in (("https://github.com", "Ada/evals"), ("https://github.com", "Ada/ada.github.io"),
                         ("https://git.example.org", "ada/evals")):
        monkeypatch.setenv("GITHUB_SERVER_URL", server)
        monkeypatch.setenv("GITHUB_REPOSITORY", name)
        place = place_of(tmp_path)
        said[place.repository] = place.site
    assert said == {
        "https://github.com/Ada/evals": "https://ada.github.io/evals",
        "https://github.com/Ada/ada.github.io": "https://ada.github.io",
        "https://git.example.org/ada/evals": None,
    }


@pytest.mark.parametrize(("origin", "repository"), [
    ("https://github.com/ada/evals.git", "https://github.com/ada/evals"),
    ("https://x-access-token:ghs_word@github.com/ada/evals", "https://github.com/ada/evals"),
    ("git@github.com:ada/evals.git", "https://github.com/ada/evals"),
    ("ssh://git@forge.example.org:2222/ada/evals.git", "https://forge.example.org/ada/evals"),
    ("/srv/git/evals.git", None), ("../evals", None), ("file:///srv/evals", None), ("C:\\pools\\evals", None),
    ("https://localhost/ada/evals", None), ("https://github.com/ada/../evals", None), ("host:evals", None),
])
def test_gits_origin_is_used_where_it_is_a_forge(tmp_path: Path, origin: str, repository: str | None) -> None:
    """An address of the web or of ssh becomes a web address without its password; a path never leaves this machine."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "config", "remote.origin.url", origin], check=True)
    assert place_of(tmp_path).repository == repository
    inside = tmp_path / "inside"
    inside.mkdir()
    assert place_of(inside).repository is None


def test_serve_builds_a_missing_site_first(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing was built yet, serving builds it, also without reloading."""
    monkeypatch.setattr(serve_module, "serve", lambda _, port, announce: announce(f"port {port}"))
    out = tmp_path / "_site"
    asked = ["serve", "--root", str(pool.root), "--out", str(out), "--port", "0", "--no-reload"]
    result = CliRunner().invoke(command, asked)
    assert result.exit_code == 0, result.output
    assert (out / "index.html").is_file()
    assert "port 0" in result.stdout


def test_without_reloading_a_site_that_stands_is_served_as_it_is(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--no-reload builds nothing where a site is there."""
    out = tmp_path / "_site"
    building.build(pool.repository, out)
    (out / "index.html").write_text("as it is")
    monkeypatch.setattr(serve_module, "serve", lambda _, port, announce: announce(f"port {port}"))
    CliRunner().invoke(command, ["serve", "--root", str(pool.root), "--out", str(out), "--no-reload"])
    assert (out / "index.html").read_text() == "as it is"


@contextmanager
def serving(root: Path) -> Iterator[IO[str]]:
    """What a server of the pool says, in its folder. A wait for what never comes ends when it is killed."""
    asked = [sys.executable, "-m", "commons", "site", "serve", "--root", str(root), "--port", "0", "--jobs", "1"]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "PYTHONUNBUFFERED": "1"}) as server:
        assert server.stdout is not None
        end = threading.Timer(PATIENCE, server.kill)
        end.start()
        try:
            yield server.stdout
        finally:
            end.cancel()
            server.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=30)
            server.kill()


def test_serving_follows_changes_and_a_failing_build_changes_nothing(tmp_path: Path) -> None:
    """A changed card is built and told to open pages; a broken registration is said, and the site stays."""
    pool = small(tmp_path / "pool")
    with serving(pool.root) as said:
        first = next((line for line in said if line.startswith("Serving ")), "")
        address = next(word for word in first.split() if word.startswith("http://"))
        with opened(address + "__reload") as stream:
            now = stream.readline()
            card = pool.root / "tasks" / "sums" / "card.yaml"
            card.write_text(card.read_text().replace("Made-up sums", "Sums renamed"))
            assert next((line for line in stream if line.startswith(b"data:")), now) != now
        with opened(address) as page:
            assert b"Sums renamed" in page.read()
        (pool.root / "models.yaml").write_text("models: [")
        assert any("The site stays as it was." in line for line in said)
        with opened(address) as page:
            assert b"Sums renamed" in page.read()


def test_a_site_that_became_too_large_is_shown_and_one_that_cannot_be_built_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both builds end with exit code 1: what counts is whether another site stands there."""
    out, version = tmp_path / "_site", Version()
    out.mkdir()

    def replaced(*_: object, **__: object) -> None:
        (tmp_path / "fresh").mkdir()
        out.rename(tmp_path / "old")
        (tmp_path / "fresh").rename(out)

    events = version.events(heartbeat=0.01)
    first = next(events)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: None)
    site._again([], out, version)
    assert capsys.readouterr().err == "The site stays as it was.\n"
    assert next(events).startswith(b":")
    monkeypatch.setattr(subprocess, "run", replaced)
    site._again([], out, version)
    assert capsys.readouterr().err == ""
    assert next(events) != first
