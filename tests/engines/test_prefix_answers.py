"""The fast engine as an engine: requests in, answers out, and the plain way where sharing cannot be had."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from commons.engines.base import engine_kind
from commons.engines.prefix.engine import BACKEND, PrefixEngine
from commons.engines.prefix.network import Network
from commons.harness.requests import Request
from commons.pool.cell import Outcome
from commons.pool.models import read_models
from tests.builders import REPOSITORY_ROOT

pytest.importorskip("lm_eval")
pytestmark = pytest.mark.model

HEADER = "The quick brown fox jumps over the lazy dog. " * 3


@pytest.fixture(scope="module")
def engine() -> PrefixEngine:
    """The embedded model in its default engine."""
    model = read_models(REPOSITORY_ROOT / "models.yaml")[0]
    kind = engine_kind(model)
    if not (ready := kind.check(model)).ready:
        pytest.skip(ready.reason)
    opened = kind.open(model)
    assert isinstance(opened, PrefixEngine)
    return opened


def score(prompt: str, continuation: str) -> Request:
    """A request for a log-likelihood."""
    return Request(kind="loglikelihood", prompt=prompt, continuation=continuation)


def generate(prompt: str, **arguments: Any) -> Request:
    """A request for a greedy answer of at most six tokens."""
    return Request(kind="generate_until", prompt=prompt,
                   generation={"until": ["\n"], "max_gen_toks": 6, "do_sample": False, **arguments})


REQUESTS = [
    *(score(f"{HEADER}Question {number}: why?", end) for number in range(3) for end in (" yes", " no", " it is")),
    score("", "A text without a prompt"), score("Ends in a space ", "and goes on"), generate("One, two, three,"),
    generate(HEADER + "The dog"), generate("Emoji: 👩‍👩‍👧", max_gen_toks=1), generate("Nothing at all", max_gen_toks=0),
    generate("Again and again", repetition_penalty=1.3), Request(kind="loglikelihood_rolling", prompt="A whole text."),
]


def test_every_request_is_answered_once_and_as_the_harness_does(engine: PrefixEngine) -> None:
    """Log-likelihoods, texts and token counts are those of the harness's own model, whatever is asked beside what."""
    ours = list(engine.answer(REQUESTS))
    answers = {request.digest: answer for request, answer in ours}
    plain = {request.digest: answer for request, answer in engine._plain.answer(REQUESTS)}

    assert len(ours) == len(answers) == len(REQUESTS)
    for request in REQUESTS:
        one, other = answers[request.digest], plain[request.digest]
        assert (one.text, one.outcome, one.is_greedy, one.tokens_in, one.tokens_out) == (
            other.text, other.outcome, other.is_greedy, other.tokens_in, other.tokens_out), request.prompt_text
        if other.loglikelihood is not None:
            assert one.loglikelihood == pytest.approx(other.loglikelihood, abs=1e-3)


def test_what_was_answered_before_gets_no_answer_and_changes_none(engine: PrefixEngine) -> None:
    """A run that goes on asks for the rest, and the rest has the bits of a run that was never stopped."""
    scored = [request for request in REQUESTS if request.kind == "loglikelihood"]
    whole = {request.digest: answer for request, answer in engine.answer(scored)}
    rest = {request.digest: answer for request, answer in engine.answer(scored[4:], beside=scored[:4])}

    assert rest == {request.digest: whole[request.digest] for request in scored[4:]}


def test_a_failure_goes_the_plain_way_and_says_so(
    engine: PrefixEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Out of memory in the middle, every request still gets its answer; log and rows say how it was computed."""

    def full(*_: Any) -> Any:
        raise MemoryError("no room")

    monkeypatch.setattr(Network, "run", full)
    with caplog.at_level(logging.WARNING):
        answers = [answer for _, answer in engine.answer(REQUESTS[:4])]

    assert len(answers) == 4
    assert all(answer.outcome is Outcome.SCORED for answer in answers)
    assert {answer.detail for answer in answers} == {"computed without sharing prefixes after a MemoryError"}
    assert "4 requests are computed without sharing prefixes" in caplog.text


def test_the_engine_says_how_it_shares(engine: PrefixEngine) -> None:
    """Provenance names the way, and the store's key this engine's own version."""
    assert engine.facts.name == f"{BACKEND} (scores by tree, generates in one batch)"
    assert BACKEND in engine.facts.versions
