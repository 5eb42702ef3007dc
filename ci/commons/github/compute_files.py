"""What is wrong with the changed files whoever asks: seen from git alone, before lint, trial or GitHub say a word.

The guard of a pull request stops at these, and the live comment lists them first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from commons.github.derive_ledger import AMENDMENTS
from commons.github.owners import CODEOWNERS_FILE
from commons.github.situation import Area, Situation, TaskChange
from commons.github.words import code, inline, listed, named, typed
from commons.pool.card import CARD_FILE
from commons.pool.models import MODELS_FILE
from commons.pool.repository import TASKS_FOLDER

#: So many strange files are named one by one.
_MOST_STRANGE = 20


@dataclass(frozen=True)
class Fault:
    """One thing to mend, as Markdown in one line each; ``paths`` are the files it is about, where they are known."""

    sentence: str
    mend: str
    paths: tuple[str, ...] = ()


def file_faults(situation: Situation) -> Iterator[Fault]:
    """Everything that blocks and can be told from the changed files."""
    yield from _strange_files(situation)
    yield from _results(situation)
    yield from _mixed(situation)
    for task in situation.tasks:
        yield from _name(task)
    for model in situation.models:
        if model.alike:
            yield Fault(f"The model id {code(model.id)} looks like {code(model.alike)}.",
                        "Choose an id that nobody takes for the other.", (MODELS_FILE,))


def _strange_files(situation: Situation) -> Iterator[Fault]:
    for one in situation.special[:_MOST_STRANGE]:
        yield Fault(f"{code(one.path)} is {one.special}.", "Commit the file itself.", (one.path,))
    if (more := len(situation.special) - _MOST_STRANGE) > 0:
        yield Fault(f"{more:,} more files are links or submodules.", "Commit the files themselves.",
                    (situation.special[_MOST_STRANGE].path,))


def _results(situation: Situation) -> Iterator[Fault]:
    change = situation.results
    if change.edited:
        yield Fault(f"Results are written by hand: {named(change.edited)}.",
                    "Take these files out: results are measured after the merge, and nothing else can be recomputed. "
                    "For a correction, run `commons amend`.", change.edited)
    if change.unexplained:
        yield Fault(f"Results are deleted without an amendment: {named(change.unexplained)}.",
                    "Run `commons withdraw` for the task, which records who took it down and why.",
                    change.unexplained)
    if change.rewritten:
        yield Fault("The amendments that stood in `results/amendments.jsonl` are changed.",
                    "Restore the file, and add lines at its end only.", (AMENDMENTS,))
    if change.broken:
        yield Fault(f"An added amendment is not of the format: {inline(change.broken)}.",
                    "Write it with `commons amend`.", (AMENDMENTS,))
    for task in situation.tasks:
        if not task.accounted:
            yield Fault(f"{code(task.was or task.name)} has results, and goes without an amendment.",
                        _account(task),
                        (_card(task.was or task.name),))


def _account(task: TaskChange) -> str:
    if task.was:
        return (f"Before renaming, on the folder as it was: `commons withdraw {typed(task.was)} --successor "
                f"{typed(task.name)}`. Then readers learn what became of its numbers.")
    return "Run `commons withdraw` for it, so that readers learn what became of its numbers."


def _mixed(situation: Situation) -> Iterator[Fault]:
    # A card's new owners must stand in CODEOWNERS too: that file is made from the cards, and is no program.
    program = [one for one in situation.files
               if one.area in {Area.PROGRAM, Area.WORKFLOW} and one.path != CODEOWNERS_FILE]
    if Area.TASKS in situation.areas and program:
        names = listed(sorted({one.area.value for one in program}))
        yield Fault(f"Task folders and {names} are changed together.",
                    "Put the task folders in one pull request and the rest in another.",
                    tuple(one.path for one in program))


def _name(task: TaskChange) -> Iterator[Fault]:
    another = "Rename the folder, its `.yaml` file and `task:` in it."
    if task.withdrawn:
        yield Fault(f"The name {code(task.name)} was that of {code(task.withdrawn)}, which was taken down: old links "
                    "and results still mean that one.", another, (_card(task.name),))
    elif task.taken:
        yield Fault(f"The name {code(task.name)} is taken by the task {code(task.taken)}.", another,
                    (_card(task.name),))
    elif task.alike:
        yield Fault(f"The name {code(task.name)} looks like that of the task {code(task.alike)}.",
                    "Choose a name that nobody takes for the other.", (_card(task.name),))


def _card(name: str) -> str:
    return f"{TASKS_FOLDER}/{name}/{CARD_FILE}"
