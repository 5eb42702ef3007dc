"""Hook files as syntax trees: what they do when imported, what they reach for, and by which name they call it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commons.errors import Where
from commons.lint.prompt_parts import kept
from commons.lint.reading import attempt
from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import read_text


@dataclass(frozen=True)
class HookFile:
    """One Python file that the harness may import: its tree, and what its names stand for.

    ``names`` are the imported ones, in full; ``bound`` are those that it gives to values of its own.
    """

    path: Path
    tree: ast.Module
    names: dict[str, str]
    bound: frozenset[str]

    def where(self, node: ast.AST) -> Where:
        """The place of a node."""
        return Where(self.path, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)

    def dotted(self, node: ast.AST) -> str | None:
        """What an expression names in full (``np.random.choice`` is ``numpy.random.choice``), if it is a name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        return ".".join([self.names.get(node.id, node.id), *reversed(parts)])


@dataclass(frozen=True)
class Import:
    """A module that a file imports, and the statement."""

    module: str
    node: ast.AST


@kept
def hook_files(subject: TaskSubject) -> tuple[HookFile, ...]:
    """The Python files of the folder that are valid Python, but for the card's generator, which no grading runs."""
    return tuple(_hook_files(subject))


def _hook_files(subject: TaskSubject) -> Iterator[HookFile]:
    called = {reference.name.split(".")[0] for _, reference in subject.functions}
    generator = subject.card.generator if subject.card else None
    for path in subject.python_files:
        if generator and path == subject.folder / generator and path.stem not in called:
            continue
        text, _ = attempt(lambda path=path: read_text(path), path)  # type: ignore[misc]
        try:
            tree = ast.parse(text or "")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield HookFile(path, tree, _names(tree), _bound(tree))


def _names(tree: ast.Module) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                package = alias.name.split(".")[0]
                names[alias.asname or package] = alias.name if alias.asname else package
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _bound(tree: ast.Module) -> frozenset[str]:
    nodes = list(ast.walk(tree))
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(arguments | stored)


