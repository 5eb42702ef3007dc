"""The engine for endpoints, against a real server on the loopback."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

import httpx
import pytest

from commons.engines.base import engine_kind
from commons.engines.openai_compatible import KIND, NAME, OpenAICompatible, check
from commons.errors import CannotRun
from commons.harness.requests import Answer, Request
from commons.pool.cell import Outcome
from commons.pool.models import ENDPOINT_BACKENDS
from tests.engines.fake_endpoint import Asked, FakeEndpoint, Reply, as_json, chat, failure, generate, model_at, text

KEY = "sk-test-1234567890abcdef"
KEY_NAME = "SMALL_KEY"
PATIENCE_SECONDS = 20  # only how long a broken program is waited for; a sound one never comes near it


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A key in the environment, under the name KEY_NAME."""
    monkeypatch.setenv(KEY_NAME, KEY)
    return KEY


def answers(
    script: Callable[[Asked], Reply] | Sequence[Reply],
    requests: Sequence[Request],
    waits: list[float] | None = None,
    **endpoint: object,
) -> tuple[list[Answer], FakeEndpoint]:
    """The answers in the order of ``requests``, and the server that gave them; no wait is really waited."""
    noted = [] if waits is None else waits
    with FakeEndpoint(script) as server:
        engine = OpenAICompatible(model_at(server.base_url, **endpoint), sleep=noted.append)
        given = {request.digest: answer for request, answer in engine.answer(requests)}
        engine.close()
    return [given[request.digest] for request in requests], server


def one(script: Callable[[Asked], Reply] | Sequence[Reply], **endpoint: object) -> Answer:
    """The answer to one request."""
    return answers(script, [generate()], **endpoint)[0][0]


def test_a_chat_is_answered_with_its_tokens() -> None:
    """Shows the ordinary case: what is sent, where, and what becomes of the answer."""
    (answer,), server = answers([chat("Hello")], [generate([("system", "Be brief."), ("user", "Hi")])])
    assert answer == Answer(text="Hello", tokens_in=11, tokens_out=3)
    asked = server.asked[0]
    assert (asked.path, asked.body["model"]) == ("/v1/chat/completions", "small-2026-01-02")
    assert asked.body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    assert "authorization" not in asked.headers


def test_a_key_is_sent_as_bearer(key: str) -> None:
    """Shows that the key goes from its environment variable into the header."""
    _, server = answers([chat("Hello")], [generate()], secret=KEY_NAME)
    assert server.asked[0].headers["authorization"] == f"Bearer {key}"


def test_plain_text_goes_to_completions() -> None:
    """Shows that a text backend gets the prompt word for word and its text is read."""
    (answer,), server = answers([text(" upon a time")], [generate("Once")], backend="local-completions",
                                chat_template=False)
    assert (server.asked[0].path, server.asked[0].body["prompt"]) == ("/v1/completions", "Once")
    assert answer == Answer(text=" upon a time", tokens_in=5, tokens_out=2)


def test_all_stops_cut_although_four_are_sent() -> None:
    """Shows that the text ends at a fifth stop sequence that the endpoint never saw."""
    (answer,), server = answers([chat("yes STOP no")], [generate(until=["1", "2", "3", "4", "STOP"])])
    assert server.asked[0].body["stop"] == ["1", "2", "3", "4"]
    assert answer.text == "yes "


def test_sampled_requests_carry_their_seeds() -> None:
    """Shows that two samples of one question are two requests with two seeds."""
    given, server = answers(lambda asked: chat(f"seed {asked.body['seed']}"),
                            [generate(sample=number, do_sample=True) for number in (0, 1)])
    assert [answer.text for answer in given] == ["seed 0", "seed 1"]
    assert len(server.asked) == 2


def test_as_many_as_allowed_are_in_flight() -> None:
    """Shows that two requests are with the server at once, and never a third."""
    both = threading.Barrier(2)

    def meet(asked: Asked) -> Reply:
        both.wait(PATIENCE_SECONDS)
        return chat(str(asked.body["messages"]))

    requests = [generate(f"question {number}") for number in range(6)]
    given, server = answers(meet, requests, parallel=2)
    assert server.most_in_flight == 2
    for request, answer in zip(requests, given, strict=True):
        assert str(request.prompt) in str(answer.text)


def test_loglikelihoods_are_not_sent() -> None:
    """Shows that what endpoints cannot give is a fault and costs nothing."""
    request = Request(kind="loglikelihood", prompt="2+2=", continuation="4")
    (answer,), server = answers([chat("4")], [request])
    assert (answer.outcome, answer.detail) == (Outcome.INSTRUMENT_FAULT, "endpoints give no log-likelihoods")
    assert server.asked == []


