"""What is sent for a request, and what the JSON that comes back is taken to say."""

from __future__ import annotations

import json

import pytest

from commons.engines.endpoint_errors import TransientError, UnsendableError
from commons.engines.endpoint_wire import ask, read_answer
from commons.harness.requests import Request
from commons.pool.cell import Outcome
from commons.pool.models import Model
from tests.engines.fake_endpoint import as_json, chat, generate, model_at, text

CHAT = model_at("http://host/v1")
TEXT = model_at("http://host/v1", backend="local-completions", chat_template=False)


def sent(request: Request, model: Model = CHAT) -> dict[str, object]:
    """The body that ``request`` becomes."""
    return json.loads(ask(request, model).body)


def test_a_greedy_request_has_no_chance_in_it() -> None:
    """Shows that a request without generation arguments is greedy, has the harness's limit, no stop and no seed."""
    assert sent(generate("Hi")) == {
        "model": "small-2026-01-02",
        "messages": [{"role": "user", "content": "Hi"}],
        "temperature": 0.0,
        "max_tokens": 256,
    }


@pytest.mark.parametrize(("generation", "temperature"), [
    ({"do_sample": False, "temperature": 0.7}, 0.0),
    ({"temperature": 0.7}, 0.7),
    ({"do_sample": True}, 1.0),
    ({"do_sample": True, "temperature": 0.3}, 0.3),
])
def test_temperature_follows_do_sample(generation: dict[str, object], temperature: float) -> None:
    """Shows that the temperature is 0 unless the task asks for sampling."""
    assert sent(generate(**generation))["temperature"] == temperature


def test_a_sampled_request_carries_its_number_as_seed() -> None:
    """Shows that repeated answers differ by a seed that can be given again, and that top_p is passed on."""
    body = sent(generate(sample=3, do_sample=True, temperature=0.8, top_p=0.9))
    assert (body["seed"], body["top_p"], body["temperature"]) == (3, 0.9, 0.8)


def test_four_stops_are_sent_and_empty_ones_never() -> None:
    """Shows that no more stop sequences are sent than endpoints take, and that an empty one is dropped."""
    assert sent(generate(until=["a", "", "b", "c", "d", "e"]))["stop"] == ["a", "b", "c", "d"]
    assert sent(generate(until="\n"))["stop"] == ["\n"]


@pytest.mark.parametrize("name", ["max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens"])
def test_the_limit_is_known_by_all_its_names(name: str) -> None:
    """Shows that a task may call the limit what the harness lets it call it."""
    body = sent(generate(**{name: 32}))
    assert body["max_tokens"] == 32
    assert "max_completion_tokens" not in body


def test_the_model_entry_has_the_last_word() -> None:
    """Shows that arguments go into the body, override a temperature, and rename the limit without being sent."""
    arguments = {"max_tokens_field": "max_completion_tokens", "temperature": 1, "reasoning_effort": "low"}
    body = sent(generate(max_gen_toks=9), model_at("http://host/v1", arguments=arguments))
    assert body["max_completion_tokens"] == 9
    assert body["temperature"] == 1
    assert body["reasoning_effort"] == "low"
    assert not {"max_tokens", "max_tokens_field"} & set(body)


def test_a_begun_answer_is_sent_as_it_is() -> None:
    """Shows that a chat that ends in the assistant's words reaches the endpoint with them last."""
    messages = sent(generate([("user", "2+2?"), ("assistant", "It is")], opens_turn=False))["messages"]
    assert messages == [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "It is"}]


def test_half_a_surrogate_pair_in_a_prompt_can_be_sent() -> None:
    """Shows that a prompt that UTF-8 cannot hold is escaped and does not break the run."""
    assert sent(generate("a\ud83d"))["messages"] == [{"role": "user", "content": "a\ud83d"}]


def test_a_text_backend_takes_text() -> None:
    """Shows that a text backend gets the prompt word for word, and that a chat is not flattened for it."""
    question = ask(generate("Once"), TEXT)
    assert (question.path, json.loads(question.body)["prompt"]) == ("/completions", "Once")
    with pytest.raises(UnsendableError, match="takes text"):
        ask(generate([("user", "Hi")]), TEXT)


