"""What the comment says of the low-risk lane, where an owner changes an existing task."""

from __future__ import annotations

from commons.github.judgement import Judgement, takes_lane
from commons.github.policy import lane_is_open
from commons.github.situation import Situation
from commons.github.words import amount, code


def lane(situation: Situation, judgement: Judgement, limit: int) -> list[str]:  # noqa: ARG001
    """One line where it merges itself or could; else the conditions that do not hold, folded away."""
    decided = situation.lane
    if decided is None:
        return []
    title = ["### Low-risk lane", ""]
    if takes_lane(situation):
        return [*title, f"It **merges itself**: every condition holds. The label {code('hold')} stops it."]
    if {one.name for one in decided.failing} == {lane_is_open.__name__}:
        return [*title, ("Every condition holds that a pull request can meet. It does not merge itself, because the "
                         "maintainers have not opened the lane, or there is no bot: a maintainer merges it.")]
    return [*title, "It does not merge itself, so a person looks at it. That is no fault.", "", "<details>",
            f"<summary>{amount(len(decided.failing), 'condition')} not met</summary>", "",
            *(f"- {code(one.name)}, which asks: {one.words}" for one in decided.failing), "", "</details>"]
