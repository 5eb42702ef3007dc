"""Formats: the same prompt written otherwise, in up to nine ways that a committed seed draws for each task."""

from __future__ import annotations

from commons.pool.task import Task
from commons.variants.drawing import DRAWN, change_of
from commons.variants.registry import Change, Kind, Make, variant


def _format(number: int) -> Make:
    def make(task: Task) -> Change:
        return change_of(task, number)

    make.__doc__ = f"""The prompt in another format, number {number} of {DRAWN} that the seed draws for the task.

    Labels, what stands after and between them, the signs of options and their order are drawn; the words of the
    prompt, its fields and what is graded stay. The same for every model, and examples are put in it too.
    """
    return make


for _number in range(1, DRAWN + 1):
    variant(f"format-{_number}", Kind.FORMAT)(_format(_number))
