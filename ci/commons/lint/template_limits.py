"""Jinja's sandbox with a bound on what one rendering may cost: steps of loops and calls, and the length of a text.

Jinja limits ``range`` alone. Loops within loops, macros that call themselves twice, a filter that pads a text to a
billion characters or a pattern that backtracks would keep a machine busy for years, and the time limit around a whole
folder cannot say which template it was. Here each of them is refused before it is computed, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sized
from functools import wraps
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from commons.lint.pattern_cost import refused_pattern

MAX_RENDERED = 5_000_000
MAX_POWER = 1_000
#: A prompt made of so many parts has several hundred pages.
MAX_STEPS = 50_000
#: No text of a prompt is padded, indented or cut into more than so many.
MAX_WIDTH = 10_000
MAX_BITS = 20_000

#: Looking at so many characters counts as one step.
_CHARACTERS_A_STEP = 1_000
#: No template can write a filter's name with a space, so these belong to this module.
_COUNTED, _SIZED = "commons counted", "commons sized"
#: Filters and methods whose whole numbers are widths or places.
_PADDING = frozenset({
    "center", "ljust", "rjust", "zfill", "expandtabs", "to_bytes", "indent", "wordwrap", "slice", "batch", "tojson",
    "round",
})  # fmt: skip
#: Fields of the two kinds of format strings that pad to a great width, or to one that a value gives.
_WIDE = {
    "%": re.compile(r"%(?:\(\w{0,40}\))?[-+ #0]{0,5}[0-9.]{0,10}(?:[0-9]{5}|\*)"),
    "{": re.compile(r"\{[^{}]{0,40}(?::[^{}]{0,20}[0-9]{5}|\{)"),
}


class CostError(SecurityError):
    """A rendering would cost more than it may."""


class Meter:
    """The steps that one rendering has left."""

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def start(self, allowed: int = MAX_STEPS) -> None:
        """Begin a new rendering."""
        self.left = allowed

    def step(self, count: int = 1) -> None:
        """Take so many steps.

        Raises:
            CostError: there are not so many left.
        """
        self.left -= count
        if self.left < 0:
            raise CostError(f"it takes more than {MAX_STEPS:,} steps")


class LimitedSandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which loops, calls, filters and operators are counted and large results are refused."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self) -> None:
        super().__init__(loader=BaseLoader(), undefined=StrictUndefined, keep_trailing_newline=True)
        self.meter = Meter()
        self.filters = {name: self._limited(name, one) for name, one in self.filters.items()}
        self.filters["regex_replace"] = self._limited("regex_replace", _regex_replace)
        # Whatever is drawn differs from run to run: the first will do here, and P013 speaks of it.
        self.filters["random"] = _first
        self.filters[_COUNTED] = self._counted
        self.filters[_SIZED] = _sized

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """Compile the tree with every loop counted and every joined text measured."""
        counted = _Counting().visit(source)
        counted.set_environment(self)
        return super()._generate(counted, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute what an operator gives, unless it is too large."""
        self.meter.step()
        if operator == "**":
            too_large = any(isinstance(one, (int, float)) and abs(one) > MAX_POWER for one in (left, right))
        elif operator == "*":
            too_large = max(_length(left) * _times(right), _length(right) * _times(left)) > MAX_RENDERED
            too_large |= _bits(left) + _bits(right) > MAX_BITS
        elif operator == "+":
            too_large = _length(left) + _length(right) > MAX_RENDERED
        else:
            too_large = isinstance(left, str) and _grows("%", left, right if isinstance(right, tuple) else (right,))
        if too_large:
            raise CostError(f"it computes something too large with `{operator}`")
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call a macro or a method, counted; one that would give too large a text is refused."""
        # The names are Jinja's: a keyword argument of the template may be called `self` or `obj`.
        method = getattr(__obj, "__wrapped__", __obj)
        owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
        __self.meter.step(1 + sum(_steps(one) for one in (owner, *args)))
        if isinstance(owner, (str, bytes, int)):
            name = f"str.{name}" if name in {"format", "format_map"} else str(name)
            _refuse_growth(name, owner, (*args, *kwargs.values()))
        return super().call(__context, __obj, *args, **kwargs)

    def _limited(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter of Jinja's that is counted, and refused where it would give too large a text."""
        skipped = 1 if getattr(function, "jinja_pass_arg", None) else 0

        @wraps(function)
        def limited(*args: Any, **kwargs: Any) -> Any:
            given = args[skipped:]
            self.meter.step(1 + sum(_steps(one) for one in given))
            value, others = (given[0], (*given[1:], *kwargs.values())) if given else (None, ())
            if name == "join" and not isinstance(value, (str, Sized)) and isinstance(value, Iterable):
                value = [*self._counted(value)]
                args = (*args[:skipped], value, *given[1:])
            _refuse_growth(name, value, others)
            return function(*args, **kwargs)

        return limited

    def _counted(self, several: Any) -> Any:
        """What a loop goes through, counted: at once where its length is known."""
        if isinstance(several, Sized):
            self.meter.step(len(several))
            return several
        return self._one_by_one(several)

    def _one_by_one(self, several: Iterable[Any]) -> Iterator[Any]:
        for one in several:
            self.meter.step()
            yield one


