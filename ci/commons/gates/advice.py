"""What to do about answers without skill that score too much: it depends on which answer it was."""

from __future__ import annotations

from collections import Counter

from commons.gates.material import Material
from commons.gates.words import percent

#: Where more golds than this are one word, no statement of chance makes it a task.
NEARLY_ALL = 0.9


def against_null(material: Material, name: str) -> str:
    """What to do where the probe ``name`` of the gate `null` scores too much."""
    if name == "empty":
        return ("Silence is paid. Look at the items named: give each a gold that is not empty, and let the grader give "
                "an empty answer nothing (and never divide by the length of the answer).")
    if name.startswith("random"):
        return ("Words drawn from the questions are paid. Let the grader compare the whole answer with the gold, and "
                "not look for one in the other." if material.writes else
                "Choices drawn at random are paid: look for items on which several choices are counted as right, and "
                "correct `headline.chance` in the card if it states less than guessing gives.")
    if name == "constant":
        return ("All choices were given the same likelihood, and the harness then takes the first: move the golds by "
                "shuffling each item's choices (`commons new` does it).")
    times = Counter(material.golds.values())
    word = max(sorted(times), key=lambda text: times[text], default="")
    if name == "constant_gold" or (word and name == f"constant_{word}"):
        share = times[word] / len(material.items)
        balance = f"`{word[:60]}` is the gold of {percent(share)} of the items: add items with other golds until the "
        balance += "labels are balanced"
        return f"{balance}." if share > NEARLY_ALL else (
            f"{balance}, or write `chance: {share:.2f}` under `headline` in the card, so that scores are read against "
            "it.")
    return ("One word, whatever the question, is paid: let the grader compare the whole answer with the gold and count "
            "any other as wrong; if the word is the gold of many items, balance the golds.")
