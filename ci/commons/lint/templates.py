"""Jinja templates of contributed tasks, looked at as syntax trees and rendered only in Jinja's sandbox.

The harness renders the same templates without a sandbox, where a template can reach any Python code. The tree is
checked so that a reviewer sees such a template at once. Trial runs happen in the machine's sandbox
(``harness.sandbox``); a template that this module names must still be read by a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateSyntaxError, UndefinedError, nodes

from commons.lint.template_limits import MAX_RENDERED, MAX_STEPS, CostError, LimitedSandbox

MAX_SOURCE = 20_000
REFUSED_NAMES = frozenset({"cycler", "joiner", "lipsum", "namespace"})

#: Where a filter takes the name of an attribute, a test or another filter: the place among its arguments.
_NAMING_FILTERS = {
    "map": (0,), "select": (0,), "reject": (0,), "selectattr": (0, 1), "rejectattr": (0, 1), "groupby": (0,),
    "sort": (2,), "unique": (1,), "min": (1,), "max": (1,), "sum": (0,), "join": (1,),
}  # fmt: skip
_COMPUTED = (nodes.Concat, nodes.Add, nodes.Mod, nodes.Mul, nodes.Filter, nodes.Call)
_UNDEFINED = re.compile(r"'(\w+)' is undefined")
_SAID = tuple((re.compile(pattern), words) for pattern, words in (
    (r"Range too big.*\((\d+)\)", r"`range(...)` in it counts further than \1; count no further than a row needs"),
    (r"(?:list|tuple) object has no element (-?\d+)",
     r"a list in it has no element \1, counted from 0; the list of this row is shorter"),
    (r"str object has no element (-?\d+)", r"a text in it has no character \1, counted from 0"),
    (r"'dict object' has no attribute '([^']*)'", r"a group of keys in it has no key `\1`"),
    (r"'(?:list|tuple) object' has no attribute '([^']*)'", r"a list in it has nothing called `\1`"),
    (r"'str object' has no attribute '([^']*)'", r"a text in it has nothing called `\1`"),
    (r"'(?:int|float) object' has no attribute '([^']*)'", r"a number in it has nothing called `\1`"),
    (r"'None' has no attribute '([^']*)'", r"null has nothing called `\1`"),
    (r"^(.{1,80}) is not in list$", r"it looks for \1 in a list that does not hold it"),
))


class TemplateError(Exception):
    """A template does not render; ``unknown`` is the name that it uses and nothing defines, if that is why."""

    def __init__(self, reason: str, unknown: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unknown = unknown


class TooCostlyError(TemplateError):
    """A template costs more than a rendering may: it is not rendered for other rows."""


_ENVIRONMENT = LimitedSandbox()


def is_template(text: str) -> bool:
    """Whether rendering could change ``text``."""
    return "{{" in text or "{%" in text or "{#" in text


@lru_cache(maxsize=256)
def syntax_fault(source: str) -> str | None:
    """Why ``source`` cannot be a template, or ``None`` where it can."""
    if len(source) > MAX_SOURCE:
        return f"it has {len(source):,} characters; the limit is {MAX_SOURCE:,}"
    try:
        _compiled(source)
    except TemplateSyntaxError as error:
        return f"{error.message} (line {error.lineno} of the template)"
    except (RecursionError, MemoryError, ValueError, SyntaxError, OverflowError) as error:
        return f"Jinja cannot read it ({type(error).__name__})"
    return None


@lru_cache(maxsize=256)
def unsafe_parts(source: str) -> tuple[str, ...]:
    """What the template names that no task needs and that can lead to Python code, as written; each once."""
    if syntax_fault(source):
        return ()
    return tuple(dict.fromkeys(_unsafe(_ENVIRONMENT.parse(source))))


def _unsafe(tree: nodes.Template) -> Iterator[str]:
    assigned = _computed_names(tree)
    for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Name, nodes.Filter, nodes.Const)):
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            yield f".{node.attr}"
        elif isinstance(node, nodes.Getitem) and _begins_with_underscore(node.arg):
            yield f"[{node.arg.value!r}]"  # type: ignore[attr-defined]
        elif isinstance(node, nodes.Getitem) and not _is_plain(node.arg, assigned):
            yield "[a computed name]"
        elif isinstance(node, nodes.Name) and node.ctx == "load" and node.name in REFUSED_NAMES:
            yield node.name
        elif isinstance(node, nodes.Filter) and node.name == "attr":
            yield "|attr"
        elif isinstance(node, nodes.Filter) and _names_something_computed(node):
            yield f"|{node.name} with a computed name"
        elif isinstance(node, nodes.Const) and isinstance(node.value, str) and "__" in node.value:
            yield repr(node.value)


def _computed_names(tree: nodes.Template) -> frozenset[str]:
    """The names that a template gives to values of its own; a loop over plain data gives none."""
    names: set[str] = set()
    for node in tree.find_all((nodes.Assign, nodes.AssignBlock, nodes.With, nodes.Macro, nodes.CallBlock, nodes.For)):
        if isinstance(node, nodes.For):
            ranged = isinstance(node.iter, nodes.Call) and isinstance(node.iter.node, nodes.Name)
            plain = (ranged and node.iter.node.name == "range") or not _has_computed(node.iter)  # type: ignore[attr-defined]
            targets: list[nodes.Node] = [] if plain else [node.target]
        elif isinstance(node, (nodes.Assign, nodes.AssignBlock)):
            targets = [node.target]
        else:
            targets = list(node.targets if isinstance(node, nodes.With) else node.args)  # type: ignore[attr-defined]
        for target in targets:
            names.update(one.name for one in (target, *target.find_all(nodes.Name)) if isinstance(one, nodes.Name))
    return frozenset(names)


def _has_computed(node: nodes.Node) -> bool:
    return isinstance(node, _COMPUTED) or next(node.find_all(_COMPUTED), None) is not None


def _is_plain(node: nodes.Node, assigned: frozenset[str]) -> bool:
    """Whether a subscript is a constant, a slice, a column, a loop's variable, or surely a number."""
    if isinstance(node, nodes.Name):
        return node.name not in assigned
    if isinstance(node, nodes.Getattr):
        return isinstance(node.node, nodes.Name) and node.node.name == "loop"
    if isinstance(node, nodes.Filter):
        return node.name in {"int", "length", "count"}
    return isinstance(node, (nodes.Const, nodes.Slice, nodes.Neg))