class _Counting(NodeTransformer):
    """Puts a filter of this module around what loops go through, and around texts that are joined."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802  (the visitor's name for it)
        """A loop over the same, counted."""
        self.generic_visit(node)
        node.iter = _filtered(node.iter, _COUNTED)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802
        """The same text, measured."""
        self.generic_visit(node)
        return _filtered(node, _SIZED)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _sized(text: Any) -> Any:
    if _length(text) > MAX_RENDERED:
        raise CostError(f"it joins texts to more than {MAX_RENDERED:,} characters")
    return text


def _first(several: Any) -> Any:
    return next(iter(several), "")


def _regex_replace(text: str, pattern: str, replacement: str, count: int = 0) -> str:
    """The one filter that the harness adds to Jinja's own."""
    if reason := refused_pattern(pattern, len(text)):
        raise CostError(f"the pattern `{pattern[:60]}` of `regex_replace` {reason}")
    if len(replacement) * (len(text) + 1) > MAX_RENDERED * 10:
        raise CostError("`regex_replace` gives too large a text")
    return re.sub(pattern, replacement, text, count=count)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes, list, tuple)) else 0


def _times(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _steps(value: Any) -> int:
    """The steps of going through a value once."""
    if isinstance(value, (str, bytes)):
        return len(value) // _CHARACTERS_A_STEP
    return len(value) if isinstance(value, (list, tuple, dict, range)) else 0


def _refuse_growth(name: str, value: Any, others: tuple[Any, ...]) -> None:
    """Refuse a filter or a method that would give far more than it is given."""
    length = _length(value)
    longest = max(map(_length, others), default=0)
    if name in _PADDING:
        too_large = any(_times(one) > MAX_WIDTH or _times(one) < -MAX_WIDTH for one in others)
        too_large |= longest * max(length, 1) > MAX_RENDERED or (name == "expandtabs" and _tabs(value, others))
    elif name in {"replace", "translate"}:
        too_large = _replaced(name, value, others)
    elif name == "join":
        parts, between = (others[0] if others else (), value) if isinstance(value, str) else (value, longest)
        width = len(between) if isinstance(between, str) else between
        listed = parts if isinstance(parts, (list, tuple)) else ()
        too_large = width * len(listed) + sum(map(_length, listed)) > MAX_RENDERED
    elif name.endswith(("format", "format_map")) and isinstance(value, str):
        too_large = _grows("{" if name.startswith("str.") else "%", value, others)
    else:
        return
    if too_large:
        raise CostError(f"it gives too large a text with `{name}`")


def _tabs(value: Any, others: tuple[Any, ...]) -> bool:
    width = max(map(_times, others), default=8)
    return isinstance(value, (str, bytes)) and len(value) * width > MAX_RENDERED


def _replaced(name: str, value: Any, others: tuple[Any, ...]) -> bool:
    if name == "translate":
        table = others[0] if others else {}
        longest = max(map(_length, table.values()), default=0) if isinstance(table, dict) else 0
        return _length(value) * longest > MAX_RENDERED
    if not isinstance(value, str) or len(others) < 2 or not isinstance(others[0], str):
        return False
    return value.count(others[0]) * _length(others[1]) > MAX_RENDERED


def _grows(sign: str, template: str, values: tuple[Any, ...]) -> bool:
    """Whether a format string, with fields that begin with ``sign``, gives far more than it is given."""
    inner = values[0].values() if len(values) == 1 and isinstance(values[0], dict) else values
    longest = max(map(_length, inner), default=0)
    bare = template.replace(sign * 2, "")
    return bare.count(sign) * longest > MAX_RENDERED or _WIDE[sign].search(bare) is not None
