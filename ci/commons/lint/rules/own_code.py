"""S009 to S012: code of the task where no reader of the items expects it, and what it needs from elsewhere."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from commons.errors import Where
from commons.lint.hook_code import hook_files
from commons.lint.hook_needs import missing_imports, paths_elsewhere
from commons.lint.reading import attempt
from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT
from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import FunctionRef, Key, read_text

#: The file in which a task's hooks stand, whether or not a setting names it yet.
_HOOKS = "hooks.py"
_PROGRAMS = frozenset({
    ".bash", ".bat", ".c", ".cmd", ".com", ".command", ".cpp", ".csh", ".dll", ".dylib", ".exe", ".fish", ".go",
    ".ipynb", ".jar", ".js", ".ksh", ".lua", ".mjs", ".msi", ".php", ".pl", ".ps1", ".pyw", ".pyx", ".r", ".rb",
    ".rs", ".scpt", ".sh", ".ts", ".vbs", ".wasm", ".whl", ".zsh",
})  # fmt: skip
_RUN_BY_NAME = frozenset({"makefile", "dockerfile", "justfile", "setup.cfg", "tox.ini", "pyproject.toml"})


@rule(code="S009", level="lint", subject="task")
def takes_over(subject: TaskSubject) -> Iterator[Fault]:
    """The configuration hands the harness over to code of the task.

    ## What it finds
    `class:`, which replaces the harness's own task by a class; `custom_dataset:`, which makes the items by a function;
    and `unsafe_code: true`, which says that answers are run as programs.

    ## Why it matters
    What stands in the data files is then not what is asked, and what stands in the configuration is not what is done.
    Nobody can review such a task by reading its items, and this project runs no answers as programs.

    ## How to mend it
    Put the items into data files. Write prompts as templates and grading as filters, or as a `process_results` hook.

    ## Example
    ```yaml
    custom_dataset: !function hooks.load   # S009: write the items to data/test.jsonl
    ```
    """
    config = subject.config
    if config is None:
        return
    mend = "Put the items into data files, prompts into templates, and grading into filters or `process_results`."
    if config.task_class:
        yield Fault("A class of the task replaces the harness's own.", subject.where("class"), mend)
    if config.custom_dataset:
        yield Fault("A function makes the items, and no file holds them.", subject.where("custom_dataset"), mend)
    if config.unsafe_code:
        sentence = "The task asks for answers to be run as programs, which is not done here."
        yield Fault(sentence, subject.where("unsafe_code"), "Remove it, and grade answers without running them.")


@rule(code="S010", level="hint", subject="task")
def changes_the_items(subject: TaskSubject) -> Iterator[Fault]:
    """A function of the task changes the items, or gives the score of a metric.

    ## What it finds
    `process_docs`, for the items or for the few-shot examples, and a metric or a step of a filter that is a function.

    ## Why it matters
    `process_docs` may drop, repeat or rewrite items: what is asked is not what stands in the data file, and the rules
    about items cannot look at it. A metric of one's own is compared with nobody's.

    ## How to mend it
    Write the items to the data file as they are to be asked. Grade with a known metric, or in `process_results`.

    ## Example
    ```yaml
    process_docs: !function hooks.first_hundred   # S010: write the hundred to data/test.jsonl
    ```
    """
    config = subject.config
    if config is None:
        return
    own = config.fewshot_config or {}
    name = "process_docs"
    changing: list[tuple[Key, object]] = [((name,), config.process_docs), ((FEWSHOT, name), own.get(name))]
    for key, value in changing:
        if isinstance(value, FunctionRef) and _is_defined(subject, value):
            sentence = "A function changes the items before they are asked: the data file does not show what is asked."
            yield Fault(sentence, subject.where(*key), "Write the items to the data file as they are to be asked.")
    for key in _scoring(subject):
        sentence = "A function of the task decides the score: a person must read it."
        yield Fault(sentence, subject.where(*key), "Take a known metric or filter, or grade in `process_results`.")


def _scoring(subject: TaskSubject) -> Iterator[Key]:
    config = subject.config
    if config is None:
        return
    for index, entry in enumerate(config.metric_list or []):
        if isinstance(entry.metric, FunctionRef) and _is_defined(subject, entry.metric):
            yield ("metric_list", index, "metric")
    for index, chain in enumerate(config.filter_list or []):
        for number, step in enumerate(chain.filter):
            called = step.get("filter_fn")
            if isinstance(called, FunctionRef) and _is_defined(subject, called):
                yield ("filter_list", index, "filter", number, "filter_fn")


def _is_defined(subject: TaskSubject, reference: FunctionRef) -> bool:
    """Whether the folder has the function; S001 speaks of one that is not there."""
    module, _, name = reference.name.rpartition(".")
    path = subject.folder / f"{module.replace('.', '/')}.py"
    return any(
        getattr(node, "name", None) == name for file in hook_files(subject) if file.path == path
        for node in file.tree.body
    )


@rule(code="S011", level="lint", subject="task")
def stray_program(subject: TaskSubject) -> Iterator[Fault]:
    """The folder holds a program that the task does not use.

    ## What it finds
    A program in another language than Python (`.sh`, `.js`, `.exe`, a notebook, a `Makefile`), and a Python file that
    no `!function` names, no other Python file imports, and the card does not name under `generator:`, or that
    has the name of a module of Python. A file `hooks.py` is taken for the task's hooks.

    ## Why it matters
    Somebody runs it by mistake, or a tool runs it by its name: `conftest.py` by a test run, `json.py` in place of
    Python's own. A person must read each program, and should not have to read what is not needed.

    ## How to mend it
    Delete it. The program that made the items is named in the card under `generator:` and is written in Python.

    ## Example
    ```text
    tasks/dose_arithmetic/setup.sh   # S011: delete it
    ```
    """
    used = _used(subject)
    for path in subject.paths:
        inside = path.relative_to(subject.folder)
        if "__pycache__" in inside.parts or path.is_symlink() or not path.is_file():
            continue
        if path.suffix.lower() in _PROGRAMS or path.name.lower() in _RUN_BY_NAME:
            yield Fault(f"`{inside.as_posix()}` is a program that no task needs.", Where(path), "Delete it.")
        elif path.suffix == ".py" and path.stem in sys.stdlib_module_names and path.parent == subject.folder:
            sentence = f"`{path.name}` takes the place of Python's own module `{path.stem}`."
            yield Fault(sentence, Where(path), "Give it another name, or delete it.")
        elif path.suffix == ".py" and path not in used:
            mend = "Delete it; if it makes the items, name it in the card under `generator:`."
            yield Fault(f"No setting and no other file uses `{inside.as_posix()}`.", Where(path), mend)


def _used(subject: TaskSubject) -> set[Path]:
    """The Python files that settings name, and those that these import in turn."""
    modules = {".".join(path.relative_to(subject.folder).with_suffix("").parts): path for path in subject.python_files}
    names = [reference.name.rpartition(".")[0] for _, reference in subject.functions]
    generator = subject.card.generator if subject.card else None
    waiting = [modules[name] for name in names if name in modules]
    given = {subject.folder / _HOOKS, subject.folder / str(generator)}
    waiting += [path for path in subject.python_files if path in given]
    used: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in used:
            used.add(path)
            waiting += [modules[name] for name in _imported(path) if name in modules]
    return used


def _imported(path: Path) -> Iterator[str]:
    """The names that may be modules in a Python file's imports."""
    text, _ = attempt(lambda: read_text(path), path)
    try:
        nodes = list(ast.walk(ast.parse(text or "")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = f"{node.module}." if node.module else ""
            yield from (node.module or "", *(f"{base}{alias.name}" for alias in node.names))


@rule(code="S012", level="lint", subject="task")
def needs_elsewhere(subject: TaskSubject) -> Iterator[Fault]:
    """A Python file needs what is not in the task folder.

    ## What it finds
    In a hook file: a package that is neither Python's own nor installed where tasks are run; and, where files are
    opened at all, a path that leads out of the folder: an absolute one, one with `..`, the home of the user, the
    folder above the file's own.

    ## Why it matters
    In the sandbox a hook sees its own folder, and no package but those of this project: it stops there. Where it does
    not stop, it reads what is no part of the task, such as the answers of another.

    ## How to mend it
    Put what the hook needs into the rows, or into the file as a constant. Use what comes with Python.

    ## Example
    ```python
    import spacy                                        # S012: not installed
    words = open("../other_task/data/test.jsonl")       # S012: another task's items
    ```
    """
    for file in hook_files(subject):
        for one in missing_imports(file):
            sentence = f"This needs `{one.module.split('.')[0]}`, which is not installed where tasks are run."
            yield Fault(sentence, file.where(one.node), "Use what comes with Python.")
        for node, name in paths_elsewhere(file):
            sentence = f"`{name}` leads out of the task folder."
            mend = "Put what it needs into the rows, or into the file as a constant."
            yield Fault(sentence, file.where(node), mend)
