"""``commons run --variant list``: the variants by kind, and what each changes in a task that is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from commons.cli.common import safe, say_json
from commons.cli.saying import wrapped
from commons.errors import CommonsError
from commons.pool.task import Task
from commons.variants.registry import Kind, Variant, all_variants


def say_variants(tasks: Sequence[Task], *, as_json: bool) -> None:
    """Print the variants; with ``tasks``, what each changes there or why it cannot."""
    if as_json:
        say_json([_as_json(one, tasks) for one in all_variants()])
        return
    for line in _in_tasks(tasks) if tasks else _listed():
        click.echo(safe(line))


def _as_json(one: Variant, tasks: Sequence[Task]) -> dict[str, object]:
    base: dict[str, object] = {"name": one.name, "kind": one.kind.value, "title": one.title,
                               "languages": list(one.languages) if one.languages else None}
    return {**base, "tasks": {task.name: _described(one, task) for task in tasks}} if tasks else base


def _listed() -> Iterator[str]:
    yield "canonical: The task as its folder has it."
    for kind in Kind:
        held = [one for one in all_variants() if one.kind is kind]
        yield ""
        yield f"{kind.value} ({len(held)} variants)"
        if kind is Kind.FORMAT:
            yield from wrapped(f"{held[0].name} to {held[-1].name}: The prompt in other formats, drawn for each task. "
                               "What each changes in a task: commons run TASK --variant list", "  ")
            continue
        for one in held:
            only = " (English tasks only)" if one.languages == ("en",) else (
                f" ({', '.join(one.languages)} only)" if one.languages else "")
            yield from wrapped(f"{one.name}: {one.title}{only}.", "  ")


def _in_tasks(tasks: Sequence[Task]) -> Iterator[str]:
    for task in tasks:
        yield f"{task.name}"
        for one in all_variants():
            yield from wrapped(f"{one.name}: {_described(one, task)}", "  ")


def _described(one: Variant, task: Task) -> str:
    """What it changes in the task, or why it cannot be."""
    try:
        return f"{one.describe(task).rstrip('.')}."
    except CommonsError as error:
        return error.sentence
