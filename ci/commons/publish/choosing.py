"""Which option of an item a task's headline takes for the model's choice, and by what number of each option."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.pool.card import Card

#: What a metric divides an option's log-likelihood by, and how that is said; all others take it as it is.
_PER = {"acc_norm": "character", "acc_bytes": "byte"}


@dataclass(frozen=True)
class Choosing:
    """What the headline takes for the choice. ``values`` are its numbers of the options, empty where it is the raw one.

    ``differs`` says that the option with the highest log-likelihood is another one.
    """

    chosen: int | None
    values: tuple[float, ...] = ()
    differs: bool = False


def per(card: Card) -> str:
    """What the headline divides an option's log-likelihood by: ``character``, ``byte``, or nothing (empty)."""
    return _PER.get(card.headline.metric, "")


def choosing(
    card: Card, chosen: int | None, loglikelihoods: Sequence[float] | None, choices: Sequence[str] | None
) -> Choosing:
    """The choice by the headline's rule; ``chosen`` is the option with the highest log-likelihood.

    Where the options' texts or numbers are not known, ``chosen`` is all that can be said.
    """
    of = per(card)
    if not of or chosen is None or not loglikelihoods or not choices or len(loglikelihoods) != len(choices):
        return Choosing(chosen)
    lengths = [len(text) if of == "character" else len(text.encode("utf-8", "surrogatepass")) for text in choices]
    if not all(lengths):
        return Choosing(chosen)
    values = tuple(value / length for value, length in zip(loglikelihoods, lengths, strict=True))
    best = values.index(max(values))
    return Choosing(best, values, best != chosen)
