"""P001: the templates that make the prompts."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from commons.errors import Where
from commons.lint.registry import Fault, rule
from commons.lint.rendering import RenderedRow, RenderFault, example_templates, item_templates
from commons.lint.subject import TaskSubject
from commons.lint.templates import syntax_fault
from commons.pool.yamlfile import Key


@rule(code="P001", level="lint", subject="task")
def template_fails(subject: TaskSubject) -> Iterator[Fault]:
    """A template does not render for an item.

    ## What it finds
    A template (`doc_to_text`, `doc_to_target`, `doc_to_choice`, `description`, `gen_prefix`, also in
    `fewshot_config`) that is not valid Jinja, uses a column that the data do not have, or fails on a row; a prompt
    that is no text; and a template that costs too much: more than 50,000 steps of loops and calls for one row, a text
    of more than five million characters, or a pattern of `regex_replace` that can take for ever.

    ## Why it matters
    The harness tries the first item when it loads a task. A template that fails on the fortieth stops an evaluation
    in its middle.

    ## How to mend it
    Compare the names between `{{` and `}}` with the keys of the row that is named. A name is written exactly as in
    the data.

    ## Example
    ```yaml
    doc_to_text: "{{queston}}"   # P001: the column is called question
    ```
    """
    yield from _syntax(subject)
    faults: dict[tuple[Key, str], list[tuple[Where, RenderFault]]] = {}
    for row in (*subject.rendered_items, *subject.rendered_examples):
        for fault in (*row.faults, *_prompt_faults(subject, row)):
            faults.setdefault((fault.key, fault.reason), []).append((row.where, fault))
    for (key, reason), found in faults.items():
        where, fault = found[0]
        others = f" and for {len(found) - 1} more" if len(found) > 1 else ""
        place = f"{_beside(where.path, subject.folder)}:{where.line}"
        sentence = f"`{'.'.join(map(str, key))}` does not render for the row {place}{others}: {reason}."
        yield Fault(sentence, subject.where(*key), _mend(fault, subject))


def _syntax(subject: TaskSubject) -> Iterator[Fault]:
    config = subject.config
    if config is None:
        return
    item = item_templates(config, subject.columns).settings
    settings = dict([*item.values(), *example_templates(config, subject.columns).settings.values()])
    for key, setting in settings.items():
        reason = syntax_fault(setting) if isinstance(setting, str) else None
        if reason:
            sentence = f"`{'.'.join(map(str, key))}` is no valid template: {reason}."
            yield Fault(sentence, subject.where(*key), "Check that every {{ and {% is closed, and every quote.")


def _prompt_faults(subject: TaskSubject, row: RenderedRow) -> Iterator[RenderFault]:
    """A prompt must be text, but for tasks whose choices are the prompts: there it is the index of the right one."""
    if row.text is None or isinstance(row.text.value, str):
        return
    choices = subject.config.doc_to_choice if subject.config else None
    if choices is None or not isinstance(row.text.value, int) or isinstance(row.text.value, bool):
        yield RenderFault(("doc_to_text",), f"the prompt is `{str(row.text.value)[:60]}`, which is no text")


def _beside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if folder in path.parents else path.name


def _mend(fault: RenderFault, subject: TaskSubject) -> str:
    columns = sorted(subject.columns | {subject.fields.id or "", subject.fields.canary} - {""})
    if fault.unknown is None:
        return "Correct the template, or the row."
    close = difflib.get_close_matches(fault.unknown, columns, n=1)
    guess = f"Did you mean `{close[0]}`? " if close else ""
    return f"{guess}The columns are: {', '.join(f'`{column}`' for column in columns)}."
