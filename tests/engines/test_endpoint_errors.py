"""What an endpoint's failures are taken to mean, and that its key is never shown."""

from __future__ import annotations

import json

import pytest

from commons.engines.endpoint_errors import HopelessError, Secret, TransientError, read_failure, seconds_to_wait
from commons.pool.cell import Outcome

KEY = "sk-test/1234567890+abcdef"
NO_KEY = Secret(None)


def body(message: str, code: str | None = None) -> str:
    """An error in the usual shape."""
    return json.dumps({"error": {"message": message, "code": code}})


@pytest.mark.parametrize(("status", "text"), [
    (400, body("too many", "context_length_exceeded")),
    (400, body("This model's maximum context length is 8 tokens.")),
    (400, body("input exceeds the context window of this model")),
    (413, body("prompt is too long: 9 tokens > 8 maximum")),
    (400, json.dumps({"object": "error", "message": "the request exceeds the available context size"})),
    (400, json.dumps({"error": {"message": "over", "type": "exceed_context_size_error", "code": 400}})),
])
def test_a_prompt_over_the_context_is_the_models_fault(status: int, text: str) -> None:
    """Shows that servers' several ways to say it are all understood, and that the row is graded."""
    answer = read_failure(status, text, None, NO_KEY)
    assert (answer.outcome, answer.text) == (Outcome.MODEL_FAULT, "")
    assert str(answer.detail).startswith("prompt over the context: ")


@pytest.mark.parametrize(("status", "text"), [
    (400, body("stop sequence too long")),
    (400, body("max_tokens is too large: 5000. This model's maximum context length is 4096.")),
    (413, "<html>Request Entity Too Large</html>"),
    (422, body("maximum context length")),
    (302, ""),
])
def test_other_complaints_are_never_graded(status: int, text: str) -> None:
    """Shows that a mistake of ours or of a proxy is a fault of the instrument, and of this request alone."""
    answer = read_failure(status, text, None, NO_KEY)
    assert (answer.outcome, answer.text) == (Outcome.INSTRUMENT_FAULT, None)
    assert str(answer.detail).startswith(f"HTTP {status}")


@pytest.mark.parametrize(("status", "text"), [
    (400, body("filtered by policy", "content_filter")),
    (403, body("Your input was flagged.")),
])
def test_a_prompt_that_the_provider_turns_away_is_refused(status: int, text: str) -> None:
    """Shows that a filter on the prompt is the provider's refusal, and does not stop the run as a wrong key does."""
    assert read_failure(status, text, None, NO_KEY).outcome is Outcome.REFUSED


@pytest.mark.parametrize(("status", "code"), [(401, None), (402, None), (403, None), (404, None),
                                              (429, "insufficient_quota")])
def test_what_would_fail_every_request_is_hopeless(status: int, code: str | None) -> None:
    """Shows that a wrong key, an unknown model and a spent quota end the run."""
    with pytest.raises(HopelessError, match=f"HTTP {status}: no"):
        read_failure(status, body("no", code), None, NO_KEY)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_what_may_pass_is_tried_again(status: int) -> None:
    """Shows that these are transient, and keep the wait that was asked for."""
    with pytest.raises(TransientError) as caught:
        read_failure(status, "busy", 7.0, NO_KEY)
    assert (str(caught.value), caught.value.retry_after) == (f"HTTP {status}: busy", 7.0)


@pytest.mark.parametrize(("text", "said"), [
    ('{"error": "flat"}', "flat"),
    ('{"detail": "from a framework"}', "from a framework"),
    ('{"detail": [{"loc": ["body"]}]}', '[{"loc": ["body"]}]'),
    ('{"error": {"message": {"not": "text"}}}', '{"error": {"message": {"not": "text"}}}'),
    ("two\n  lines", "two lines"),
    ("", ""),
])
def test_any_body_can_be_shown(text: str, said: str) -> None:
    """Shows that an error of any shape becomes one line, and none breaks the reader."""
    detail = read_failure(418, text, None, NO_KEY).detail
    assert detail == (f"HTTP 418: {said}" if said else "HTTP 418")


@pytest.mark.parametrize("echo", [
    KEY,
    f"Bearer {KEY}",
    json.dumps({"error": {"message": f"bad key {KEY}"}}),
    json.dumps({"error": {"message": f"bad key {KEY}"}}).replace("/", "\\/"),
    json.dumps({"error": f"bad key {KEY}"}).replace("/", "\\/")[:-2],
    json.dumps({"error": {"message": "\\u0073" + KEY[1:]}}).replace("\\\\u", "\\u"),
    "x" * 190 + KEY,
])
def test_the_key_is_hidden_however_it_comes_back(echo: str) -> None:
    """Shows that a key is found escaped, in whole and broken JSON, and where the shown part ends inside it."""
    detail = str(read_failure(400, echo, None, Secret(KEY)).detail)
    assert "***" in detail or detail.endswith("...")
    assert "1234" not in detail
    assert "sk-" not in detail


def test_a_secret_shows_itself_nowhere() -> None:
    """Shows that printing a key's holder prints no key."""
    secret = Secret(KEY)
    assert f"{secret} {secret!r} {[secret]}" == "*** *** [***]"


def test_a_placeholder_is_no_secret() -> None:
    """Shows that a text may hold the word that stands for a key where none is needed, and not a real key."""
    assert not Secret("EMPTY").is_in("the set is EMPTY")
    assert Secret(KEY).is_in(f"my key is {KEY}")
    assert NO_KEY.hide("unchanged") == "unchanged"


@pytest.mark.parametrize(("header", "date", "seconds"), [
    ("7", None, 7.0),
    ("1.5", None, 1.5),
    ("Wed, 21 Oct 2026 07:28:10 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 10.0),
    ("Wed, 21 Oct 2026 07:28:10 -0000", "Wed, 21 Oct 2026 07:28:00 GMT", 10.0),
    ("Wed, 21 Oct 2026 07:27:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", None),
    ("Wed, 21 Oct 2026 07:28:10 GMT", None, None),
    ("0", None, None),
    ("-3", None, None),
    ("nan", None, None),
    ("inf", None, None),
    ("soon", "later", None),
    (None, None, None),
])
def test_retry_after_is_read_in_both_forms(header: str | None, date: str | None, seconds: float | None) -> None:
    """Shows that seconds and dates are understood, and that nonsense falls back on our own waits."""
    assert seconds_to_wait(header, date) == seconds
