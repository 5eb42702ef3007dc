"""What the program says of itself: modules read as text, with their docstrings, public names and numbers.

Nothing is imported for it, so that a page of methods costs no more than reading files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from commons.publish.prose import Block, blocks

PROGRAM = Path(__file__).resolve().parents[1]

_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class Constant:
    """A public name in capitals at the top of a module, with its number as people write it."""

    name: str
    value: str


@dataclass(frozen=True)
class Numbers:
    """Constants that stand together, and the comment above them."""

    words: tuple[Block, ...]
    constants: tuple[Constant, ...]


@dataclass(frozen=True)
class Named:
    """A function, or a class with its methods."""

    name: str
    signature: str
    words: tuple[Block, ...]
    members: tuple[Named, ...] = ()


@dataclass(frozen=True)
class ModuleText:
    """One module. ``name`` is its place below ``commons``, as ``stats.items.irt``; ``text`` is its whole source."""

    name: str
    text: str

    @cached_property
    def _tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def short(self) -> str:
        """The name without its room."""
        return self.name.partition(".")[2]

    @property
    def words(self) -> tuple[Block, ...]:
        """What the module says of itself."""
        return _words(self._tree)

    @property
    def first_line(self) -> str:
        """The first line of what the module says of itself."""
        return (ast.get_docstring(self._tree) or "").split("\n", 1)[0]

    @property
    def named(self) -> tuple[Named, ...]:
        """The public functions and classes, in the order of the file."""
        return tuple(_named(self._tree.body))

    @property
    def numbers(self) -> tuple[Numbers, ...]:
        """The public numbers that a comment gives a meaning, with that comment."""
        return tuple(_numbers(self._tree.body, self.text))


def modules(program: Path, room: str) -> tuple[ModuleText, ...]:
    """The modules of a room, by name."""
    found = [ModuleText(".".join(path.relative_to(program).with_suffix("").parts), path.read_text(encoding="utf-8"))
             for path in sorted((program / room).rglob("*.py")) if path.name != "__init__.py"]
    return tuple(sorted(found, key=lambda one: one.name))


def _words(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[Block, ...]:
    return blocks(ast.get_docstring(node) or "")


def _named(body: Sequence[ast.stmt]) -> Iterator[Named]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            is_property = any(isinstance(one, ast.Name) and "property" in one.id for one in node.decorator_list)
            yield Named(node.name, "" if is_property else _signature(node), _words(node))
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield Named(node.name, "", _words(node), tuple(_named(node.body)))


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The call with its parameters and their defaults, without types."""
    given = node.args
    bare = ast.arguments(
        posonlyargs=[ast.arg(one.arg) for one in given.posonlyargs], args=[ast.arg(one.arg) for one in given.args],
        vararg=given.vararg and ast.arg(given.vararg.arg), kwonlyargs=[ast.arg(one.arg) for one in given.kwonlyargs],
        kw_defaults=given.kw_defaults, kwarg=given.kwarg and ast.arg(given.kwarg.arg), defaults=given.defaults,
    )
    return f"{node.name}({ast.unparse(bare)})"


def _numbers(body: Sequence[ast.stmt], text: str) -> Iterator[Numbers]:
    """Constants with nothing between them share the comment above the first; those without one mean nothing here."""
    lines = text.split("\n")
    comment, group, last = "", list[Constant](), -1
    for node in body:
        name = _name(node)
        if name is None:
            continue
        above = _comment(lines, node.lineno - 1)
        if group and (above or node.lineno != last + 1):
            if comment:
                yield Numbers(blocks(comment), tuple(group))
            group = []
        if not group:
            comment = above
        last = node.end_lineno or node.lineno
        # A seed is a name that happens to be a number.
        group.append(Constant(name, _value(node).replace(",", "") if "SEED" in name else _value(node)))
    if group and comment:
        yield Numbers(blocks(comment), tuple(group))


def _name(node: ast.stmt) -> str | None:
    """The public name that a statement at the top of a module gives to a number; None where it is anything else."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        name = node.target.id
    else:
        return None
    return name if _CONSTANT.fullmatch(name) and _is_number(node.value) else None


def _is_number(node: ast.expr | None) -> bool:
    """Whether a value is a number, several of them, or one reckoned from numbers alone."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if isinstance(node, ast.Tuple):
        return bool(node.elts) and all(map(_is_number, node.elts))
    if isinstance(node, ast.BinOp):
        return _is_number(node.left) and _is_number(node.right)
    return isinstance(node, ast.UnaryOp) and _is_number(node.operand)


def _comment(lines: Sequence[str], index: int) -> str:
    """The comment that stands above a line, where it begins with ``#:``."""
    found: list[str] = []
    while index > 0 and lines[index - 1].startswith("#"):
        index -= 1
        found.insert(0, lines[index])
    starts = next((place for place, line in enumerate(found) if line.startswith("#:")), None)
    if starts is None:
        return ""
    return " ".join(line.lstrip("#:").strip() for line in found[starts:])


def _value(node: ast.stmt) -> str:
    """The number as people write it: thousands parted by commas, and a power of ten with its exponent."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return _written(value) if value is not None else ""


def _written(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return f"{node.value:,}" if isinstance(node.value, int) else f"{node.value:.12g}"
    if isinstance(node, ast.Tuple):
        return ", ".join(map(_written, node.elts))
    source = ast.unparse(node)
    return source.replace("**", "^").replace("*", "\N{MULTIPLICATION SIGN}")
