"""Write the names that the harness has built in, for lint, which imports no harness.

Run with the harness installed, whenever its pinned version changes::

    python -m commons.harness.builtin_names

It asks the harness's own index (which reads some 14,000 YAML files and takes seconds) for its tasks, groups and tags,
and writes them sorted, one a line, where :mod:`commons.lint.builtin_names` reads them.
"""

from __future__ import annotations

from pathlib import Path

from commons.lint.builtin_names import NAMES_FILE


def builtin_names() -> list[str]:
    """Every name of a task, a group or a tag that the installed harness knows, sorted."""
    from lm_eval.tasks import TaskManager

    return sorted(set(TaskManager().all_tasks))


def write(path: Path) -> int:
    """Write the names to ``path``; give how many there are."""
    names = builtin_names()
    path.write_text("".join(f"{name}\n" for name in names), encoding="utf-8", newline="\n")
    return len(names)


if __name__ == "__main__":
    write(NAMES_FILE)
