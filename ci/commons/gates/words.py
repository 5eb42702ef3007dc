"""Words and numbers as sentences of gates show them."""

from __future__ import annotations

from commons.gates.base import Judged, could_not_run, failed
from commons.gates.base import Place as _Place
from commons.gates.trial import Stopped


def number(value: float) -> str:
    """A number with up to four digits after the point."""
    shown = f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) < 1e6 else f"{value:.4g}"
    return "0" if shown == "-0" else shown


def percent(share: float) -> str:
    """A share as a percentage."""
    return f"{100 * share:.1f}".rstrip("0").rstrip(".") + " %"


def points(difference: float) -> str:
    """The difference of two shares, in percentage points."""
    return f"{percent(difference).removesuffix(' %')} points"


def amount(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def whole(sentence: str) -> str:
    """A sentence that somebody else wrote, with its full stop."""
    return sentence if not sentence or sentence[-1] in ".!?" else f"{sentence}."


def listed(words: list[str]) -> str:
    """Words joined with commas and a last ``and``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def broken_grading(stopped: Stopped | None, answer: str = "") -> Judged:
    """What a gate says where the grader stopped: its own failure if ``answer`` names what stopped it."""
    if stopped is None:
        return could_not_run("This was not reached.", "Mend what stands above first.")
    places = (_Place("", stopped.where),) if stopped.where else ()
    if answer:
        return failed(f"The grader stops on {answer}: {stopped.sentence}",
                      stopped.mend or "Let the grader give every answer a score.", places=places)
    return could_not_run(f"Grading stops even on the right answers: {stopped.sentence}", stopped.mend, places)
