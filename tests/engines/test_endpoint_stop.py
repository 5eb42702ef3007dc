"""A run that is ended early: nothing more is sent, and nobody waits for what is in flight."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from commons.engines.endpoint_stop import Halt
from commons.engines.openai_compatible import NAME, OpenAICompatible
from commons.harness.requests import Answer, Request
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, chat, failure, generate, model_at

PATIENCE_SECONDS = 20  # only how long a broken program is waited for; a sound one never comes near it


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def workers() -> list[threading.Thread]:
    """The engine's threads that are still alive."""
    return [thread for thread in threading.enumerate() if thread.name.startswith(NAME)]


def ends(how: str, run: Iterator[tuple[Request, Answer]], engine: OpenAICompatible) -> None:
    """End a run that has begun in one of the ways that a run is ended."""
    if how == "interrupt":
        with pytest.raises(KeyboardInterrupt):
            run.throw(KeyboardInterrupt)  # type: ignore[attr-defined]
    elif how == "iterator":
        run.close()  # type: ignore[attr-defined]
    else:
        engine.close()
        rest = [answer for _, answer in run]
        assert {answer.detail for answer in rest} == {"the engine was closed"}


@pytest.mark.parametrize("how", ["iterator", "interrupt", "engine"])
@pytest.mark.parametrize("busy", ["reading", "pausing"])
def test_an_early_end_sends_nothing_more(monkeypatch: pytest.MonkeyPatch, how: str, busy: str) -> None:
    """Shows that an end stops both a worker that waits for an answer and one that waits for its next try."""
    stuck = threading.Event()
    waited_out: list[Asked] = []
    real_wait = Halt.wait

    def pause(halt: Halt, seconds: float) -> None:
        stuck.set()
        real_wait(halt, seconds)

    def script(asked: Asked) -> Reply:
        if asked.number == 0:
            return chat("first")
        if busy == "reading":
            stuck.set()
            if not server.released.wait(PATIENCE_SECONDS):
                waited_out.append(asked)
        return failure(429, "wait", Retry_After="50")

    monkeypatch.setattr(Halt, "wait", pause)
    with FakeEndpoint(script) as server:
        engine = OpenAICompatible(model_at(server.base_url, parallel=2, retries=5, timeout_seconds=600))
        run = engine.answer([generate(f"question {number}") for number in range(50)])
        assert next(run)[1].text == "first"
        assert stuck.wait(PATIENCE_SECONDS)
        ends(how, run, engine)
        for thread in workers():
            thread.join(PATIENCE_SECONDS)
        assert workers() == []
        assert waited_out == []
        assert len(server.asked) <= 3
        engine.close()


def test_the_first_reason_stands() -> None:
    """Shows that a run is stopped for one reason, whatever else goes wrong while it ends."""
    halt = Halt()
    assert halt.reason is None
    halt.stop("a wrong key")
    halt.stop("the run was stopped")
    assert halt.reason == "a wrong key"
    halt.wait(PATIENCE_SECONDS)


class Counted(list[Request]):
    """Requests that count how many of them were taken."""

    taken = 0

    def __iter__(self) -> Iterator[Request]:
        for request in super().__iter__():
            self.taken += 1
            yield request


def test_no_more_is_sent_than_is_read() -> None:
    """Shows that the engine does not run ahead of whoever stores the answers: one is sent for each that is taken."""
    requests = Counted(generate(f"question {number}") for number in range(9))
    with FakeEndpoint([chat("Hello")]) as server:
        engine = OpenAICompatible(model_at(server.base_url, parallel=2))
        taken = [requests.taken for _ in engine.answer(requests)]
        engine.close()
    assert taken == [3, 4, 5, 6, 7, 8, 9, 9, 9]


def test_a_run_that_ended_leaves_the_engine_usable() -> None:
    """Shows that ending one run early closes nothing that the next one needs."""
    with FakeEndpoint([chat("Hello")]) as server:
        engine = OpenAICompatible(model_at(server.base_url, parallel=2))
        run = engine.answer([generate(f"question {number}") for number in range(9)])
        next(run)
        run.close()  # type: ignore[attr-defined]
        ((_, answer),) = engine.answer([generate()])
        engine.close()
    assert answer.text == "Hello"
