"""S001 to S004: code in a task folder, and templates that reach for it."""

from __future__ import annotations

import ast
import difflib
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from commons.errors import Where
from commons.lint.reading import attempt, texts_of
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.templates import is_template, unsafe_parts
from commons.pool.items import data_path
from commons.pool.yamlfile import read_text

_COMPILED = frozenset({".pyc", ".pyo", ".so", ".pyd"})


@rule(code="S001", level="lint", subject="task")
def foreign_function(subject: TaskSubject) -> Iterator[Fault]:
    """A `!function` does not name a function of the task folder.

    ## What it finds
    A `!function file.name` where the folder has no `file.py`, or that file defines no function `name`.

    ## Why it matters
    Where the folder has no such file, the harness takes the name from any Python package of the machine: with
    `!function os.system` a task would call the machine's shell.

    ## How to mend it
    Define the function in a Python file beside the configuration, at the left margin, and write the file's name
    without `.py`, a dot, and the function's name.

    ## Example
    ```yaml
    process_results: !function os.system   # S001: no file os.py in this folder
    ```
    """
    for key, reference in subject.functions:
        where = subject.where(*key)
        module, _, name = reference.name.rpartition(".")
        mend = "Write `!function file.name` for a function that a Python file beside the configuration defines."
        beside = where.path.parent.relative_to(subject.folder).as_posix()
        written = f"{beside}/{module.replace('.', '/')}.py".removeprefix("./")
        path, _ = attempt(partial(data_path, subject.folder, written, where), subject.folder)
        if not module or path is None:
            yield Fault(f"`{reference}` names nothing in the task folder.", where, mend)
            continue
        defined, reason = _definitions(path)
        if reason:
            yield Fault(f"`{written}`, which `{reference}` names, cannot be read: {reason}.", where, "Mend that file.")
        elif name not in defined:
            close = difflib.get_close_matches(name, defined, n=1)
            guess = f"Did you mean `{module}.{close[0]}`?" if close else mend
            yield Fault(f"`{written}` defines no function `{name}`.", where, guess)


def _definitions(path: Path) -> tuple[list[str], str | None]:
    """The functions and classes at the left margin of a Python file, or why it cannot be read. Nothing is run."""
    text, problems = attempt(partial(read_text, path), path)
    if text is None:
        return [], problems[0].sentence.rstrip(".")
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        return [], f"it is not valid Python{f' (line {line})' if line else ''}"
    return [one.name for one in body if isinstance(one, (ast.FunctionDef, ast.ClassDef))], None


@rule(code="S002", level="hint", subject="task")
def hooks(subject: TaskSubject) -> Iterator[Fault]:
    """The task brings code of its own.

    ## What it finds
    A Python file in the task folder.

    ## Why it matters
    Code can do what a reader of the items does not see. It runs only in a sandbox without network, keys or home, but
    it makes the prompts or the grades of its task: a person must read it before it is merged.

    ## How to mend it
    Nothing has to be mended. If a template and a filter of the harness can do the same, use them instead: such a task
    is reviewed sooner.

    ## Example
    ```text
    tasks/dose_arithmetic/hooks.py   # S002: needs review
    ```
    """
    for path in subject.python_files:
        mend = "A maintainer reads it before the merge; where templates and filters can do the same, use them."
        sentence = "This code runs only in the sandbox, and decides prompts or grades: a person must read it."
        yield Fault(sentence, Where(path), mend)


@rule(code="S003", level="lint", subject="task")
def unsafe_template(subject: TaskSubject) -> Iterator[Fault]:
    """A template reaches for what lies behind the data.

    ## What it finds
    A template that uses a name or an attribute beginning with `_`, a text with `__` in it, the filter `attr`, one of
    `cycler`, `joiner`, `namespace` and `lipsum`, or that computes the name of what it looks up.

    ## Why it matters
    These are the ways from a template to the Python program that renders it, and through it to the machine. The
    harness puts nothing in between. No prompt needs them.

    ## How to mend it
    Use the columns of the row alone. Rename a column that begins with an underscore.

    ## Example
    ```yaml
    doc_to_text: "{{ question.__class__ }}"   # S003
    ```
    """
    for key, text in texts_of(subject.document.data if subject.document else {}, ()):
        if not is_template(text):
            continue
        for part in unsafe_parts(text):
            sentence = f"The template `{'.'.join(map(str, key))}` uses `{part}`."
            yield Fault(sentence, subject.where(*key), "Use the columns of the row alone.")


@rule(code="S004", level="lint", subject="task")
def compiled_file(subject: TaskSubject) -> Iterator[Fault]:
    """The task holds a file that nobody can read.

    ## What it finds
    `__pycache__`, compiled files (`.pyc`, `.so`, `.pyd`), and files other than Python's that are marked executable.

    ## Why it matters
    A person reads every contributed program. A compiled one cannot be read, and Python may load it in place of the
    text beside it.

    ## How to mend it
    Delete it. Take the mark off a file that is no program: `chmod -x data/test.jsonl`.

    ## Example
    ```text
    tasks/dose_arithmetic/__pycache__/hooks.cpython-312.pyc   # S004: delete it
    ```
    """
    for path in subject.paths:
        inside = path.relative_to(subject.folder).parts
        if "__pycache__" in inside[:-1] or path.is_symlink():
            continue
        if path.name == "__pycache__" or path.suffix.lower() in _COMPILED:
            yield Fault(f"`{path.name}` is compiled code, which nobody can read.", Where(path), "Delete it.")
        elif os.name == "posix" and path.is_file() and path.suffix != ".py" and path.stat().st_mode & 0o111:
            mend = f"Delete it, or take the mark off: chmod -x {path.name}"
            yield Fault(f"`{path.name}` is marked as a program.", Where(path), mend)
