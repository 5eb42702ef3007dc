"""What an attack is: the changes of a hostile pull request, and what must come of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.act import PORT
from tests.e2e.stage import Stage

#: The hostile pull request, and an innocent one of somebody else that is open beside it.
NUMBER, FOREIGN = 7, 8
AUTHOR, INNOCENT = "ana-perez", "ben-okafor"
#: How every command, expression and file name begins that an attack plants: nothing of ours does.
OWNED = "OWNED"


@dataclass(frozen=True)
class Place:
    """What an attacker knows of the machine, generously: where to leave a trace, where secrets lie, where GitHub is.

    ``marker`` is a file that nothing in the sandbox can write. ``secret`` is one that it must not read; ``secrets`` are
    the texts that must come out nowhere: that file's, and that of the variable ``PLANTED_SECRET``.
    """

    folder: Path
    secrets: tuple[str, str]
    port: int = PORT

    @property
    def marker(self) -> Path:
        """A file that is there as soon as something ran outside of the sandbox."""
        return self.folder / "outside" / "marker"

    @property
    def secret(self) -> Path:
        """A file of the machine, and none of the pull request."""
        return self.folder / "outside" / "secret.txt"


Make = Callable[[Path, Place], None]


@dataclass(frozen=True)
class Attack:
    """One hostile pull request.

    ``state`` is the required status that must stand in the end, empty where none may; ``says`` must be in the comment.
    ``ground`` changes the main line beforehand, ``upload`` what the run uploaded, ``meanwhile`` GitHub between the
    trial and the judgement. ``workflow`` is true where the pull request's own pr.yml is another: what that does on a
    machine without secrets is its author's affair. ``forge`` makes the head where git itself would not.
    ``refused`` is true where git refuses the objects, so that the judge has nothing to judge.
    """

    name: str
    tries: str
    make: Make
    state: str
    says: str = ""
    pull: Mapping[str, Any] = field(default_factory=dict)
    branch: str = ""
    message: str = "Add a task"
    ground: Callable[[Path], None] | None = None
    upload: Callable[[Path], None] | None = None
    meanwhile: Callable[[Stage, str], None] | None = None
    forge: Callable[[Stage, Path], str] | None = None
    workflow: bool = False
    refused: bool = False
    slow: bool = False


#: Every attack by its name.
ATTACKS: dict[str, Attack] = {}


def attack(state: str, says: str = "", **more: Any) -> Callable[[Make], Make]:
    """Register a function as an attack: its name is the attack's, and its docstring says what is tried."""

    def register(make: Make) -> Make:
        name = make.__name__
        assert name not in ATTACKS, f"there are two attacks called {name}"
        tries = " ".join((make.__doc__ or "").split())
        ATTACKS[name] = Attack(name, tries, make, state, says, **more)
        return make

    return register
