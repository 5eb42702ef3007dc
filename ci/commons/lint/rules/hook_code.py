"""S005 to S008: what the task's own Python does. It is read as a tree and never imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from commons.lint.hook_code import HookFile, acts_when_imported, hook_files, imports
from commons.lint.hook_needs import is_missing
from commons.lint.hook_reach import imported_reach, is_machine, reach
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

#: What grading needs: text, numbers, data.
_USUAL = frozenset({
    "__future__", "abc", "array", "ast", "base64", "binascii", "bisect", "calendar", "cmath", "collections", "copy",
    "csv", "dataclasses", "datasets", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "hashlib",
    "heapq", "html", "io", "itertools", "json", "keyword", "lm_eval", "logging", "math", "numbers", "numpy", "operator",
    "pprint", "random", "re", "regex", "sacrebleu", "scipy", "secrets", "sklearn", "statistics", "string", "struct",
    "sympy", "textwrap", "time", "types", "typing", "typing_extensions", "unicodedata", "uuid", "warnings", "zoneinfo",
    "contextlib", "zlib", "colorsys", "graphlib", "tokenize",
})  # fmt: skip
#: What reads files; `open` itself is no import.
_FILES = frozenset({"pathlib", "glob", "fileinput", "linecache", "codecs"})
_READS = frozenset({"open", "io.open", "numpy.loadtxt", "numpy.genfromtxt"})
_RUNS_TEXT = frozenset({"sympy.sympify", "sympy.parse_expr", "sympy.parsing.sympy_parser.parse_expr", "sympy.S"})

_CLOCKS = frozenset({
    "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow", "datetime.date.today",
    "uuid.uuid1", "uuid.uuid4", "os.urandom", "os.getpid",
})  # fmt: skip
_SEEDED = frozenset({
    "random.Random", "numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.SeedSequence",
    "numpy.random.PCG64", "numpy.random.Generator",
})  # fmt: skip
_SEEDS = frozenset({"random.seed", "numpy.random.seed"})
_TYPES = frozenset({"random.Random", "numpy.random.Generator", "numpy.random.RandomState"})


@rule(code="S005", level="lint", subject="task")
def acts_on_import(subject: TaskSubject) -> Iterator[Fault]:
    """A Python file does something when it is imported.

    ## What it finds
    A statement at the left margin of a hook file that does more than define: a call, a loop, `with`, a change of
    something; also in a default, a decorator, an annotation or the body of a class, which are evaluated then too.
    Imports, constants (texts, numbers, collections, `re.compile(...)`), functions, classes and what stands under
    `if __name__ == "__main__":` are in order.

    ## Why it matters
    It runs as soon as anybody loads the task, before any item is graded, and whoever calls the functions does not see
    it.

    ## How to mend it
    Move it into the function that needs it, or write the result as a constant. The file that makes new items is named
    in the card under `generator:` and is no hook.

    ## Example
    ```python
    WORDS = load_words()      # S005: runs on import

    def process_results(doc, results): ...
    ```
    """
    for file in hook_files(subject):
        for node in acts_when_imported(file):
            sentence = "This statement does something when the file is imported."
            mend = "Move it into the function that needs it, or write its result as a constant."
            yield Fault(sentence, file.where(node), mend)


@rule(code="S006", level="lint", subject="task")
def reaches_out(subject: TaskSubject) -> Iterator[Fault]:
    """A Python file reaches for what grading does not need.

    ## What it finds
    In a hook file: a module that reaches the machine, the network or other programs (`os`, `sys`, `subprocess`,
    `socket`, `requests`, `pickle`, `importlib`, `threading` and the like); functions that run texts as programs or
    look names up (`eval`, `exec`, `compile`, `getattr` with a computed name); attributes with two underscores, which
    lead into Python itself, and those that are called like such a module (`re.enum.sys`), which lead to it through
    another one.

    ## Why it matters
    A prompt and a grade are made of texts and numbers. Whoever runs the task runs this code on their machine; what
    cannot reach anything need not be feared.

    ## How to mend it
    Use `re`, `json`, `math`, `ast.literal_eval` and the like, and the columns of the row.

    ## Example
    ```python
    score = eval(results[0])      # S006: write ast.literal_eval(results[0])
    ```
    """
    mend = "Do without it: grading needs texts, numbers and the columns of the row."
    for file in hook_files(subject):
        for one in imports(file):
            if found := imported_reach(one):
                yield Fault(f"This imports `{found}`, which grading does not need.", file.where(one.node), mend)
        called = {id(node.func) for node in ast.walk(file.tree) if isinstance(node, ast.Call)}
        for node in ast.walk(file.tree):
            if found := reach(file, node, called):
                better = "Use ast.literal_eval or json.loads." if found == "eval" else mend
                yield Fault(f"This uses `{found}`, which grading does not need.", file.where(node), better)


@rule(code="S007", level="lint", subject="task")
def not_repeatable(subject: TaskSubject) -> Iterator[Fault]:
    """A Python file draws at random, or reads a clock.

    ## What it finds
    In a hook file: `random` and `numpy.random` without a generator of its own that has a seed, the time or the date of
    today, `uuid4`, `secrets`, and `hash()` of a text, which differs from one run of Python to the next.

    ## Why it matters
    The same item would not give the same prompt or the same grade twice. Two models would answer different questions,
    and nobody could recompute a score.

    ## How to mend it
    Draw with `random.Random(seed)`, where the seed is a constant or comes from the row, for example from its id. In
    place of `hash(text)` take `zlib.crc32(text.encode())`.

    ## Example
    ```python
    random.shuffle(choices)                        # S007
    random.Random(doc["seed"]).shuffle(choices)    # in order
    ```
    """
    for file in hook_files(subject):
        told: set[int] = set()
        for function, nodes in _by_function(file):
            seeded = {name for node in nodes if (name := _seed(file, node))}
            typed = _annotations(nodes)
            calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
            for node in nodes:
                chance = None if id(node) in typed else _chance(file, node, calls.get(id(node)), function)
                if chance is None or chance.rpartition(".")[0] in seeded or node.lineno in told:  # type: ignore[attr-defined]
                    continue
                told.add(node.lineno)  # type: ignore[attr-defined]
                mend = "Draw with random.Random(seed), with a seed from the row or a constant; read no clock."
                sentence = f"This uses `{chance}`, which differs from one run to the next."
                yield Fault(sentence, file.where(node), mend)


def _by_function(file: HookFile) -> Iterator[tuple[str, list[ast.AST]]]:
    """The nodes of each function, and those outside of functions."""
    inside: set[int] = set()
    for function in ast.walk(file.tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and id(function) not in inside:
            nodes = list(ast.walk(function))
            inside.update(map(id, nodes))
            yield function.name, nodes
    yield "", [node for node in ast.walk(file.tree) if id(node) not in inside]


def _annotations(nodes: list[ast.AST]) -> set[int]:
    """The nodes that only name a type."""
    named = [one for node in nodes for one in (getattr(node, "annotation", None), getattr(node, "returns", None))]
    return {id(inner) for one in named if isinstance(one, ast.AST) for inner in ast.walk(one)}


def _seed(file: HookFile, node: ast.AST) -> str | None:
    """The module whose common generator a call gives a seed."""
    if isinstance(node, ast.Call) and node.args and (name := file.dotted(node.func)) in _SEEDS:
        return name.rpartition(".")[0]
    return None


def _chance(file: HookFile, node: ast.AST, call: ast.Call | None, function: str) -> str | None:
    """The source of chance that a name stands for."""
    if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
        return None
    name = file.dotted(node)
    root = next((one.id for one in ast.walk(node) if isinstance(one, ast.Name)), "")
    if name is None or (root not in file.names and name != "hash"):
        return None
    if name in _SEEDED:
        given = call is not None and bool(call.args or call.keywords)
        return name if call is not None and not given else None
    if name in _SEEDS:
        return None if call is not None and call.args else name
    if name == "hash":
        return "hash()" if call is not None and function != "__hash__" else None
    drawn = name.startswith(("random.", "numpy.random.", "secrets.", "time."))
    return name if drawn or name in _CLOCKS else None


@rule(code="S008", level="hint", subject="task")
def reads_files(subject: TaskSubject) -> Iterator[Fault]:
    """A Python file reads other files, or uses an unusual package.

    ## What it finds
    In a hook file: `open`, `pathlib` and the like; `sympify` and `parse_expr`, which run a text as a program; a package
    that graders rarely need. S012 speaks of files outside the folder and of packages that are not there.

    ## Why it matters
    In the sandbox a hook sees its own folder and nothing else, and no package but those that this project installs. A
    file that a grade depends on is also no part of what a reader of the items sees.

    ## How to mend it
    Put what the hook needs into the rows, or into the hook as a constant. Use a package that comes with Python.

    ## Example
    ```python
    LEXICON = "data/lexicon.txt"

    def process_results(doc, results):
        words = open(LEXICON).read().split()   # S008
    ```
    """
    mend = "Put what it needs into the rows, or into the file as a constant."
    for file in hook_files(subject):
        for one in imports(file):
            package = one.module.split(".")[0]
            if is_missing(one.module):
                continue
            if package in _FILES:
                yield Fault(f"This imports `{one.module}` to read files.", file.where(one.node), mend, sure="likely")
            elif not (package in _USUAL or is_machine(package)):
                sentence = f"This needs `{package}`, which graders rarely do."
                other = "Use what comes with Python, if it can be."
                yield Fault(sentence, file.where(one.node), other, sure="possible")
        for node in ast.walk(file.tree):
            name = file.dotted(node.func) if isinstance(node, ast.Call) else None
            if name in _READS:
                yield Fault("This opens a file.", file.where(node), mend, sure="likely")
            elif name in _RUNS_TEXT:
                sentence = f"`{name}` runs the text that it is given as a program."
                yield Fault(sentence, file.where(node), "Compare numbers with float or Fraction.", sure="likely")
