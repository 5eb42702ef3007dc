"""What a variant's cell keeps of where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from commons.pool.cell import CANONICAL

#: The part of a cell's ``inputs`` that a variant's cell has beside the others.
VARIANT = "variant"
#: Hex digits of the digest, as of the other parts that a cell names.
DIGITS = 12


@dataclass(frozen=True)
class Varied:
    """A task put otherwise: the variant's name, and the task hash of the canonical form that it was made from."""

    name: str
    of: str

    @property
    def inputs(self) -> dict[str, str]:
        """What the cell keeps in its ``inputs`` as :data:`VARIANT`: which canonical form it stands beside."""
        return {"canonical form": self.of[:DIGITS]}


def put_name(task: str, variant: str = CANONICAL) -> str:
    """A task as it is put: its name, and its variant where it is one.

    >>> put_name("sums"), put_name("sums", "format-1")
    ('sums', 'sums@format-1')
    """
    return task if variant == CANONICAL else f"{task}@{variant}"
