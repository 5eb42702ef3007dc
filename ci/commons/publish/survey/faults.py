"""What is wrong with a file, as pages name it: a path inside the pool, the line, and how to mend it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from commons.errors import BadFile, Problem, Where
from commons.publish.survey.survey import Broken

RESTORE = "Restore it from git, or run the cell again."
NUMBERS = "Correct the number in it."
#: A fault quotes what it found; where a handle belongs, that may be a person's name or address, which no page tells.
_PEOPLE = re.compile(r"(?:In )?(`(?:owners|by)(?:\.\d+)?`)")


def broken(root: Path, kind: str, path: Path, error: BadFile, task: str, model: str | None = None) -> Broken:
    """Every problem of a file; ``root`` is the pool's folder."""
    faults = []
    for problem in error.problems:
        # Not resolved: a link is named at its own place, and what it leads to is nobody's business.
        inside = problem.where.path.is_relative_to(root)
        where = replace(problem.where, path=problem.where.path.relative_to(root)) if inside else problem.where
        place = f"{where.path.as_posix()}:{where.line}" if where.line else where.path.as_posix()
        person = _PEOPLE.match(problem.sentence)
        sentence = f"{person[1]} is wrong; what stands there is not shown." if person else problem.sentence
        faults.append(f"{place}: {sentence} {problem.mend}")
    return Broken(kind, path.relative_to(root).as_posix(), tuple(faults), task, model)


def untold(path: Path) -> BadFile:
    """What is said of a broken file whose items' ids nobody may read."""
    return BadFile([Problem("cell", "It cannot be shown; `commons verify` says why.", Where(path), RESTORE)])


def unshown(root: Path, kind: str, path: Path, error: Exception, task: str, model: str | None = None) -> Broken:
    """A file whose values cannot be read or written as numbers; the error's own words may be as wild as they."""
    sentence = f"It holds a value that cannot be shown ({type(error).__name__})."
    return broken(root, kind, path, BadFile([Problem("value", sentence, Where(path), NUMBERS)]), task, model)


def faulty(root: Path, kind: str, path: Path, sentence: str, task: str, model: str | None = None) -> Broken:
    """A file that is wrong for a reason of our own."""
    return broken(root, kind, path, BadFile([Problem(kind, sentence, Where(path), NUMBERS)]), task, model)
