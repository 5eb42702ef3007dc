"""What the formats for people share: one line for a number, for a place, for each thing that an author learns."""

from __future__ import annotations

from collections.abc import Iterator

from commons.gates.base import Evidence, Place
from commons.gates.policy import ALPHA
from commons.gates.words import amount, number, percent, points
from commons.gates.worth import ModelCost, Worth


def evidence_line(one: Evidence) -> str:
    """One number with its interval, sample, limit and test."""
    parts = [f"{one.label}: {'no number' if one.number is None else number(one.number)}"]
    if one.interval is not None:
        parts.append(f"95% interval {number(one.interval[0])} to {number(one.interval[1])}")
    if one.n is not None:
        parts.append(f"n = {one.n}")
    if one.threshold is not None:
        parts.append(f"limit {number(one.threshold)}")
    if one.p is not None:
        parts.append(f"p = {one.p:.2g} after Holm, alarm at {ALPHA.value:g}")
    if one.threshold_source:
        parts.append(one.threshold_source)
    if one.note:
        parts.append(one.note)
    return "; ".join(parts)


def place_line(place: Place) -> str:
    """One item with its line."""
    item = f" item {place.item}" if place.item else ""
    note = f": {place.note}" if place.note else ""
    return f"{place.where}{item}{note}"


def worth_lines(worth: Worth) -> Iterator[tuple[str, str]]:
    """What the author learns, each as a name and a sentence."""
    difficulty, artefact, power = worth.difficulty, worth.artefact, worth.power
    if difficulty is None:
        yield "difficulty", "not known yet: no model has been measured on this version of the task"
    else:
        spread = f", from {number(difficulty.lowest)} to {number(difficulty.highest)}" if difficulty.models > 1 else ""
        yield "difficulty", f"mean {number(difficulty.mean)} over {amount(difficulty.models, 'model')}{spread}"
    if artefact is not None:
        above = "above" if artefact.excess >= 0 else "below"
        yield "artefacts", f"{artefact.probe} comes to {percent(abs(artefact.excess))} {above} chance, the most of all"
    if power is not None:
        yield "can show", (
            f"{_smallest(power.independent)} between two models that err independently, never less than "
            f"{points(power.best_case)} (power .8, alpha .05, n = {power.n}); the card claims {points(power.claimed)}"
        )
    if worth.overlaps is not None:
        shared = [f"{one.task} ({percent(one.share)} of the items)" for one in worth.overlaps]
        yield "overlap", "with " + ", ".join(shared) if shared else "none with the other tasks of the pool"
    able = [one for one in worth.costs if not one.why_not]
    if worth.costs:
        priced = any(one.dollars is not None for one in able)
        price = f"{dollars(worth.dollars)} at most for those with a price" if priced else "no model with a price"
        yield "one full run", (
            f"{worth.requests:,} requests and about {worth.tokens:,} tokens over {len(able)} of "
            f"{amount(len(worth.costs), 'model')} of models.yaml; {price}"
        )


def _smallest(difference: float) -> str:
    if difference >= 1:
        return "no difference smaller than the whole scale"
    return f"a difference of {points(difference)}"


def cost_line(one: ModelCost) -> str:
    """What one model is sent, or why it is not."""
    if one.why_not:
        return f"{one.model}: not applicable, {one.why_not}"
    price = "compute only" if one.dollars is None else dollars(one.dollars)
    tokens = f"about {one.tokens_in:,} tokens in and up to {one.tokens_out:,} out"
    return f"{one.model}: {one.requests:,} requests, {tokens}, {price}"


def dollars(amount_usd: float) -> str:
    """A price in US dollars; less than a cent is shown as one."""
    if 0 < amount_usd < 0.01:
        return "US$ 0.01"
    return f"US$ {amount_usd:.2f}"
