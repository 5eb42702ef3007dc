"""Rows put through a task's templates as lm-evaluation-harness 0.4.13 does it (``ConfigurableTask.doc_to_*``).

A setting that equals a column's name takes the column's value as it is; any other text is a template. Where
``doc_to_choice`` is set, a rendered number becomes an integer; a rendered ``[...]`` becomes a list. Values that are
hooks are left out: they run only in a process of their own, never here.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from commons.errors import Where
from commons.lint.templates import (
    TemplateError,
    TooCostlyError,
    render,
    reset_steps,
    steps_taken,
    syntax_fault,
    unsafe_parts,
)
from commons.pool.harness_config import HarnessConfig
from commons.pool.items import DataRow
from commons.pool.yamlfile import FunctionRef, Key

FEWSHOT = "fewshot_config"
#: The steps that the rows of a task may take together, beyond so many for each row.
MAX_TOTAL_STEPS, STEPS_A_ROW = 5_000_000, 500
#: Text that a template adds to a row, from so many characters on, counts as a step for every tenth.
_BULK, _CHARACTERS_A_STEP = 100_000, 10
#: After so many rows that cost too much, a setting is not put to more.
MAX_COSTLY_ROWS = 3
_INHERITED = ("doc_to_text", "doc_to_choice", "doc_to_target", "gen_prefix")


@dataclass(frozen=True)
class Known:
    """A value that rendering gave; what a hook decides, or what did not render, is not known."""

    value: Any


@dataclass(frozen=True)
class RenderFault:
    """A setting that does not render for a row; ``unknown`` is the name that nothing defines, if that is why."""

    key: Key
    reason: str
    unknown: str | None = None
    too_costly: bool = False


@dataclass(frozen=True)
class RenderedRow:
    """One row as the harness would put it."""

    where: Where
    text: Known | None
    choices: Known | None
    target: Known | None
    faults: tuple[RenderFault, ...]


@dataclass(frozen=True)
class Templates:
    """The settings that are rendered with a row, each with its key in the configuration."""

    settings: Mapping[str, tuple[Key, Any]]
    columns: frozenset[str]
    numbers_become_integers: bool

    def value(self, name: str, document: Mapping[str, Any]) -> tuple[Known | None, RenderFault | None]:
        """What the setting ``name`` gives for one row."""
        key, setting = self.settings[name]
        if setting is None or isinstance(setting, FunctionRef):
            return None, None
        if isinstance(setting, dict):
            return Known(list(setting.values())), None
        if not isinstance(setting, str):
            return Known(setting), None
        if setting in self.columns:
            if setting in document:
                return Known(document[setting]), None
            return None, RenderFault(key, f"the example has no `{setting}`", setting)
        if syntax_fault(setting) or unsafe_parts(setting):
            return None, None
        try:
            return Known(self._converted(name, render(setting, document))), None
        except TemplateError as error:
            return None, RenderFault(key, error.reason, error.unknown, isinstance(error, TooCostlyError))

    def _converted(self, name: str, text: str) -> Any:
        if name == "doc_to_choice":
            return _literal(text, f"it gives {_short(text)}, which is not a list")
        if name in {"doc_to_text", "doc_to_target"} and self.numbers_become_integers and text.isdigit():
            return _literal(text, f"it gives {_short(text)}, which is no whole number to the harness")
        if name == "doc_to_target" and len(text) >= 2 and text[0] == "[" and text[-1] == "]":
            try:
                return ast.literal_eval(text)
            except (SyntaxError, ValueError):
                return text
            except (RecursionError, MemoryError) as error:
                raise TemplateError("it gives a list too deep to read") from error
        return text


def _literal(text: str, reason: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise TemplateError(reason) from error


def _short(text: str) -> str:
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"


def item_templates(config: HarnessConfig, columns: frozenset[str]) -> Templates:
    """What is rendered with an item."""
    names = ("doc_to_text", "doc_to_choice", "doc_to_target", "description", "gen_prefix")
    settings: dict[str, tuple[Key, Any]] = {name: ((name,), getattr(config, name)) for name in names}
    return Templates(settings, columns, config.doc_to_choice is not None)


def example_templates(config: HarnessConfig, columns: frozenset[str]) -> Templates:
    """What is rendered with a few-shot example: the settings of ``fewshot_config``, else those of the items."""
    templates = item_templates(config, columns)
    own = config.fewshot_config or {}
    settings = {
        name: ((FEWSHOT, name), own[name]) if own.get(name) is not None else templates.settings[name]
        for name in _INHERITED
    }
    return replace(templates, settings=settings)


def render_rows(templates: Templates, rows: Iterable[DataRow]) -> tuple[RenderedRow, ...]:
    """Put every row through the templates; one that costs too much for some rows is not put to the others."""
    costly: Counter[str] = Counter()
    refused: dict[str, RenderFault] = {}
    total: Counter[str] = Counter()
    rendered = []
    for row in rows:
        values: dict[str, tuple[Known | None, RenderFault | None]] = {}
        for name, (key, _) in templates.settings.items():
            if name in refused:
                values[name] = None, refused[name]
                continue
            values[name], taken = _measured(templates, name, row)
            total[name] += max(taken - STEPS_A_ROW, 0)
            fault = values[name][1]
            if total[name] > MAX_TOTAL_STEPS:
                reason = f"it takes more than {MAX_TOTAL_STEPS:,} steps or too much text for all rows"
                refused[name] = RenderFault(key, reason, too_costly=True)
            elif fault is not None and fault.too_costly:
                costly[name] += 1
                if costly[name] == MAX_COSTLY_ROWS:
                    refused[name] = fault
        rendered.append(_rendered(row, values))
    return tuple(rendered)


def _measured(
    templates: Templates, name: str, row: DataRow
) -> tuple[tuple[Known | None, RenderFault | None], int]:
    """What a setting gives for a row, and the steps that it took."""
    reset_steps()
    value = templates.value(name, row.values)
    text = value[0].value if value[0] else None
    return value, steps_taken() + (_added(text, row) // _CHARACTERS_A_STEP if isinstance(text, str) else 0)


def _added(text: str, row: DataRow) -> int:
    """How many characters of a long text the template has added to what stands in the row."""
    if len(text) < _BULK:
        return 0
    return max(len(text) - 2 * sum(len(str(value)) for value in row.values.values()), 0)


def _rendered(row: DataRow, values: Mapping[str, tuple[Known | None, RenderFault | None]]) -> RenderedRow:
    faults = tuple(fault for _, fault in values.values() if fault)
    text, choices, target = (values[name][0] for name in ("doc_to_text", "doc_to_choice", "doc_to_target"))
    return RenderedRow(row.where, text, choices, target, faults)
