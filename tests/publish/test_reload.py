"""Pages that load themselves again when the site is built again."""

from __future__ import annotations

import os
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from commons.publish.reload import SCRIPT_PATH, STREAM_PATH, Version, looks_of, watch, with_reload
from commons.publish.serve import address, make_server

from .reading import Page

PATIENCE = 20.0


@pytest.fixture
def version() -> Version:
    """What is served now."""
    return Version()


@pytest.fixture
def served(site: Path, version: Version) -> Iterator[str]:
    """The address of the site, served with reloading."""
    with make_server(site, 0, version) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield address(server)
        server.shutdown()
        thread.join()


def get(where: str) -> HTTPResponse:
    """Ask the server for an address."""
    answer: HTTPResponse = urllib.request.urlopen(where, timeout=PATIENCE)  # noqa: S310 - the test's own server
    return answer


def test_a_served_page_loads_itself_again_and_the_file_does_not(served: str, site: Path) -> None:
    """The script comes with the page and with a policy that lets it run; nothing is kept; the file has none of it."""
    built = (site / "t/sums.html").read_bytes()
    with get(served + "t/sums.html") as answer:
        text = answer.read().decode("utf-8")
        assert answer.headers["Cache-Control"] == "no-store"
    page = Page(text)
    assert page.faults == []
    assert [script for script in page.all("script") if script.attributes.get("src") == SCRIPT_PATH]
    (policy,) = (meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes)
    rules = {name: rest.split() for name, _, rest in (one.strip().partition(" ") for one in policy.split(";"))}
    assert "'self'" in rules["script-src"]
    assert "'self'" in rules["connect-src"]
    assert rules["default-src"] == ["'none'"]
    assert b"__reload" not in built
    assert (site / "t/sums.html").read_bytes() == built


def test_the_script_asks_only_this_server(served: str) -> None:
    """The script is served by the server itself and names no other address."""
    with get(served + SCRIPT_PATH[1:]) as answer:
        text = answer.read().decode("utf-8")
    assert f'"{STREAM_PATH}"' in text
    assert "http" not in text


def test_the_first_page_a_missing_page_and_other_files_are_served_too(served: str, site: Path) -> None:
    """The address of a folder gives its first page with the script; a style sheet comes as it is."""
    with get(served) as answer:
        assert SCRIPT_PATH.encode() in answer.read()
    with get(served + "static/site.css") as answer:
        assert answer.read() == (site / "static/site.css").read_bytes()
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(served + "nothing.html")
    assert SCRIPT_PATH.encode() in caught.value.read()
    caught.value.close()


def test_a_stream_hears_of_the_next_build(served: str, version: Version) -> None:
    """An open page hears the version at once and another one after the next build."""
    with get(served + STREAM_PATH[1:]) as answer:
        first = answer.readline()
        assert first.startswith(b"data: ")
        assert answer.readline() == b"\n"
        version.next()
        second = answer.readline()
        assert second.startswith(b"data: ")
        assert second != first


def test_two_servers_never_have_one_version() -> None:
    """Pages of a server that was ended load again once another one stands at its port."""
    assert next(Version().events()) != next(Version().events())


def test_a_stream_on_which_nothing_happens_says_so() -> None:
    """A comment goes out now and then, by which a page that went away is noticed."""
    events = Version().events(heartbeat=0.01)
    assert next(events).startswith(b"data: ")
    assert next(events).startswith(b":")


def test_a_policy_is_widened_by_no_more_than_is_needed() -> None:
    """A policy that allows it already is left alone; one that denies it allows this server only."""
    page = '<meta http-equiv="Content-Security-Policy" content="{}">'
    allowed = "default-src 'none'; script-src 'self'; connect-src 'self'"
    assert page.format(allowed) in with_reload(page.format(allowed).encode()).decode()
    denied = "default-src 'none'; script-src 'none'"
    assert page.format("default-src 'none'; script-src 'self'; connect-src 'self'") in with_reload(
        page.format(denied).encode()).decode()


def write(path: Path) -> None:
    """Put a file there."""
    path.write_text("new")


@pytest.mark.parametrize("change", [
    lambda folder: write(folder / "new.txt"),
    lambda folder: write(folder / "inner" / "file.txt"),
    lambda folder: (folder / "inner" / "file.txt").unlink(),
    lambda folder: os.utime(folder / "inner" / "file.txt", (1, 1)),
])
def test_every_kind_of_change_is_seen(tmp_path: Path, change: Callable[[Path], object]) -> None:
    """A new, a longer, a missing and a touched file each look otherwise; without a change nothing does."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file.txt").write_text("something")
    before = looks_of([tmp_path])
    assert looks_of([tmp_path]) == before
    change(tmp_path)
    assert looks_of([tmp_path]) != before


def test_a_single_file_and_a_folder_that_is_not_there_can_be_watched(tmp_path: Path) -> None:
    """What comes to be where nothing was is seen."""
    paths = [tmp_path / "models.yaml", tmp_path / "results"]
    looks = [looks_of(paths)]
    write(tmp_path / "models.yaml")
    looks.append(looks_of(paths))
    (tmp_path / "results").mkdir()
    write(tmp_path / "results" / "cell.json")
    looks.append(looks_of(paths))
    assert len(set(looks)) == 3


def test_watching_calls_once_for_each_change_also_for_one_during_the_call(tmp_path: Path) -> None:
    """A change that comes while the first is dealt with is dealt with afterwards; a quiet folder calls nobody."""
    stop, again, calls = threading.Event(), threading.Event(), list[str]()
    built = looks_of([tmp_path])

    def changed() -> None:
        calls.append(",".join(sorted(path.name for path in tmp_path.iterdir())))
        if len(calls) == 1:
            write(tmp_path / "two")
        else:
            again.set()

    thread = threading.Thread(target=watch, args=([tmp_path], built, changed, stop, 0.01), daemon=True)
    thread.start()
    write(tmp_path / "one")
    came = again.wait(PATIENCE)
    stop.set()
    thread.join(PATIENCE)
    assert came
    assert calls == ["one", "one,two"]
