"""Hostile pull requests, by family: code, files, names, program, artifacts, bombs, ledger, people."""

from tests.e2e.hostile import artifacts, bombs, code, files, ledger, names, people, program
from tests.e2e.hostile.attack import ATTACKS, Attack

FAMILIES = {module.__name__.rpartition(".")[2]: module
            for module in (code, files, names, program, artifacts, bombs, ledger, people)}

__all__ = ["ATTACKS", "FAMILIES", "Attack"]
