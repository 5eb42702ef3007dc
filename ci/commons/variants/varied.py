"""What a variant's cell keeps of where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

#: Hex digits of the digest, as of the other parts that a cell names.
DIGITS = 12


@dataclass(frozen=True)
class Varied:
    """A task put otherwise: the variant's name, and the task hash of the canonical form that it was made from."""

    name: str
    of: str

    @property
    def inputs(self) -> dict[str, str]:
        """What the cell keeps in its ``inputs``, as ``variant``: which canonical form it stands beside."""
        return {"canonical form": self.of[:DIGITS]}
