"""The variants, as data: each registers itself once, beside its code. Its docstring is its documentation."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from commons.errors import CannotRun
from commons.pool.cell import CANONICAL
from commons.pool.task import Task

#: What a data row holds, and a change of one: the item's id and the row give the row as the variant puts it.
Row = Mapping[str, object]
RowChange = Callable[[str, Row], Row]

#: Drawn once, for every variant: changing it changes what every variant sends.
SEED = 20261123

_NAME = re.compile(r"[a-z]+(-[a-z0-9]+)+")


class Kind(str, Enum):
    """What a variant is made to show."""

    FORMAT = "format"
    ROBUSTNESS = "robustness"
    FAIRNESS = "fairness"


class CannotVary(CannotRun):
    """A variant of a task that cannot exist, with why in a sentence."""


@dataclass(frozen=True)
class Change:
    """What a varied task has that the task has not, and how that reads in words.

    ``settings`` are keys of the harness configuration; ``row`` changes the rows of the evaluated split, or with
    ``every_split`` of all of them.
    """

    words: str
    settings: Mapping[str, str] = field(default_factory=dict)
    row: RowChange | None = None
    every_split: bool = False


Make = Callable[[Task], Change]


@dataclass(frozen=True)
class Variant:
    """A registered variant. ``languages`` are those that it means anything in, None for all; ``page`` documents it."""

    name: str
    kind: Kind
    title: str
    page: str
    languages: tuple[str, ...] | None
    _make: Make = field(repr=False)

    def change(self, task: Task) -> Change:
        """What it changes in ``task``.

        Raises:
            CannotVary: it means nothing there, with the reason.
            BadFile: the task's rows cannot be read.
        """
        if self.languages is not None:
            spoken = {tag.split("-")[0] for tag in task.card.languages}
            if not spoken <= set(self.languages):
                raise CannotVary(f"It means something in {' and '.join(self.languages)} only, and the task is in "
                                 f"{', '.join(task.card.languages)}.")
        return self._make(task)

    def describe(self, task: Task) -> str:
        """What it changes in ``task``, in words; raises as :meth:`change`."""
        return self.change(task).words


class BadVariantError(Exception):
    """A variant cannot be registered; a mistake of its programmer."""


@dataclass
class Registry:
    """A set of variants with unique names, in the order in which they were registered."""

    _variants: dict[str, Variant] = field(default_factory=dict)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """All of them: formats first, in the order of their numbers."""
        kinds = list(Kind)
        return tuple(sorted(self._variants.values(), key=lambda one: (kinds.index(one.kind), one.name)))

    def variant(self, name: str, kind: Kind, languages: Iterable[str] | None = None) -> Callable[[Make], Make]:
        """Register the decorated function. The first line of its docstring is the title.

        Raises:
            BadVariantError: a name that is malformed, taken or not of its kind, or no docstring.
        """

        def register(make: Make) -> Make:
            if not _NAME.fullmatch(name) or not name.startswith(f"{kind.value}-") or name in self._variants:
                raise BadVariantError(f"The name {name!r} is taken, malformed, or does not begin with its kind.")
            title, _, page = (inspect.getdoc(make) or "").partition("\n")
            if not title.strip():
                raise BadVariantError(f"{name}: the docstring is missing.")
            known = None if languages is None else tuple(languages)
            self._variants[name] = Variant(name, kind, title.strip().rstrip("."), page.strip(), known, make)
            return make

        return register


REGISTRY = Registry()
variant = REGISTRY.variant


def all_variants() -> tuple[Variant, ...]:
    """Every variant of ``commons.variants.families``."""
    import commons.variants.families as package

    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return REGISTRY.variants


def chosen(names: Iterable[str]) -> tuple[Variant | None, ...]:
    """The variants of these names, each once; a kind's name stands for all of that kind, None for the canonical form.

    Raises:
        CannotRun: a name that is neither.
    """
    known = {one.name: one for one in all_variants()}
    found: dict[str, Variant | None] = {}
    for name in names:
        of_kind = {one.name: one for one in known.values() if one.kind.value == name}
        if name == CANONICAL:
            found[CANONICAL] = None
        elif name in known or of_kind:
            found |= of_kind or {name: known[name]}
        else:
            raise CannotRun(f"There is no variant {name!r}.", mend="See them all: commons run --variant list")
    return tuple(found.values())
