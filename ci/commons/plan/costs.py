"""What a planned cell costs: the requests that no stored answer answers, their tokens, their time, their price."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from commons.plan.heads import CellHead
from commons.plan.outline import FormOutline, RequestSize
from commons.plan.rates import CELL_SECONDS, Rates, Work, prior_seconds
from commons.pool.models import Model, Price

#: What the most that a request can cost is worked out with: English has four to five characters a token, source code
#: about three, most other scripts with the vocabularies of today two and more. What was counted on the model's own
#: cells counts where it is worse, with a quarter more.
FEWEST_CHARACTERS_PER_TOKEN = 2.0
_MARGIN = 1.25
#: A chat template and a provider's own lines around one request.
_FRAME_TOKENS = 32


class Own(NamedTuple):
    """What an earlier version of the same cell took for each of its rows: tokens in and out."""

    tokens_in: float
    tokens_out: float


class Cost(NamedTuple):
    """What a cell costs. ``dollars`` is what a provider bills; ``seconds`` leaves out loading the model.

    All are estimates that err to either side but ``most_dollars``, which errs high: it is held against caps on money.
    """

    requests: int
    tokens_in: int
    tokens_out: int
    seconds: float
    dollars: float
    most_dollars: float = 0.0


def own_of(head: CellHead | None) -> Own | None:
    """What a stored cell says of the next version of itself; None where it is partial or did not count."""
    if head is None or head.standing.partial or not head.n or not head.tokens_in:
        return None
    return Own(head.tokens_in / head.n, (head.tokens_out or 0) / head.n)


def unanswered(requests: list[RequestSize], known: AbstractSet[str]) -> FormOutline:
    """What is left of a form's requests where those of ``known`` digests need not be sent."""
    left = [one for one in requests if one.digest not in known]
    return FormOutline(
        requests=len(left), characters=sum(one.characters for one in left),
        tokens_out=sum(one.tokens_out for one in left), generations=sum(one.generates for one in left), longest=0,
    )


def cost_of(model: Model, rates: Rates, items: int, whole: FormOutline, left: FormOutline, own: Own | None) -> Cost:
    """The cost of sending ``left`` of the requests of a cell of ``items`` items; ``whole`` is all of them.

    What a model writes is estimated from this cell's earlier version, else from what the model writes on average,
    else as the most it may: no more than that is ever expected.
    """
    if own is not None:
        tokens_in = own.tokens_in * items * left.characters / max(whole.characters, 1)
        tokens_out = own.tokens_out * items * left.generations / max(whole.generations, 1)
    else:
        tokens_in = left.characters / rates.characters_per_token
        tokens_out = (left.tokens_out if rates.tokens_a_generation is None
                      else rates.tokens_a_generation * left.generations)
    tokens_out = min(tokens_out, left.tokens_out)
    seconds = CELL_SECONDS + rates.factor * prior_seconds(model, Work(left.requests, tokens_in, tokens_out))
    dollars = most = 0.0
    if model.price is not None:
        dollars = (tokens_in * model.price.input_per_million + tokens_out * model.price.output_per_million) / 1e6
        most = most_dollars(model.price, left.requests, left.characters, left.tokens_out, rates.characters_per_token)
    return Cost(left.requests, round(tokens_in), round(tokens_out), round(seconds, 1), round(dollars, 6), most)


def most_dollars(
    price: Price, requests: int, characters: int, tokens_out: int, counted: float | None = None
) -> float:
    """The most that requests of so many characters can cost where each answer is as long as it may be.

    ``counted`` are the characters a token that the model's own cells had. The dollars are rounded up.
    """
    fewest = min(FEWEST_CHARACTERS_PER_TOKEN, (counted or math.inf) / _MARGIN)
    tokens_in = characters / fewest + requests * _FRAME_TOKENS
    return math.ceil(tokens_in * price.input_per_million + tokens_out * price.output_per_million) / 1e6
