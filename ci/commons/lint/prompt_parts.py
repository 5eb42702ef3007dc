"""What the rules about prompts share: which columns a template shows, and the prompts as they are sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, TypeVar

from jinja2 import Environment, TemplateSyntaxError, nodes

from commons.errors import Where
from commons.lint.subject import TaskSubject
from commons.lint.templates import syntax_fault
from commons.pool.harness_config import HarnessConfig

#: What is put before the model, in the order in which it is read.
SHOWN = ("description", "doc_to_text", "gen_prefix")

_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701  (it parses and never renders)
_WORD = re.compile(r"\w+(?:[.,]\w+)*")


@dataclass(frozen=True)
class Prompt:
    """One item's prompt where it is text, with its choices and right answers where they are known and in order.

    ``choices`` is empty for tasks without; ``golds`` are texts.
    """

    where: Where
    text: str
    choices: tuple[str, ...]
    golds: tuple[str, ...]


Value = TypeVar("Value")


def kept(function: Callable[[TaskSubject], Value]) -> Callable[[TaskSubject], Value]:
    """Keep what ``function`` finds with the subject, as ``cached_property`` does, for the other rules that ask."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def once(subject: TaskSubject) -> Value:
        memo = vars(subject)
        if name not in memo:
            memo[name] = function(subject)
        value: Value = memo[name]
        return value

    return once


@lru_cache(maxsize=256)
def _tree(source: str) -> nodes.Template | None:
    if syntax_fault(source):
        return None
    try:
        return _ENVIRONMENT.parse(source)
    except (TemplateSyntaxError, RecursionError):
        return None


def names_in(setting: Any, columns: frozenset[str]) -> frozenset[str]:
    """The columns that a setting uses in any way: a column's name, or the names in a template."""
    if not isinstance(setting, str):
        return frozenset()
    if setting in columns:
        return frozenset({setting})
    tree = _tree(setting)
    if tree is None:
        return frozenset()
    return frozenset(one.name for one in tree.find_all(nodes.Name) if one.ctx == "load") & columns


def printed_in(setting: Any, columns: frozenset[str]) -> frozenset[str]:
    """The columns whose content a setting prints; not those it only tests, counts, or cuts out of another."""
    if not isinstance(setting, str):
        return frozenset()
    if setting in columns:
        return frozenset({setting})
    tree = _tree(setting)
    if tree is None:
        return frozenset()
    outputs = (part for output in tree.find_all(nodes.Output) for part in output.nodes)
    return frozenset(name for part in outputs for name in _printed(part)) & columns


def _printed(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name
    elif isinstance(node, nodes.Filter):
        if node.name not in {"length", "count", "wordcount", "first"} and node.node is not None:
            yield from _printed(node.node)
    elif isinstance(node, nodes.CondExpr):
        yield from _printed(node.expr1)
        if node.expr2 is not None:
            yield from _printed(node.expr2)
    elif isinstance(node, nodes.Call):
        # `text.replace(answer, "___")` takes the answer out; what stands before the dot is printed.
        yield from _printed(node.node)
    elif isinstance(node, nodes.Getattr):
        yield from _printed(node.node)
    elif isinstance(node, nodes.Getitem):
        # A constant place or a slice of a column shows a part of it, such as its first letter.
        if not isinstance(node.arg, (nodes.Const, nodes.Slice)):
            yield from _printed(node.node)
            yield from _printed(node.arg)
    elif isinstance(node, (nodes.Concat, nodes.List, nodes.Tuple)):
        for inner in node.iter_child_nodes():
            yield from _printed(inner)
    elif isinstance(node, nodes.BinExpr):
        yield from _printed(node.left)
        yield from _printed(node.right)


def filters_in(source: str) -> frozenset[str]:
    """The names of the filters, and of the methods that are called, in a template."""
    tree = _tree(source)
    if tree is None:
        return frozenset()
    called = (call.node for call in tree.find_all(nodes.Call))
    methods = {node.attr for node in called if isinstance(node, nodes.Getattr)}
    return frozenset(methods.union(one.name for one in tree.find_all(nodes.Filter)))


@lru_cache(maxsize=256)
def plain_parts(source: str) -> tuple[str, ...]:
    """The parts of a template that are printed as they stand."""
    tree = _tree(source)
    return tuple(part.data for part in tree.find_all(nodes.TemplateData)) if tree else ()


@kept
def gold_columns(subject: TaskSubject) -> frozenset[str]:
    """The columns that hold the right answer: those of ``doc_to_target`` that hold neither choices nor question."""
    config = subject.config
    if config is None:
        return frozenset()
    fields = subject.fields
    others = names_in(config.doc_to_choice, subject.columns)
    found = names_in(config.doc_to_target, subject.columns) | {fields.gold or ""}
    return frozenset(found & subject.columns) - others - {fields.question or "", fields.choices or ""}


@kept
def prompts(subject: TaskSubject) -> tuple[Prompt, ...]:
    """The prompts of the items whose prompt is text, each with its prefix of the answer, as it is sent."""
    config = subject.config
    if config is None or config.output_type == "loglikelihood_rolling":
        return ()
    prefix = config.gen_prefix or ""
    found = []
    for row in subject.rendered_items:
        if row.text is None or not isinstance(row.text.value, str):
            continue
        choices = _texts(row.choices.value) if row.choices else ()
        golds = _golds(row.target.value, choices) if row.target else ()
        found.append(Prompt(row.where, row.text.value + (prefix if "{" not in prefix else ""), choices, golds))
    return tuple(found)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else ()


def _golds(target: Any, choices: tuple[str, ...]) -> tuple[str, ...]:
    golds = []
    for one in target if isinstance(target, list) else [target]:
        if isinstance(one, int) and not isinstance(one, bool) and choices and 0 <= one < len(choices):
            golds.append(choices[one])
        elif isinstance(one, (str, int, float)) and not isinstance(one, bool):
            golds.append(str(one))
    return tuple(golds)


def takes_choices_as_prompts(config: HarnessConfig, subject: TaskSubject) -> bool:
    """Whether the prompt is the place of a choice (Winogrande): the choices are then put before the model."""
    first = next((row.text for row in subject.rendered_items if row.text is not None), None)
    return config.doc_to_choice is not None and first is not None and isinstance(first.value, int)


def words(text: str) -> str:
    """The words of a text, lower case, one space around each, so that ``in`` finds whole words alone."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


_FENCED = re.compile(r"```.*?```", re.DOTALL)
_PROGRAM = re.compile(
    r"\b(?:print|printf|println|puts|console\.log)\s?\(|^\s*(?:def|class) \w+\s?[(:]|^\s*import \w+\s*$"
)
_ASSIGNS = re.compile(r"\s*[\w.\[\]]{1,60}\s?[-+*/|]?=\s?\S")


def without_code(text: str) -> str:
    """A text without the lines that are a program, and without what stands between two fences."""
    lines = _FENCED.sub(" ", text).split("\n")
    if not any(_PROGRAM.search(line) for line in lines):
        return "\n".join(lines)
    return "\n".join(line for line in lines if not _PROGRAM.search(line) and not _ASSIGNS.match(line))
