"""The live comment in Markdown: put together from its parts, and cut by whole lines until it fits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from commons.github.comment_change import changed
from commons.github.comment_gates import gates, plan, worth
from commons.github.comment_head import checklist, commands, findings, first_line, greeting, next_step, to_mend
from commons.github.comment_lane import lane
from commons.github.judgement import Judgement
from commons.github.marker import live_end
from commons.github.situation import Situation

#: GitHub refuses more than 65,536; counted as it counts, wide signs twice.
MAX_CHARACTERS = 65_000
#: How many lines a list may have: the first that makes the comment fit.
_LIMITS = (40, 20, 10, 5, 2, 1)

Section = Callable[[Situation, Judgement, int], list[str]]
_SECTIONS: tuple[Section, ...] = (checklist, to_mend, findings, changed, gates, plan, worth, lane, next_step,
                                commands)


def body(situation: Situation, judgement: Judgement) -> str:
    """The comment: verdict, greeting, then each part that has something to say; our marker last."""
    head = [first_line(judgement, situation), *greeting(situation)]
    end = live_end(situation.vouched, situation.pull.head_sha)
    for limit in _LIMITS:
        text = _joined(head, [one(situation, judgement, limit) for one in _SECTIONS], end)
        if length(text) <= MAX_CHARACTERS:
            return text
    short = ["The rest of this comment would be too long to show: run the commands below to see it."]
    return _joined(head, [short, next_step(situation, judgement, 1), commands(situation, judgement, 1)], end)


def length(text: str) -> int:
    """The length as JavaScript and GitHub's database count it."""
    return len(text.encode("utf-16-le")) // 2


def _joined(head: list[str], sections: list[list[str]], end: str) -> str:
    blocks = [*head, *("\n".join(lines) for lines in sections if lines), end]
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join(line for before, line in pairwise(["", *lines]) if line or before) + "\n"
