"""Making the labels that the repository needs: an issue form leaves out a label that does not exist, without a word."""

from __future__ import annotations

from commons.github.event import Outside
from commons.github.execute import Hand
from commons.github.labels import all_labels
from commons.github.labels_issues import ISSUE_LABELS

#: GitHub cuts descriptions here.
MOST_DESCRIPTION = 100
_OF_PULLS, _OF_ISSUES = "c5def5", "fef2c0"


class _Label(Outside):
    name: str


def put_labels(hand: Hand) -> int:
    """Make those that are missing; how many. Those that are there keep the colour and words that people gave them.

    Raises:
        ApiFailed: GitHub gives no answer, or refuses one.
    """
    there = {one.name.casefold() for one in hand.api.every("/labels", _Label)}
    missing = {name: words for name, words in all_labels().items() if name.casefold() not in there}
    for name, words in missing.items():
        body: dict[str, object] = {"name": name, "description": words[:MOST_DESCRIPTION],
                                   "color": _OF_ISSUES if name in ISSUE_LABELS else _OF_PULLS}
        hand.api.write("POST", "/labels", body, f"make the label {name}", again=False)
    return len(missing)
