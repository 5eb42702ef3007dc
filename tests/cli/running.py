"""Running the command line as a person does: a process, its output and its exit code."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from commons.harness.sandbox import fault
from tests.cli.forking import run_forked


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """The environment of a command: this one's, offline."""
    return {**os.environ, "HF_HUB_OFFLINE": "1", **more}


def commons(*arguments: str, cwd: Path, **more: str) -> Ran:
    """Run ``commons`` in ``cwd``; a traceback on its standard error is never right.

    Where there is no sandbox, tasks are run with --trust, so that only the tests of the sandbox need one.
    """
    if arguments[:1] == ("run",) and fault() is not None:
        arguments = (*arguments, "--trust")
    code, out, err = run_forked(arguments, cwd, environment(**more))
    assert "Traceback" not in err, err
    return Ran(code, out, err)
