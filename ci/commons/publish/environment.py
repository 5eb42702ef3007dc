"""The template environment: autoescape always on, nothing undefined, and every unseen character made visible.

``finalize`` runs :func:`~commons.publish.inert.visible` over every value that any template prints, so that no template
can forget it; escaping follows. The environment is a sandbox: the program renders the templates of the pool it is
pointed at, which may be a stranger's clone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from commons.pool.cell import Outcome
from commons.publish import addresses, numbers
from commons.publish.facts import Measurement
from commons.publish.frame import Frame
from commons.publish.inert import anchor, is_web_address, visible
from commons.publish.languages import language
from commons.publish.pages import Page
from commons.publish.places import range_words
from commons.publish.prose import runs
from commons.publish.states import OUTCOME_WORDS, STATE_WORDS, State, counted

#: Longest text shown of a prompt, and of anything shorter by nature (a choice, a gold answer, a fault).
PROMPT_CHARACTERS = 6000
TEXT_CHARACTERS = 1000
NAME_CHARACTERS = 120


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which decides by a value's type and an attribute's name: it is asked once for each such pair."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._decided: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may use the attribute."""
        key = type(obj), attr
        decided = self._decided.get(key)
        if decided is None:
            decided = self._decided[key] = super().is_safe_attribute(obj, attr, value)
        return decided


def make_environment(templates: Path) -> Environment:
    """The environment over a folder of templates."""
    environment = _Sandbox(
        loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, finalize=_finalize,
    )
    environment.filters.update(
        score=numbers.show,
        interval=_interval,
        quantity=numbers.quantity,
        sign=numbers.unit_sign,
        percent=numbers.percent,
        count=numbers.count,
        exact=numbers.exact,
        duration=numbers.duration,
        loglikelihood=numbers.loglikelihood,
        date=numbers.date,
        visible=visible,
        clip=clip,
        anchor=anchor,
        word=OUTCOME_WORDS.__getitem__,
        counted=counted,
        slug=lambda words: words.value.replace(" ", "_"),
        state_path=addresses.state_path,
        cell_path=addresses.cell_path,
        task_path=addresses.task_path,
        model_path=addresses.model_path,
        coverage_anchor=lambda state: addresses.coverage_anchor(state.task, state.model),
        row_anchor=addresses.row_anchor,
        items_path=addresses.items_path,
        suite_path=addresses.suite_path,
        domain_path=addresses.domain_path,
        language_path=addresses.language_path,
        pair_path=addresses.pair_path,
        language=language,
        runs=runs,
        place_words=lambda place: range_words(*place),
    )
    environment.tests["web_address"] = is_web_address
    environment.globals.update(
        PROMPT_CHARACTERS=PROMPT_CHARACTERS, TEXT_CHARACTERS=TEXT_CHARACTERS, NAME_CHARACTERS=NAME_CHARACTERS,
        STATE_WORDS=STATE_WORDS, State=State, Outcome=Outcome,
    )
    return environment


def render(environment: Environment, page: Page, frame: Frame) -> str:
    """The HTML of one page. All links are relative, so that the site works from any folder, or from a disk."""
    root = "../" * page.path.count("/")
    template = environment.get_template(page.template)
    return template.render(page=page, view=page.view(), place=frame.place, to=lambda path: root + path)


def clip(text: str, limit: int = NAME_CHARACTERS) -> str:
    """The beginning of ``text``, with a mark and its full length where it is longer than ``limit``."""
    return text if len(text) <= limit else f"{text[:limit]}… ({numbers.count(len(text))} characters)"


def _interval(metric: Measurement, unit: str) -> str:
    """The interval in words."""
    if metric.interval is None:
        return metric.method
    return f"{numbers.percent(metric.confidence)}% interval {numbers.show(metric, unit).interval}"


def _finalize(value: object) -> object:
    """Make unseen characters visible, but in markup, whose parts went through here already."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