def test_wrong_generation_arguments_are_not_sent() -> None:
    """Shows that a limit that is no number is said by name and nothing is sent in its place."""
    with pytest.raises(UnsendableError, match="max_gen_toks"):
        ask(generate(max_gen_toks="many"), CHAT)


def test_arguments_without_a_field_are_named_on_the_answer() -> None:
    """Shows that a generation argument that the protocol lacks is not dropped in silence."""
    question = ask(generate(num_beams=4), CHAT)
    answer = read_answer(chat("Hello").body, question)
    assert "num_beams" not in json.loads(question.body)
    assert (answer.outcome, answer.detail) == (Outcome.SCORED, "not sent: num_beams")


def test_the_text_is_cut_at_the_earliest_of_all_stops() -> None:
    """Shows that the fifth and sixth stop sequences, which are not sent, still end the text."""
    question = ask(generate(until=["1", "2", "3", "4", "END", "FIN"]), CHAT)
    assert read_answer(chat("yes FIN or END").body, question).text == "yes "


def test_a_length_stop_is_named_only_where_it_cost_text() -> None:
    """Shows that an answer cut off by the limit says so, and that one we cut at a stop sequence before it does not."""
    question = ask(generate(until=["\n"]), CHAT)
    assert read_answer(chat("half a", "length").body, question).detail == "stopped at max_gen_toks"
    whole = read_answer(chat("whole\nmore", "length").body, question)
    assert (whole.text, whole.detail, whole.outcome) == ("whole", None, Outcome.SCORED)


def test_text_that_a_stop_leaves_nothing_of_is_empty() -> None:
    """Shows that it makes no difference whether the endpoint or we cut at a stop that comes first."""
    answer = read_answer(chat("\nHello").body, ask(generate(until=["\n"]), CHAT))
    assert (answer.outcome, answer.text, answer.detail) == (Outcome.MODEL_FAULT, "", "empty answer")


def test_a_text_completion_without_text_is_a_fault_of_the_instrument() -> None:
    """Shows that null text is never graded."""
    answer = read_answer(text(None).body, ask(generate(), TEXT))
    assert (answer.outcome, answer.text) == (Outcome.INSTRUMENT_FAULT, None)


def test_half_a_surrogate_pair_in_an_answer_becomes_one_sign() -> None:
    """Shows that an answer that breaks off inside a character is kept, as text that UTF-8 can hold."""
    body = b'{"choices": [{"message": {"content": "so \\ud83d"}, "finish_reason": "length"}]}'
    assert read_answer(body, ask(generate(), CHAT)).text == "so \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("usage", [None, "many", {"prompt_tokens": -1}, {"prompt_tokens": None}])
def test_token_counts_never_cost_an_answer(usage: object) -> None:
    """Shows that an answer with broken or no token counts is kept without them."""
    reply = as_json({"choices": [{"message": {"content": "Hello"}}], "usage": usage})
    answer = read_answer(reply.body, ask(generate(), CHAT))
    assert (answer.text, answer.tokens_in, answer.outcome) == ("Hello", None, Outcome.SCORED)


@pytest.mark.parametrize(("body", "said"), [
    (b"", "not JSON"),
    (b"\xff\xfe{", "not JSON"),
    (b"[" * 100_000, "not JSON"),
    (b"[]", "another shape"),
    (b'{"choices": []}', "choices"),
    (b'{"choices": [{"message": {"content": 7}}]}', "choices.0.message.content"),
    (b'{"error": {"message": "upstream fell over"}}', "upstream fell over"),
    (b'{"choices": [{"message": {"content": "par"}, "finish_reason": "error"}]}', "generation failed"),
])
def test_what_is_no_answer_may_pass(body: bytes, said: str) -> None:
    """Shows that each broken reply is tried again, with what was wrong with it."""
    with pytest.raises(TransientError, match=said):
        read_answer(body, ask(generate(), CHAT))