def _names_something_computed(node: nodes.Filter) -> bool:
    """Whether ``map`` and its kin are told by a computed value, or by ``attr``, what to look up."""
    if node.name not in _NAMING_FILTERS:
        return False
    named = [node.args[place] for place in _NAMING_FILTERS[node.name] if place < len(node.args)]
    named += [pair.value for pair in node.kwargs if pair.key == "attribute"]
    unknown = node.dyn_args is not None or node.dyn_kwargs is not None
    return unknown or any(not isinstance(one, nodes.Const) or one.value == "attr" for one in named)


def _begins_with_underscore(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str) and node.value.startswith("_")


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


def render(source: str, document: Mapping[str, Any]) -> str:
    """Render ``source`` with the columns of one row, in at most :data:`MAX_STEPS` steps of loops and calls.

    Raises:
        TooCostlyError: it takes more steps than that, or gives too large a text.
        TemplateError: it does not render, whatever the reason.
    """
    _ENVIRONMENT.meter.start()
    try:
        return "".join(_within_limit(_compiled(source).generate(dict(document))))
    except UndefinedError as error:
        unknown = _UNDEFINED.match(error.message or "")
        reason = _in_words(error.message or "a value is undefined")
        raise TemplateError(reason, unknown[1] if unknown else None) from error
    except CostError as error:
        raise TooCostlyError(str(error)) from error
    except TemplateError:
        raise
    except Exception as error:  # an expression in a template can raise anything that Python can
        raise TemplateError(_in_words(f"{error or type(error).__name__}")) from error


def _in_words(message: str) -> str:
    """What Jinja or Python says, for people who write templates and know neither from within."""
    for pattern, words in _SAID:
        if found := pattern.search(message):
            return found.expand(words)
    return message.rstrip(".")


def reset_steps() -> None:
    """Begin to count steps anew."""
    _ENVIRONMENT.meter.start()


def steps_taken() -> int:
    """The steps since counting began, as far as they were allowed."""
    return MAX_STEPS - max(_ENVIRONMENT.meter.left, 0)


def _within_limit(pieces: Iterator[str]) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_RENDERED:
            raise TooCostlyError(f"it gives more than {MAX_RENDERED:,} characters")
        yield piece
