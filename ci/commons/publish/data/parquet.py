"""Parquet with the same bytes for the same rows: no time of writing, no row order of its own, zstd."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from commons.publish.data.columns import Column
from commons.publish.data.legal import Legal
from commons.publish.inert import visible

_TYPES = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}


def type_of(column: Column) -> pa.DataType:
    """The type of a column."""
    return _TYPES[column.type]


def bytes_of(columns: Mapping[str, pa.Array | pa.ChunkedArray], schema: str, legal: Legal, **more: str) -> bytes:
    """The file's bytes; ``more`` is said beside the licence, the day and the citation."""
    marks = {name: value or "" for name, value in {**legal.marks(schema), **more}.items()}
    table, out = pa.table(dict(columns)), io.BytesIO()
    # Arrow's own copy of the schema would say again what the columns say. Without it a table's own metadata is not
    # written, so the marks are given to the writer.
    with pq.ParquetWriter(out, table.schema, compression="zstd", store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({name: visible(text) for name, text in marks.items()})
    return out.getvalue()


def table_of(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> dict[str, pa.Array]:
    """Rows, each in the order of ``columns``, as the arrays of a table."""
    turned: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return {column.name: pa.array(values, type_of(column)) for column, values in zip(columns, turned, strict=True)}