@pytest.mark.parametrize(("reply", "outcome", "given", "detail"), [
    (chat(""), Outcome.MODEL_FAULT, "", "empty answer"),
    (chat(None), Outcome.INSTRUMENT_FAULT, None, "no content"),
    (chat(None, refusal="I will not."), Outcome.REFUSED, "I will not.", None),
    (chat(None, "content_filter"), Outcome.REFUSED, "", "content_filter"),
    (chat("and the", "length"), Outcome.SCORED, "and the", "stopped at max_gen_toks"),
    (failure(400, "too many tokens", "context_length_exceeded"), Outcome.MODEL_FAULT, "", "prompt over the context"),
    (failure(400, "no such field"), Outcome.INSTRUMENT_FAULT, None, "HTTP 400: no such field"),
])
def test_each_way_to_end_has_its_outcome(reply: Reply, outcome: Outcome, given: str | None,
                                         detail: str | None) -> None:
    """Shows that what the model did is graded, what the instrument did is not, and neither is asked twice."""
    (answer,), server = answers([reply], [generate()], retries=3)
    assert (answer.outcome, answer.text) == (outcome, given)
    assert answer.detail is None if detail is None else detail in str(answer.detail)
    assert len(server.asked) == 1


@pytest.mark.parametrize(("headers", "waited"), [
    ({"Retry_After": "7"}, 7.0),
    ({"Retry_After": "Wed, 21 Oct 2026 07:28:10 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 10.0),
    ({"Retry_After": "3600"}, 60.0),
])
def test_the_wait_that_is_asked_for_is_waited(headers: dict[str, str], waited: float) -> None:
    """Shows that a 429 costs the wait that it names, up to a minute, and then the answer comes."""
    waits: list[float] = []
    script = [failure(429, "slow down", **headers), chat("Hello")]
    (answer,), server = answers(script, [generate()], waits, retries=2)
    assert (answer.text, answer.outcome, waits) == ("Hello", Outcome.SCORED, [waited])
    assert len(server.asked) == 2


def test_retries_are_used_up_with_growing_waits() -> None:
    """Shows that an endpoint that stays down is tried as often as its entry says, and the row is then a fault."""
    waits: list[float] = []
    (answer,), server = answers([failure(500, "overloaded")], [generate()], waits, retries=8)
    assert len(server.asked) == 9
    assert answer.outcome is Outcome.INSTRUMENT_FAULT
    assert answer.detail == "HTTP 500: overloaded (tried 9 times)"
    lowest = [1, 2, 4, 8, 16, 32, 60, 60]
    assert all(least <= wait <= min(least + 1, 60) for least, wait in zip(lowest, waits, strict=True))


@pytest.mark.parametrize(("broken", "said"), [
    (Reply(chat("Hello").body, missing=10), "RemoteProtocolError"),
    (Reply(b'{"choices": [{"mess'), "not JSON"),
    (as_json({"choices": "none"}), "another shape"),
    (Reply(b"not gzip", headers={"Content-Encoding": "gzip"}), "DecodingError"),
])
def test_a_broken_reply_is_asked_again(broken: Reply, said: str) -> None:
    """Shows that half a reply is never an answer, that a second try mends it, and that without one it is a fault."""
    assert one([broken, chat("Hello")], retries=1).text == "Hello"
    answer = one([broken])
    assert (answer.outcome, answer.text) == (Outcome.INSTRUMENT_FAULT, None)
    assert said in str(answer.detail)
    assert str(answer.detail).endswith("(tried 1 time)")


def test_a_slow_answer_is_a_fault_after_its_time() -> None:
    """Shows that a server that never answers costs its time-out and no more."""
    def never(asked: Asked) -> Reply:
        server.released.wait(PATIENCE_SECONDS)
        return chat("too late")

    with FakeEndpoint(never) as server:
        engine = OpenAICompatible(model_at(server.base_url, timeout_seconds=0.2))
        ((_, answer),) = engine.answer([generate()])
        engine.close()
    assert answer.outcome is Outcome.INSTRUMENT_FAULT
    assert "timed out: no answer within 0.2 s" in str(answer.detail)


def test_an_unreachable_endpoint_is_a_fault() -> None:
    """Shows that a refused connection is said and graded as nothing."""
    with FakeEndpoint([chat("Hello")]) as server:
        address = server.base_url
    engine = OpenAICompatible(model_at(address))
    ((_, answer),) = engine.answer([generate()])
    assert answer.outcome is Outcome.INSTRUMENT_FAULT
    assert "ConnectError" in str(answer.detail)


def test_blanks_do_not_hold_the_time_out_off() -> None:
    """Shows that an endpoint that sends blanks for ever, as some do while busy, is left at the time-out."""
    now = [0.0]

    class Busy(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(1000):
                now[0] += 1.0
                yield b" "
            yield chat("Hello").body

    class Line(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            assert request.method == "POST"
            return httpx.Response(200, stream=Busy())

    engine = OpenAICompatible(model_at("http://host/v1", timeout_seconds=5), transport=Line(), clock=lambda: now[0])
    ((_, answer),) = engine.answer([generate()])
    assert "timed out: no whole answer within 5 s" in str(answer.detail)
    assert now == [6.0]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_failure_of_all_stops_the_rest(status: int) -> None:
    """Shows that a wrong key or an unknown model is asked about once, and every row says the same."""
    given, server = answers([failure(status, "no " * 200)], [generate(f"question {n}") for n in range(20)],
                            parallel=1, retries=3)
    assert len(server.asked) == 1
    assert {answer.outcome for answer in given} == {Outcome.INSTRUMENT_FAULT}
    (detail,) = {answer.detail for answer in given}
    assert str(detail).startswith(f"HTTP {status}: no no")
    assert str(detail).endswith("; nothing more was sent")


def test_the_rest_is_stopped_in_this_run_only() -> None:
    """Shows that an engine that was turned away can be asked again."""
    with FakeEndpoint([failure(401, "no"), chat("Hello")]) as server:
        engine = OpenAICompatible(model_at(server.base_url))
        ((_, first),) = engine.answer([generate()])
        ((_, second),) = engine.answer([generate()])
        engine.close()
    assert (first.outcome, second.outcome) == (Outcome.INSTRUMENT_FAULT, Outcome.SCORED)


@pytest.mark.parametrize("status", [400, 401, 500])
def test_the_key_is_never_shown(key: str, status: int) -> None:
    """Shows that a server that sends the key back in its error has it replaced in the detail."""
    answer = one(lambda asked: failure(status, f"wrong key: {asked.headers['authorization']}"), secret=KEY_NAME)
    assert "wrong key: Bearer ***" in str(answer.detail)
    assert key not in repr(answer)


def test_an_answer_that_holds_the_key_is_not_kept(key: str) -> None:
    """Shows that a key in a text, which would be published, makes the row a fault."""
    answer = one(lambda asked: chat(f"You sent {asked.headers['authorization']}"), secret=KEY_NAME)
    assert (answer.outcome, answer.text) == (Outcome.INSTRUMENT_FAULT, None)
    assert key not in repr(answer)


def test_the_key_is_in_no_repr(key: str) -> None:
    """Shows that neither the engine nor anything that it holds prints the key."""
    engine = OpenAICompatible(model_at("http://host/v1", secret=KEY_NAME))
    held = [repr(engine), repr(engine.facts), *(repr(value) for value in vars(engine).values())]
    assert not [shown for shown in held if key in shown]
    engine.close()


def test_check_names_the_missing_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shows that a missing, empty or unusable key is said with its variable, and that no key is asked for in vain."""
    model = model_at("http://host/v1", secret=KEY_NAME)
    for value in (None, "", "  ", "two words", "sk-\u00e9"):
        monkeypatch.delenv(KEY_NAME, raising=False)
        if value is not None:
            monkeypatch.setenv(KEY_NAME, value)
        ready = check(model)
        assert not ready.ready
        assert KEY_NAME in ready.reason
        assert KEY_NAME in ready.mend
        with pytest.raises(CannotRun, match=KEY_NAME):
            KIND.open(model)
    monkeypatch.setenv(KEY_NAME, f"{KEY}\n")
    assert check(model).ready
    assert check(model_at("http://host/v1")).ready


@pytest.mark.parametrize("package", ["httpx", "tenacity"])
def test_check_names_the_missing_package(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Shows that a light install is told what to install."""
    monkeypatch.setitem(sys.modules, package, None)
    ready = check(model_at("http://host/v1"))
    assert (ready.ready, package in ready.reason, "make install" in ready.mend) == (False, True, True)


def test_a_light_install_can_import_the_engine() -> None:
    """Shows that the module loads where httpx and tenacity are missing."""
    code = ("import sys; sys.modules.update(httpx=None, tenacity=None); "
            "import commons.engines.openai_compatible as e; print(e.KIND.name)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == NAME


@pytest.mark.parametrize(("entry", "said"), [
    ({"backend": "openai-completions"}, "chat template"),
    ({"arguments": {"stream": True}}, "`stream`"),
    ({"arguments": {"max_tokens_field": "limit"}}, "max_tokens_field: limit"),
])
def test_an_entry_that_cannot_work_is_said_before_anything_is_sent(entry: dict[str, object], said: str) -> None:
    """Shows that an entry that contradicts itself is refused when it is opened, with what to change."""
    with pytest.raises(CannotRun, match=said) as caught:
        KIND.open(model_at("http://host/v1", **entry))
    assert caught.value.mend


def test_the_engine_serves_every_endpoint_backend() -> None:
    """Shows that each backend of an endpoint leads here, and that nothing installed enters the store's key."""
    for backend in sorted(ENDPOINT_BACKENDS):
        assert engine_kind(model_at("http://host/v1", backend=backend, chat_template=False)) is KIND
    assert KIND.versions() == {}


@pytest.mark.parametrize(("pinned", "weights"), [
    (True, "http://host/v1 small-2026-01-02"),
    (False, "http://host/v1 small-2026-01-02 (not pinned)"),
])
def test_facts_say_whether_the_weights_may_change(pinned: bool, weights: str) -> None:
    """Shows what provenance gets from an endpoint."""
    engine = OpenAICompatible(model_at("http://host/v1", pinned=pinned))
    facts = engine.facts
    assert (facts.name, facts.versions, facts.weights) == (NAME, {}, weights)
    assert (facts.context_length, facts.chat_template_sha256) == (2048, None)
    engine.close()
