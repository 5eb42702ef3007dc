"""CSV that opens as a table everywhere, and the file beside it (CSVW) that says what the columns mean."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from commons.publish.data.columns import Column
from commons.publish.data.jsonfile import text_of
from commons.publish.data.legal import Legal
from commons.publish.inert import visible

#: What a spreadsheet takes for the beginning of a formula, in the forms of East Asian keyboards too.
_FORMULA = frozenset("=+-@\t\n\uff1d\uff0b\uff0d\uff20")

#: What no name of a column may hold in the W3C's form; the column's title is what stands in the file.
_NO_NAME = re.compile(r"[^A-Za-z0-9_]|^_")


def lines_of(rows: Iterable[Sequence[object]]) -> str:
    """The lines of some rows; lists become numbers apart by spaces."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_written(value) for value in row] for row in rows)
    return out.getvalue()


def _written(value: object) -> object:
    """A value as it stands in a field: text that no spreadsheet will take for a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    if not isinstance(value, str):
        return value
    text = visible(value)
    return "'" + text if text[:1] in _FORMULA else text


def metadata_of(name: str, columns: Sequence[Column], legal: Legal, note: str = "") -> str:
    """The text of ``<name>-metadata.json``, in the W3C's form for such files."""
    return text_of({
        **legal.marks("csvw/1"), "@context": "http://www.w3.org/ns/csvw", "url": name,
        "dc:license": legal.licence, "dc:issued": legal.day, "dc:bibliographicCitation": legal.citation,
        **({"dc:description": note} if note else {}),
        "tableSchema": {"columns": [
            {"name": _NO_NAME.sub(_in_percent, one.name), "titles": one.name, "datatype": one.type,
             "dc:description": one.words, **({"separator": " "} if one.many else {})}
            for one in columns
        ]},
    })


def _in_percent(found: re.Match[str]) -> str:
    """A character as addresses write it: names of columns are made of letters, digits and such."""
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "backslashreplace"))
