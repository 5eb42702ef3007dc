"""The dimensions, as data: each registers itself once, beside its code; its docstring is its page."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from commons.analyse.dimensions.findings import Finding
from commons.analyse.dimensions.subject import Subject

HEADINGS = (
    "What it is", "How it is computed", "Source", "How it differs from HELM's number", "What it cannot say",
)

Measure = Callable[[Subject], Iterator[Finding]]

_NAME = re.compile(r"[a-z]+(-[a-z]+)*")


class BadDimensionError(Exception):
    """A dimension cannot be registered; a mistake of its programmer."""


@dataclass(frozen=True)
class Dimension:
    """A registered dimension. ``place`` orders them for readers; ``page`` is its documentation without the title."""

    name: str
    place: int
    title: str
    page: str
    measure: Measure = field(repr=False)


@dataclass
class Registry:
    """A set of dimensions with unique names and places."""

    _dimensions: dict[str, Dimension] = field(default_factory=dict)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions in their order."""
        return tuple(sorted(self._dimensions.values(), key=lambda one: one.place))

    def dimension(self, name: str, place: int) -> Callable[[Measure], Measure]:
        """Register the decorated generator.

        Raises:
            BadDimensionError: a malformed or repeated name or place, or a docstring without one of :data:`HEADINGS`.
        """

        def register(measure: Measure) -> Measure:
            taken = {one.place for one in self._dimensions.values()}
            if not _NAME.fullmatch(name) or name in self._dimensions or place in taken:
                raise BadDimensionError(f"The name {name!r} or the place {place} is taken, or the name is malformed.")
            title, _, page = (inspect.getdoc(measure) or "").partition("\n")
            sections = re.split(r"^## +(.+?) *$", page, flags=re.MULTILINE)
            held = {heading for heading, text in zip(sections[1::2], sections[2::2], strict=True) if text.strip()}
            missing = [heading for heading in HEADINGS if heading not in held]
            if missing or not title.strip():
                raise BadDimensionError(f"{name}: the docstring lacks {missing[0] if missing else 'a title'}.")
            self._dimensions[name] = Dimension(name, place, title.strip(), page.strip(), measure)
            return measure

        return register


REGISTRY = Registry()
dimension = REGISTRY.dimension


def all_dimensions() -> tuple[Dimension, ...]:
    """Every dimension of ``commons.analyse.dimensions.kinds``, in order."""
    import commons.analyse.dimensions.kinds as package

    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return REGISTRY.dimensions
