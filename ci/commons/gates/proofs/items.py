"""The gate on the items as the harness makes them: what lint sees in files, seen again behind hooks and templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from commons.gates.base import Evidence, Judged, Place, failed, gate, passed
from commons.gates.judging import MOST_PLACES
from commons.gates.material import Material
from commons.gates.trial import Trial
from commons.harness.rendering import ItemRendering
from commons.stats.power import best_case_difference

_MEND = "Look at the rows that are named, and at the hook or the template that makes items of them."


@gate(name="items", order=8)
def items(trial: Trial) -> Judged:
    """The rendered items are whole, different, and enough.

    ## What it asks
    The items are looked at as the harness sends them, behind every hook and template. No two may send the same and
    have the same choices; the choices of an item must be different and not empty; the prompts must not all be the same
    where the choices are. Where a hook leaves rows out, the items that remain must still be able to show the difference
    that the card claims.

    ## Why it matters
    Lint reads files. What `process_docs` or a template makes of them shows only here.

    ## When it does not apply
    Always applies.

    ## How to mend a failure
    Look at the rows that are named, and at the hook or the template that makes items of them.
    """
    material = trial.material
    several = material.rendering.items
    found = dict(_faults(material))
    if found:
        places = tuple(Place(item, material.where(item), what) for item, what in list(found.items())[:MOST_PLACES])
        what, count = Counter(found.values()).most_common(1)[0]
        said = f"{len(found)} items are not as they should be; {count} of them: {what}."
        return failed(said if len(found) > 1 else f"One item is not as it should be: {what}.", _MEND, places=places)
    if len(several) > 1 and len({_sent(material, item) for item in several}) == 1:
        return failed("Every item sends the same prompt and the same choices.", _MEND)
    rows, kept = len(material.rows), len(several)
    claimed = material.task.card.claims.smallest_difference
    if kept < rows and material.scale.kind == "share" and best_case_difference(kept) > claimed:
        return failed(
            f"Of {rows} rows {kept} become items, which show no difference below "
            f"{best_case_difference(kept):.0%}; the card claims {claimed:.0%}.", _MEND,
            Evidence("items", kept), Evidence("rows", rows),
        )
    left = f", of {rows} rows" if kept < rows else ""
    return passed(f"{kept} items{left}, whole and different from each other.")


def _faults(material: Material) -> Iterator[tuple[str, str]]:
    """The items with a fault, and what it is."""
    seen: dict[object, str] = {}
    for item in material.rendering.items:
        if item.id in material.known_broken:
            continue
        choices = item.choices or ()
        if any(not choice.strip() for choice in choices):
            yield item.id, "a choice is empty"
        elif len({choice.strip() for choice in choices}) < len(choices):
            yield item.id, "two choices are the same"
        elif (other := seen.setdefault(_sent(material, item), item.id)) != item.id:
            yield item.id, f"it sends the same as `{other}`"


def _sent(material: Material, item: ItemRendering) -> object:
    """What an item sends: its prompts and continuations, whatever the order of its choices."""
    requests = material.rendering.requests
    return frozenset((requests[index].prompt_text, requests[index].continuation) for index in item.plain)
