"""The hard stop: a run asks nothing that could cost more than what is left of its dollars.

A plan's caps are kept by estimates that err high. Here the real counts of tokens come in, and where they are worse
than any estimate, or where answers that the plan counted on are not in this machine's store, the asking ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from commons.harness.requests import Answer, Request
from commons.harness.sizes import characters_in
from commons.plan.costs import most_dollars
from commons.plan.outline import most_tokens_out
from commons.pool.cell import Outcome
from commons.pool.models import Price

#: Sums of many prices differ in their last digits.
_ROUNDING = 1e-9


class Purse:
    """What may be spent on answers, and what was; ``dollars`` is None where there is no limit."""

    def __init__(self, dollars: float | None = None) -> None:
        self.dollars = dollars
        self.spent = 0.0

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.dollars is not None and self.spent >= self.dollars - _ROUNDING

    def affordable(self, price: Price | None, requests: Sequence[Request]) -> Sequence[Request]:
        """The first of ``requests`` that surely can be paid for, all together; all where they cost nothing."""
        if self.dollars is None or price is None:
            return requests
        left = self.dollars - self.spent + _ROUNDING
        for place, request in enumerate(requests):
            left -= bound_of(price, request)
            if left < 0:
                return requests[:place]
        return requests

    def pay(self, price: Price | None, request: Request, answer: Answer) -> None:
        """Count one answer. One that does not say what it cost, as after a time-out, counts as what it may have."""
        if price is None:
            return
        if answer.outcome is Outcome.INSTRUMENT_FAULT or answer.tokens_in is None or answer.tokens_out is None:
            self.spent += bound_of(price, request)
        else:
            self.spent += dollars_of(price, [answer])


def in_portions(purse: Purse, price: Price | None, requests: Sequence[Request]) -> Iterator[Sequence[Request]]:
    """``requests`` in portions that can be paid for: most cost less than they may, so a next portion often can be."""
    while requests and (portion := purse.affordable(price, requests)):
        yield portion
        requests = requests[len(portion):]


def bound_of(price: Price, request: Request) -> float:
    """The most that a request can cost."""
    return most_dollars(price, 1, characters_in(request), most_tokens_out(request))


def dollars_of(price: Price, answers: Iterable[Answer]) -> float:
    """What the tokens of ``answers`` cost."""
    tokens = [(answer.tokens_in or 0, answer.tokens_out or 0) for answer in answers]
    tokens_in, tokens_out = sum(one for one, _ in tokens), sum(one for _, one in tokens)
    return (tokens_in * price.input_per_million + tokens_out * price.output_per_million) / 1e6
