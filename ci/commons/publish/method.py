"""How the method pages are divided: topics in the order in which a reader meets them, each with its modules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from commons.publish.addresses import method_path
from commons.publish.source_docs import ModuleText, modules


@dataclass(frozen=True)
class Topic:
    """A page of methods. ``patterns`` are modules of ``stats``, or folders of it with a dot at the end."""

    slug: str
    title: str
    about: str
    patterns: tuple[str, ...]

    def holds(self, module: str) -> bool:
        """Whether a module of ``stats`` belongs here."""
        return any(module.startswith(one) if one.endswith(".") else module == one for one in self.patterns)


TOPICS = (
    Topic("scores", "One score and its interval",
          "From the rows of a cell to its headline, and how far the headline can be trusted.",
          ("summary", "aggregate", "intervals", "clustered", "exact", "bounds", "skewness", "macro")),
    Topic("differences", "Two models compared",
          "Differences are taken item by item, on the items that both models answered.",
          ("paired", "differences", "flips", "power", "adjusted")),
    Topic("places", "Places",
          "Which places a model may have on a task, from tests of all pairs of models.",
          ("ranks", "all_pairs", "step_down", "separating", "ties")),
    Topic("saturation", "Saturation",
          "How much room a task leaves, whether it still orders models, and the diagnosis that follows.",
          ("saturation.",)),
    Topic("items", "Items",
          "Which items tell models apart, which look wrong, and how reliable a task is.", ("items.",)),
    Topic("dimensions", "What is measured beside accuracy",
          "Calibration, groups, the worst case, cost.", ("dimensions.",)),
    Topic("prompts", "The wording of the prompt",
          "How far a score moves when the same question is put otherwise.", ("prompt", "format_pairs")),
    Topic("suites", "Several tasks together",
          "Means, counts and indices over tasks, each with its faults.", ("across.",)),
)
#: Modules of ``stats`` that no topic names are shown all the same.
REST = Topic("rest", "Other methods", "What belongs to no topic above.", ())
#: Numbers outside the statistics; ``patterns`` are rooms here, in the order in which a task goes through them.
POLICIES = (
    Topic("asked", "Thresholds: what is asked of a task",
          "Every number of lint and of the gates, with what it decides.", ("lint", "gates")),
    Topic("running", "Thresholds: running, judging and showing",
          "Every other number by which the program decides: what is run, how changes are judged, what is shown.",
          ("plan", "evaluate", "analyse", "github", "publish")),
)
_NUMBER = re.compile(r"^#:.*\n(?:#.*\n)*[A-Z][A-Z0-9_]*(?:: \w+)? = \d", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A topic with its modules."""

    topic: Topic
    modules: tuple[ModuleText, ...]

    @property
    def path(self) -> str:
        """Its page."""
        return method_path(self.topic.slug)

    @property
    def only_numbers(self) -> bool:
        """Whether its modules are shown by their numbers alone."""
        return self.topic in POLICIES


def chapters(program: Path) -> tuple[Chapter, ...]:
    """All topics that have a module. ``program`` is the folder of the program's rooms."""
    left = {one.short: one for one in modules(program, "stats")}
    found = []
    for topic in TOPICS:
        names = sorted((name for name in left if topic.holds(name)), key=lambda name: _order(topic, name))
        found.append(Chapter(topic, tuple(left.pop(name) for name in names)))
    found.append(Chapter(REST, tuple(left.values())))
    for topic in POLICIES:
        rooms = [one for room in topic.patterns for one in modules(program, room) if decides(one)]
        found.append(Chapter(topic, tuple(rooms)))
    return tuple(chapter for chapter in found if chapter.modules)


def decides(module: ModuleText) -> bool:
    """Whether a module has a number with a comment above it: such numbers are meant to be read."""
    return _NUMBER.search(module.text) is not None


def _order(topic: Topic, name: str) -> tuple[int, str]:
    return (topic.patterns.index(name) if name in topic.patterns else 0, name)
