"""Right answers in the words that a task's filters look for; a process tries them that a hostile pattern may hang."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commons.gates.golds import gold_texts
from commons.gates.material import Frame
from commons.harness.rendering import ItemRendering, TaskRendering
from commons.lint.isolation import Stopped, each
from commons.lint.worked_answer import CannotTellError, Grader, worked_answer
from commons.pool.card import Card
from commons.pool.harness_config import HarnessConfig

#: How long the patterns of one task may be tried on all its golds.
SECONDS = 5.0


@dataclass(frozen=True)
class _Work:
    golds: tuple[str, ...]
    grader: Grader


def plain_frame(_: ItemRendering, text: str) -> str:
    """The text as it is, where no filter wants more."""
    return text


def frame_of(config: HarnessConfig, card: Card, rendering: TaskRendering) -> Frame:
    """How right answers are put so that the headline's filters find them; as they are, where nobody can tell."""
    chain = next((one for one in config.filter_list or () if one.name == card.headline.filter), None)
    if rendering.output_type != "generate_until" or chain is None:
        return plain_frame
    metric = next((one for one in config.metric_list or () if one.metric == card.headline.metric), None)
    until = (rendering.generation or {}).get("until")
    stops = [one for one in (until if isinstance(until, list) else [until]) if isinstance(one, str)]
    golds = dict.fromkeys(text for item in rendering.items for text in gold_texts(item)[:1])
    work = _Work(tuple(golds), Grader.of(chain, metric, stops))
    worked = next((found for _, found in each([work], _worked, lambda _: SECONDS, workers=1)), Stopped(""))
    return plain_frame if isinstance(worked, Stopped) else framed(worked)


def framed(worked: Mapping[str, str]) -> Frame:
    """The frame that gives a gold its worked form, and any other text the words around its item's own gold."""

    def frame(item: ItemRendering, text: str) -> str:
        if text in worked:
            return worked[text]
        gold = next(iter(gold_texts(item)), "")
        # The gold stands last: a short one ("a") may also stand in the words before it.
        before, found, after = worked.get(gold, "").rpartition(gold) if gold else ("", "", "")
        return before + text + after if found else text

    return frame


def _worked(work: _Work) -> dict[str, str]:
    return {gold: answer for gold in work.golds if (answer := _try(gold, work.grader)) is not None}


def _try(gold: str, grader: Grader) -> str | None:
    try:
        return worked_answer(gold, grader)
    except CannotTellError:
        return None
