"""How long a prompt surely is: never longer than any tokenizer could make of it."""

from __future__ import annotations

import pytest

from commons.harness.rendering import FilterFacts, ItemRendering, MetricFacts, TaskRendering
from commons.harness.requests import Request
from commons.plan.outline import outline_of
from commons.pool.card import Card
from tests.publish.synthetic import card


def longest(*prompts: str) -> int:
    """The least context that surely does not hold the longest of ``prompts``, each with a continuation of 4."""
    requests = tuple(Request(kind="loglikelihood", prompt=prompt, continuation=" yes") for prompt in prompts)
    items = tuple(ItemRendering(id=str(place), cluster=None, choices=None, gold=None, plain=(place,), chat=(place,))
                  for place in range(len(prompts)))
    rendering = TaskRendering(
        task="sums", output_type="loglikelihood", num_fewshot=0, repeats=1, generation=None,
        metrics=(MetricFacts(name="acc", aggregation="mean", higher_is_better=True, arguments={}),),
        filters=(FilterFacts(name="none", steps=["take_first"], per_answer=True),), requests=requests, items=items,
    )
    return outline_of(rendering, Card.model_validate(card())).plain.longest


def test_words_take_a_token_for_eight_characters_at_the_least() -> None:
    """Text without runs counts as it stands."""
    assert longest("abcdefgh" * 100) == 101


@pytest.mark.parametrize("run", [" ", "-", "=", "_", "\n", " \n\t", "0"])
def test_a_run_may_be_one_token(run: str) -> None:
    """Tables and rules are drawn with runs that tokenizers pack, so they make no prompt surely too long."""
    assert longest("name" + run * 4_000 + "value") <= 3


def test_the_longest_counts_and_not_the_one_with_the_longest_run() -> None:
    """A text that is long by its words is found behind others that are long by their runs."""
    assert longest("x" + "-" * 9_000, "abcdefgh" * 100, "y" + " " * 5_000) == 101