def imports(file: HookFile) -> Iterator[Import]:
    """Every module that the file imports, at its top or inside a function; those of its own folder are left out."""
    beside = _beside(file.path.parent)
    for node in ast.walk(file.tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
        for module in modules:
            if module.split(".")[0] not in beside:
                yield Import(module, node)


def _beside(folder: Path) -> frozenset[str]:
    """The modules that lie in a folder: Python files, and folders of them. None takes the place of Python's own."""
    files = {path.stem for path in folder.glob("*.py") if path.is_file()}
    packages = {path.parent.name for path in folder.glob("*/*.py") if path.is_file()}
    return frozenset((files | packages) - {"__init__", "__main__"} - sys.stdlib_module_names)


#: Calls that make a constant and do nothing else.
_MAKERS = frozenset({
    "frozenset", "set", "dict", "tuple", "list", "str", "int", "float", "bool", "len", "range", "sorted", "zip",
    "enumerate", "max", "min", "sum", "abs", "round", "reversed", "ord", "chr", "map", "filter", "slice", "bytes",
    "object", "super",
})  # fmt: skip
_MAKER_MODULES = frozenset({
    "re", "collections", "math", "cmath", "string", "fractions", "decimal", "typing", "dataclasses", "functools",
    "operator", "itertools", "enum", "textwrap", "unicodedata", "statistics", "types", "datetime", "copy", "numbers",
    "logging", "json", "sympy",
})  # fmt: skip
_MAKER_NAMES = frozenset({
    "random.Random", "numpy.array", "numpy.zeros", "numpy.ones", "numpy.arange", "numpy.random.default_rng",
    "str.maketrans", "dict.fromkeys", "ast.literal_eval", "json.JSONDecoder", "difflib.SequenceMatcher",
})
#: Methods of texts and collections that only give a new value.
_METHODS = frozenset({
    "split", "join", "lower", "upper", "casefold", "strip", "lstrip", "rstrip", "splitlines", "format", "replace",
    "keys", "values", "items", "union", "intersection", "difference", "copy", "title", "encode", "decode", "maketrans",
    "fromkeys", "get", "index", "count", "startswith", "endswith",
})  # fmt: skip
_ACTS = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def acts_when_imported(file: HookFile) -> Iterator[ast.stmt]:
    """The statements at the left margin (or in a class) that do more than define something."""
    yield from _acting(file, file.tree.body)


def _acting(file: HookFile, body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            given = (*node.bases, *(keyword.value for keyword in node.keywords))
            if not all(_is_inert(file, one) for one in given) or not _plainly_decorated(file, node):
                yield node
            yield from _acting(file, node.body)
        elif isinstance(node, ast.If) and _is_guard(node):
            continue
        elif isinstance(node, ast.Try) and not node.finalbody:
            yield from _acting(file, [*node.body, *node.orelse, *(one for part in node.handlers for one in part.body)])
        elif not _only_defines(file, node):
            yield node


def _is_guard(node: ast.If) -> bool:
    """``if __name__ == "__main__":`` and ``if TYPE_CHECKING:``, whose bodies do not run on import."""
    names = {one.id for one in ast.walk(node.test) if isinstance(one, ast.Name)}
    if isinstance(node.test, ast.Compare) and names == {"__name__"} and isinstance(node.test.ops[0], ast.Eq):
        return not node.orelse
    checked = node.test.attr if isinstance(node.test, ast.Attribute) else getattr(node.test, "id", None)
    return checked == "TYPE_CHECKING" and not node.orelse


def _only_defines(file: HookFile, node: ast.stmt) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = node.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
        notes = (*(one.annotation for one in every if one is not None), node.returns)
        given = [one for one in (*arguments.defaults, *arguments.kw_defaults, *notes) if one is not None]
        return all(_is_inert(file, one) for one in given) and _plainly_decorated(file, node)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        plain = all(isinstance(one, (ast.Name, ast.Tuple, ast.List, ast.Starred)) for one in targets)
        typed = isinstance(node, ast.AnnAssign) and not _is_inert(file, node.annotation)
        return plain and not typed and (node.value is None or _is_inert(file, node.value))
    return False


def _plainly_decorated(file: HookFile, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether the decorators are known ones, or functions of the file that only wrap; each is called on import."""
    return all(_is_inert(file, one) and _only_wraps(file, one) for one in node.decorator_list)


def _only_wraps(file: HookFile, decorator: ast.expr) -> bool:
    if isinstance(decorator, ast.Lambda):
        return False
    own = {node.name: node for node in file.tree.body if isinstance(node, ast.FunctionDef)}
    made = own.get(decorator.id) if isinstance(decorator, ast.Name) else None
    wraps = (ast.FunctionDef, ast.Return, ast.Nonlocal)
    return made is None or all(
        isinstance(one, wraps) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in made.body
    )


def _is_inert(file: HookFile, value: ast.expr) -> bool:
    """Whether computing ``value`` has no effect but the value."""
    for node in _evaluated(value):
        if isinstance(node, _ACTS):
            return False
        if isinstance(node, ast.Call) and not _makes_a_value(file, node):
            return False
    return True


def _evaluated(value: ast.AST, *, called: bool = False) -> Iterator[ast.AST]:
    """The nodes that are evaluated on import: not the body of a lambda, unless it is ``called`` or given to a call."""
    yield value
    for inner in ast.iter_child_nodes(value):
        if not isinstance(value, ast.Lambda) or isinstance(inner, ast.arguments) or called:
            yield from _evaluated(inner, called=called or isinstance(value, ast.Call))


def _own_makers(file: HookFile) -> set[str]:
    """The classes that the file defines, also by ``namedtuple``: calling one makes a value."""
    classes = {node.name for node in file.tree.body if isinstance(node, ast.ClassDef)}
    tuples = {"collections.namedtuple", "typing.NamedTuple", "enum.Enum"}
    assigned = [node for node in file.tree.body if isinstance(node, ast.Assign)]
    made = [node for node in assigned if isinstance(node.value, ast.Call) and file.dotted(node.value.func) in tuples]
    return classes | {
        target.id
        for node in made
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _makes_a_value(file: HookFile, call: ast.Call) -> bool:
    name = file.dotted(call.func)
    if name is not None and (name in _MAKERS or name in _MAKER_NAMES or name.split(".")[0] in _MAKER_MODULES):
        return True
    if name is not None and name in _own_makers(file):
        return True
    return isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS
