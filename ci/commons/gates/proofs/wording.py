"""The gate on the words of the choices: they must not tell which one is right."""

from __future__ import annotations

from collections.abc import Iterator

from commons.gates.base import Judged, gate
from commons.gates.judging import judge_near_chance
from commons.gates.material import Material
from commons.gates.picking import label_rate
from commons.gates.policy import MARGIN, OWN_POLICY
from commons.gates.probes import Probe, choosing
from commons.gates.trial import Trial
from commons.gates.wording import FOLDS, by_wording

#: Fewer items teach a bag of words nothing.
FEWEST_ITEMS = 20


def wording_probes(material: Material) -> Iterator[Probe]:
    """The choice that sounds like the right choices of other items."""
    if material.chooses and len(material.items) >= FEWEST_ITEMS:
        yield Probe("wording", "the choice that is worded like right ones", choosing(material, by_wording(material)),
                    "near_chance", max(material.scale.chance, label_rate(material)))


@gate(name="wording", order=75, probes=wording_probes)
def wording(trial: Trial) -> Judged:
    """The words of the choices do not give the answer away.

    ## What it asks
    A bag of words learns from four fifths of the items which words stand in right choices and which in wrong ones, and
    chooses on the last fifth without the question; this goes round five times. The score is tested against chance plus
    the margin; where every item has the same choices (labels), against the share of the most frequent one.

    ## Why it matters
    "Always" and "never" stand in wrong choices, hedges in right ones. Balepur et al. (2024) show how far models come
    with the choices alone.

    ## When it does not apply
    Where the task is not answered by choosing, or has fewer than twenty items.

    ## How to mend a failure
    Use the same words in right and wrong choices; take the right choice of one item as a wrong choice of another.
    """
    reason = (f"A bag of words needs {FEWEST_ITEMS} items to learn from." if trial.material.chooses else
              "The task is not answered by choosing, so there are no choices to compare.")
    source = f"chance + {MARGIN.value:g}: {OWN_POLICY}, after Balepur et al. (2024), arXiv 2402.12483; {FOLDS} folds"
    return judge_near_chance(trial, ["wording"], source, "Choosing by the choices' words",
                             "Use the same words in right and in wrong choices.", reason)
