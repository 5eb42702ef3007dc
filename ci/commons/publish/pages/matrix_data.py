"""The data of the big table that the browser draws."""

from __future__ import annotations

from collections.abc import Iterable

from commons.publish.addresses import MATRIX
from commons.publish.data.matrix import text_of_matrix
from commons.publish.pages import Data, pool_pages
from commons.publish.snapshot import Snapshot


@pool_pages
class MatrixData:
    """Every model on every task."""

    name = "matrix-data"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Data]:
        """One file."""
        yield Data(MATRIX, text_of_matrix(snapshot))
