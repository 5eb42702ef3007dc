"""A model's dimensions as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.analyse.dimensions.findings import Unit, Value
from commons.analyse.dimensions.report import Report
from commons.publish.numbers import MINUS, count
from commons.stats.dimensions.calibration import Bin

_HEAD = ("dimension", "number", "value", "95% interval", "n", "how")
#: Which columns stand at the right edge: numbers.
_RIGHT = {2, 3, 4}
_SIGNS = {Unit.PROPORTION.value: "%", Unit.POINTS.value: " points", Unit.TOKENS.value: "", Unit.SCORE.value: "",
          Unit.SECONDS.value: " s", Unit.DOLLARS.value: " USD"}
_IN_HUNDREDTHS = {Unit.PROPORTION.value, Unit.POINTS.value}


def report_lines(report: Report, *, bins: bool) -> Iterator[str]:
    """The table of what was measured, the notes to it, and what was not measured with what would mend that."""
    yield f"{report.task} on {report.model}"
    yield ""
    rows = [
        (one.dimension.name, value.name, _value(value), _interval(value), f"{count(value.n)} {value.of}", value.method)
        for one in report.findings for measured in one.measured for value in measured.values
    ]
    yield from _table([_HEAD, *_named_once(rows)])
    notes = [(one.dimension.name, caveat) for one in report.findings for measured in one.measured
             for caveat in measured.caveats]
    if notes:
        yield from ("", "Notes")
        yield from (f"  {name}: {caveat}" for name, caveat in dict.fromkeys(notes))
    if bins:
        yield from _bins([one for found in report.findings for measured in found.measured for one in measured.bins])
    yield from _missing(report)
    yield ""


def _missing(report: Report) -> Iterator[str]:
    missing = [(found.dimension.name, one) for found in report.findings for one in found.missing]
    if missing:
        yield from ("", "Not measured")
    for name, one in missing:
        what = one.what if one.what.startswith(name) else f"{name}, {one.what}"
        yield f"  {what}: {one.reason}"
        if one.mend:
            yield f"      {one.mend}"


def _bins(bins: Sequence[Bin]) -> Iterator[str]:
    if not bins:
        yield from ("", "There are no bins: the calibration error was not measured.")
        return
    yield from ("", "Bins of equal mass")
    rows = [(f"{one.low:.3f} to {one.high:.3f}", str(one.n), f"{100 * one.confidence:.1f}%",
             f"{100 * one.accuracy:.1f}%") for one in bins]
    yield from (f"  {line}" for line in _table([("confidence from", "items", "mean confidence", "right"), *rows]))


def _value(value: Value) -> str:
    return _number(value.value, value.unit) + _SIGNS.get(value.unit, f" {value.unit}")


def _interval(value: Value) -> str:
    if value.interval is None:
        return "none"
    return " to ".join(_number(end, value.unit) for end in value.interval)


def _number(value: float, unit: str) -> str:
    """Percent and points with one decimal, all else with three digits."""
    text = f"{100 * value:.1f}" if unit in _IN_HUNDREDTHS else f"{value:.3g}"
    if "e" in text and abs(value) >= 1:
        text = f"{value:,.0f}"
    return (text if float(text.replace(",", "")) else text.removeprefix("-")).replace("-", MINUS)


def _named_once(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """A dimension's name stands in its first row."""
    last = None
    for name, *rest in rows:
        yield ("" if name == last else name, *rest)
        last = name


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.rjust(width) if place in _RIGHT else cell.ljust(width)
                 for place, (cell, width) in enumerate(zip(row, widths, strict=True))]
        yield "  ".join(cells).rstrip()
