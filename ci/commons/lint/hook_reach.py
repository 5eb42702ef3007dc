"""What a hook file reaches for that grading does not need: the machine, the network, other programs, Python itself."""

from __future__ import annotations

import ast
from collections.abc import Container

from commons.lint.hook_code import HookFile, Import

#: What reaches the machine, the network, other programs or Python itself.
_MACHINE = frozenset({
    "os", "sys", "posix", "nt", "subprocess", "pty", "socket", "ssl", "select", "selectors", "ctypes", "cffi", "imp",
    "importlib", "pkgutil", "runpy", "zipimport", "code", "codeop", "builtins", "gc", "inspect", "sysconfig", "site",
    "atexit", "faulthandler", "fcntl", "resource", "mmap", "signal", "threading", "_thread", "multiprocessing",
    "concurrent", "asyncio", "queue", "sched", "requests", "urllib", "urllib3", "http", "httpx", "aiohttp", "ftplib",
    "smtplib", "imaplib", "poplib", "telnetlib", "nntplib", "xmlrpc", "socketserver", "wsgiref", "webbrowser",
    "pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "dbm", "sqlite3", "shutil",
    "tempfile", "platform", "getpass", "pwd", "grp", "pdb", "bdb", "trace", "tracemalloc", "pip", "setuptools",
    "ensurepip", "venv", "evaluate", "huggingface_hub", "openai", "anthropic", "pexpect", "paramiko", "psutil",
    "__main__", "commons", "timeit", "doctest", "cProfile", "profile", "unittest", "compileall", "py_compile",
})  # fmt: skip
#: Of these, what is also the name of something plain, such as the trace of a matrix.
_WORDS = frozenset({
    "code", "commons", "concurrent", "evaluate", "grp", "http", "imp", "nt", "pip", "platform", "profile", "pwd",
    "queue", "requests", "resource", "sched", "select", "selectors", "signal", "site", "trace", "venv",
})  # fmt: skip
#: Attributes by which one module leads to such another one: most modules have some of them, with or without a `_`.
_LEADS = (_MACHINE - _WORDS) | {"modules", "meta_path", "path_hooks"}
_PYTHON = frozenset({
    "eval", "exec", "compile", "__import__", "globals", "locals", "vars", "breakpoint", "input", "delattr", "setattr",
    "builtins", "__builtins__", "__loader__", "__spec__",
})  # fmt: skip
_LOADERS = frozenset({
    "numpy.load", "numpy.fromfile", "numpy.memmap", "numpy.save", "numpy.savez", "numpy.savetxt", "numpy.ctypeslib",
    "numpy.f2py", "datasets.load_dataset", "datasets.load_from_disk", "io.FileIO", "io.open_code",
    "typing.get_type_hints", "typing.ForwardRef",
})  # fmt: skip
_PLAIN_DUNDERS = frozenset({
    "__init__", "__post_init__", "__name__", "__doc__", "__len__", "__eq__", "__hash__", "__lt__", "__str__",
    "__repr__", "__contains__", "__getitem__", "__iter__", "__version__", "__new__", "__call__", "__file__",
})  # fmt: skip
#: They look up a name that they are given; handed on, they are given it where nobody sees it.
_LOOK_UP = frozenset({"getattr", "hasattr", "operator.attrgetter", "operator.methodcaller"})


def is_machine(module: str) -> bool:
    """Whether a module, or the one in Python that stands behind it, reaches further than grading needs."""
    package = module.split(".")[0]
    return package in _MACHINE or package.lstrip("_") in _MACHINE


def imported_reach(one: Import) -> str | None:
    """What an import reaches for, as written; also a module that another one has only imported for itself."""
    if is_machine(one.module):
        return one.module
    names = [alias.name for alias in one.node.names] if isinstance(one.node, ast.ImportFrom) else []
    steps = [*one.module.split(".")[1:], *names]
    return next((f"{one.module}.{name}" if name in names else one.module for name in steps if _leads(name)), None)


def reach(file: HookFile, node: ast.AST, called: Container[int]) -> str | None:
    """What a node reaches for, as written; ``called`` are the ids of the nodes that are called."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        full = file.names.get(node.id, node.id)
        if full in _LOOK_UP and node.id not in file.bound and id(node) not in called:
            return f"{full} without a name"
        # An argument may be called `input`; who calls it means Python's own, or should not have named it so.
        own = full != node.id or node.id in file.bound
        return node.id if node.id in _PYTHON and not own else None
    if isinstance(node, ast.Attribute):
        return _attribute(file, node, called)
    if isinstance(node, ast.MatchClass):
        return next((f".{name}" for name in node.kwd_attrs if _is_far(name)), None)
    if isinstance(node, ast.Call):
        name = file.dotted(node.func)
        if name in _PYTHON and name in file.bound:
            return name
        if name in _LOOK_UP:
            looked_up = node.args[1:2] if name in {"getattr", "hasattr"} else node.args
            if not all(_is_plain_name(one) for one in looked_up):
                return f"{name} with a computed name"
    return None


def _attribute(file: HookFile, node: ast.Attribute, called: Container[int]) -> str | None:
    if any(isinstance(one, ast.Attribute) and _is_far(one.attr) for one in ast.walk(node.value)):
        return None  # it is found there
    name = file.dotted(node)
    if _is_far(node.attr):
        return name if name and not node.attr.startswith("__") else f".{node.attr}"
    if name in _LOOK_UP and id(node) not in called:
        return f"{name} without a name"
    return name if name in _LOADERS else None


def _is_far(attribute: str) -> bool:
    """Whether an attribute leads into Python itself, or to a module that reaches out."""
    if attribute.startswith("__") and attribute.endswith("__"):
        return attribute not in _PLAIN_DUNDERS
    return _leads(attribute)


def _leads(name: str) -> bool:
    return name in _LEADS or name.lstrip("_") in _LEADS


def _is_plain_name(node: ast.expr) -> bool:
    """Whether a name to look up is written out, and leads nowhere that grading does not need."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return "__" not in node.value and not any(_leads(part) for part in node.value.split("."))
