"""The gate before all others: the harness takes the task."""

from __future__ import annotations

from commons.gates.base import Judged, gate, passed
from commons.gates.trial import Trial
from commons.gates.words import amount

LOADS = "loads"


@gate(name=LOADS, order=0)
def loads(trial: Trial) -> Judged:
    """The harness loads the task and renders every item.

    ## What it asks
    lm-evaluation-harness loads the folder in the sandbox and builds the requests of every item, as text and as chat.

    ## Why it matters
    What cannot be loaded cannot be measured, and what is loaded in two ways cannot be compared.

    ## When it does not apply
    Always applies.

    ## How to mend a failure
    Run `commons lint` first. The sentence names the file and the line of the task's own code, where that is at fault.
    """
    rendering, drawn = trial.material.rendering, trial.material.items
    part = "" if len(drawn) == len(rendering.items) else f"; {len(drawn)} of them, drawn by the seed, are tried"
    return passed(f"The harness renders {amount(len(rendering.items), 'item')}{part}.")
