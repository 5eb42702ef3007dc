"""T009: hooks against the settings that call them and the rows that they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from commons.lint.hook_code import HookFile, hook_files
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import FunctionRef

#: What the harness gives to each hook.
_GIVEN = {
    "doc_to_text": ("doc",), "doc_to_target": ("doc",), "doc_to_choice": ("doc",), "doc_to_image": ("doc",),
    "doc_to_audio": ("doc",), "process_docs": ("dataset",), "process_results": ("doc", "results"),
}  # fmt: skip


@rule(code="T009", level="lint", subject="task")
def hook_does_not_fit(subject: TaskSubject) -> Iterator[Fault]:
    """A hook does not fit the task that calls it.

    ## What it finds
    - a hook that takes more or fewer values than the harness gives: `process_results(doc, results)`,
      `process_docs(dataset)`, and `doc_to_text(doc)` and its kin;
    - a `doc["column"]` that no row has, where the hook does not ask for it first;
    - a `process_results` that never gives a metric of `metric_list`, where every `return` writes its scores out.

    ## Why it matters
    Each stops the run at the first item, or when everything has been answered and paid for.

    ## How to mend it
    Write the names of the columns and of the metrics letter by letter as in the data and the configuration.

    ## Example
    ```python
    def process_results(doc, results):
        return {"accuracy": float(results[0] == doc["anwser"])}   # T009: the column is called answer
    ```
    """
    config = subject.config
    if config is None:
        return
    for name, given in _GIVEN.items():
        reference = getattr(config, name)
        found = _definition(subject, reference) if isinstance(reference, FunctionRef) else None
        if found is None:
            continue
        file, function = found
        if not _takes(function.args, len(given)):
            values = "2 values" if len(given) > 1 else "1 value"
            sentence = f"The harness gives {values} to `{name}`, and `{function.name}` does not take so many."
            mend = f"Write `def {function.name}({', '.join(given)}):`."
            yield Fault(sentence, file.where(function), mend)
        elif given[0] == "doc":
            yield from _columns(subject, file, function)
            if name == "process_results":
                yield from _scores(subject, file, function)


def _definition(subject: TaskSubject, reference: FunctionRef) -> tuple[HookFile, ast.FunctionDef] | None:
    """The function that a setting names; S001 speaks of one that is not there."""
    module, _, name = reference.name.rpartition(".")
    path = subject.folder / f"{module.replace('.', '/')}.py"
    for file in hook_files(subject):
        if file.path == path:
            defined = [one for one in file.tree.body if isinstance(one, ast.FunctionDef) and one.name == name]
            # A decorator may change what a function takes.
            return (file, defined[-1]) if defined and not defined[-1].decorator_list else None
    return None


def _takes(arguments: ast.arguments, count: int) -> bool:
    """Whether a function can be called with so many values by place."""
    by_place = len(arguments.posonlyargs) + len(arguments.args)
    needs_names = any(default is None for default in arguments.kw_defaults)
    enough = by_place - len(arguments.defaults) <= count
    return enough and not needs_names and (count <= by_place or arguments.vararg is not None)


def _columns(subject: TaskSubject, file: HookFile, function: ast.FunctionDef) -> Iterator[Fault]:
    config = subject.config
    there = {key for split in subject.splits.values() for row in split.rows for key in row.values}
    if config is None or not there or config.process_docs or config.custom_dataset or config.task_class:
        return
    first = (*function.args.posonlyargs, *function.args.args)
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.expr)]
    doc = first[0].arg if first else ""
    if any(isinstance(node, ast.Name) and node.id == doc and not isinstance(node.ctx, ast.Load) for node in nodes):
        return
    # Where a name is compared, tested or set, the hook knows that it may not be there.
    known = {one.value for node in nodes if isinstance(node, ast.Compare) for one in ast.walk(node.left)
             if isinstance(one, ast.Constant) and any(isinstance(sign, (ast.In, ast.NotIn)) for sign in node.ops)}
    read = [node for node in nodes if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)
            and node.value.id == doc and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)]
    known |= {node.slice.value for node in read  # type: ignore[attr-defined]
              if not isinstance(node.ctx, ast.Load)}
    if any(isinstance(node, ast.Try) for node in ast.walk(function)):
        return
    for node in read:
        column = node.slice.value  # type: ignore[attr-defined]
        if column not in there and column not in known:
            shown = ", ".join(f"`{one}`" for one in sorted(there)[:8])
            yield Fault(f"No row has a column `{str(column)[:60]}`.", file.where(node), f"The rows have {shown}.")


def _scores(subject: TaskSubject, file: HookFile, function: ast.FunctionDef) -> Iterator[Fault]:
    config = subject.config
    wanted = {entry.metric for entry in (config.metric_list if config else None) or [] if isinstance(entry.metric, str)}
    given: dict[str, ast.AST] = {}
    returns = list(_returns(function))
    for one in returns:
        keys = one.value.keys if isinstance(one.value, ast.Dict) else [None]
        for key in keys:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return
            given[key.value] = key
    missing = sorted(wanted - set(given))
    if not returns or not wanted or not missing:
        return
    unknown = sorted(set(given) - wanted)
    node = given[unknown[0]] if unknown else returns[-1]
    told = f", and gives `{unknown[0]}`, which `metric_list` does not name" if unknown else ""
    sentence = f"The grader never gives the metric `{missing[0]}`{told}."
    yield Fault(sentence, file.where(node), f"Give `{missing[0]}` for every item, or correct `metric_list`.")


def _returns(function: ast.FunctionDef) -> Iterator[ast.Return]:
    """The ``return`` statements of a function, without those of functions inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
