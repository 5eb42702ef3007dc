"""Rates and costs: from what was recorded, else from a stated prior, and always saying which."""

from __future__ import annotations

import pytest

from commons.harness.requests import Request
from commons.plan.cells import today
from commons.plan.costs import Own, cost_of, most_dollars, own_of, unanswered
from commons.plan.outline import FormOutline, most_tokens_out, request_sizes
from commons.plan.rates import CELL_SECONDS, History, Work, prior_load, prior_seconds, rates_of
from commons.pool.models import Model
from tests.plan.making import endpoint, generating, head, model, outline, request

NOTHING = FormOutline(0, 0, 0, 0, 0)


def history(one: Model, **changes: object) -> History:
    """The history of a model with one stored cell of today's task."""
    task = outline()
    found = History()
    found.add(one, head(today(task, "b" * 64, "c" * 64), **changes), task)
    return found


def test_recorded_cells_give_characters_a_token_speed_and_loading() -> None:
    """Four thousand characters that were a thousand tokens, in twenty seconds after eight of loading."""
    one = model()

    rates = rates_of([one], {"small": history(one)})["small"]

    assert rates.characters_per_token == 4.0
    assert rates.load_seconds == 8.0
    assert abs(rates.factor * prior_seconds(one, Work(10, 1_000, 0)) - 20.0) < 1e-9
    assert "1 stored cell of its own" in rates.basis


def test_a_cell_that_reused_answers_says_nothing_about_speed() -> None:
    """Its seconds are those of a part of its answers; its tokens still count."""
    one = model()

    rates = rates_of([one], {"small": history(one, answers_reused=3)})["small"]

    assert rates.factor == 1.0
    assert rates.characters_per_token == 4.0
    assert "speed by its parameters" in rates.basis


def test_partial_cells_and_cells_that_counted_nothing_are_no_history() -> None:
    """What is incomplete would make everything look cheap."""
    one, task = model(), outline()
    partial = head(today(task, "b" * 64, "c" * 64)._replace(partial=True))
    found = History()

    found.add(one, partial, task)
    found.add(one, head(today(task, "b" * 64, "c" * 64), tokens_in=None), task)

    assert found == History()


def test_a_model_without_history_is_as_fast_as_the_others_by_parameters() -> None:
    """Ten times the parameters of a measured model: ten times its seconds; and it loads by its size."""
    small, large = model(), model("large", parameters=1_000_000_000)

    rates = rates_of([small, large], {"small": history(small)})

    work = Work(10, 1_000, 0)
    assert abs(rates["large"].factor * prior_seconds(large, work) - 200.0) < 1e-9
    assert abs(rates["large"].load_seconds - prior_load(large) * 8.0 / prior_load(small)) < 1e-9
    assert "other models, scaled by parameters" in rates["large"].basis


def test_an_endpoint_is_never_timed_by_a_model_that_runs_here() -> None:
    """Its prior is of its own kind, nothing is loaded, and the sentence says that it is a guess."""
    small, served = model(), endpoint()

    rates = rates_of([small, served], {"small": history(small)})["served"]

    assert (rates.factor, rates.load_seconds) == (1.0, 0.0)
    assert "a guess" in rates.basis


def test_a_cell_costs_its_unanswered_requests() -> None:
    """Half of the characters are half of the tokens; the price is the provider's; grading takes its time."""
    served, task = endpoint(), generating()
    half = FormOutline(requests=5, characters=500, tokens_out=400, generations=5, longest=0)

    cost = cost_of(served, rates_of([served], {})["served"], task.items, task.chat, half, None)

    assert (cost.requests, cost.tokens_in, cost.tokens_out) == (5, 125, 400)
    assert cost.dollars == (125 * 1.0 + 400 * 2.0) / 1e6
    assert cost.seconds == round(CELL_SECONDS + prior_seconds(served, Work(5, 125, 400)), 1)


def test_nothing_to_send_costs_only_the_grading() -> None:
    """A cell whose answers are all stored sends nothing and bills nothing."""
    served, task = endpoint(), generating()

    cost = cost_of(served, rates_of([served], {})["served"], task.items, task.chat, NOTHING, None)

    assert cost == (0, 0, 0, CELL_SECONDS, 0.0, 0.0)


def test_the_most_that_a_cell_can_cost_errs_high() -> None:
    """Every answer as long as it may be, two characters a token, a frame around each request; rounded up."""
    served, task = endpoint(), generating()

    cost = cost_of(served, rates_of([served], {})["served"], task.items, task.chat, task.chat, Own(20.0, 1.0))

    assert cost.most_dollars == ((1_000 / 2 + 10 * 32) * 1.0 + 800 * 2.0) / 1e6
    assert cost.most_dollars > 5 * cost.dollars > 0


def test_a_script_that_takes_more_tokens_raises_the_most() -> None:
    """Where the model's own cells counted a token a character, the most counts a quarter more than that."""
    price = endpoint().price
    assert price is not None

    assert most_dollars(price, 0, 1_000, 0, counted=1.0) == 1_250 / 1e6
    assert most_dollars(price, 0, 1_000, 0, counted=9.0) == most_dollars(price, 0, 1_000, 0) == 500 / 1e6


@pytest.mark.parametrize("name", ["max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens"])
def test_the_most_tokens_out_are_known_by_each_of_their_names(name: str) -> None:
    """A task may limit its answers by any name that the harness knows; without one it is the harness's own limit."""
    asked = Request(kind="generate_until", prompt="Say it.", generation={name: 4_096})

    assert most_tokens_out(asked) == 4_096
    assert most_tokens_out(Request(kind="generate_until", prompt="Say it.", generation={name: None})) == 256
    assert most_tokens_out(request("Score it.")) == 0


def test_the_cells_own_earlier_version_counts_before_anything_else() -> None:
    """A cell that read 300 and wrote 20 tokens an item is expected to do so again, and never above its limit."""
    served, task = endpoint(), generating()
    own = own_of(head(today(task, "b" * 64, "c" * 64), tokens_in=3_000, tokens_out=200))

    cost = cost_of(served, rates_of([served], {})["served"], task.items, task.chat, task.chat, own)
    wordy = cost_of(served, rates_of([served], {})["served"], task.items, task.chat, task.chat,
                    own._replace(tokens_out=1_000) if own else None)

    assert (cost.tokens_in, cost.tokens_out) == (3_000, 200)
    assert wordy.tokens_out == task.chat.tokens_out


def test_answered_requests_are_not_counted_again() -> None:
    """Of three requests whose digests are known in part, the rest is what is left."""
    sizes = request_sizes([request("one"), request("twenty"), request("three hundred")])

    left = unanswered(sizes, {sizes[1].digest})

    assert left.requests == 2
    assert left.characters == len("one yes") + len("three hundred yes")
    assert unanswered(sizes, {one.digest for one in sizes}).requests == 0


def test_wide_characters_count_for_the_tokens_that_they_cost() -> None:
    """Six Chinese characters are about six tokens, where six Latin ones are fewer than two."""
    (latin,), (wide,) = request_sizes([request("abcdef")]), request_sizes([request("天地玄黄宇宙")])

    assert wide.characters - latin.characters == 18
