"""The dimensions of one model or of several as a table for people: a column for each model, notes once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from commons.analyse.dimensions.findings import Unit, Value
from commons.analyse.dimensions.report import Report
from commons.cli.dimensions_missing import missing_lines
from commons.cli.saying import width, wrapped
from commons.pool.card import PROPORTION
from commons.publish.numbers import MINUS, count, quantity
from commons.stats.dimensions.calibration import Bin

_SIGNS = {Unit.PROPORTION.value: "%", Unit.POINTS.value: " points", Unit.TOKENS.value: "", Unit.SCORE.value: "",
          Unit.SECONDS.value: " s", Unit.DOLLARS.value: " USD"}
_IN_HUNDREDTHS = {Unit.PROPORTION.value, Unit.POINTS.value}
_NAMES = 40
_NO_INTERVAL = "no interval: "
#: A gain over equal guesses that is at most this share of what they give is hardly one.
_HARDLY = 0.1

#: A line of the table: the dimension, the number's name, which way it is better, and its value by model.
_Row = tuple[str, str, str, tuple[str, ...]]


def report_lines(reports: Sequence[Report], *, bins: bool) -> Iterator[str]:
    """The table of what was measured, the notes to it, and what was not measured with what would mend that."""
    names = [one.model for one in reports]
    yield f"{reports[0].task} on {names[0] if len(names) == 1 else f'{len(names)} models'}"
    values = [_values(one) for one in reports]
    usual = Counter((value.n, value.of) for held in values for value in held.values()).most_common(1)[0][0]
    yield ""
    yield from _tables(names, list(_rows(values, usual)))
    yield from wrapped(f"n = {_n(*usual)} where no other n stands. In brackets: 95% intervals.")
    yield from _notes(reports, values)
    if bins:
        for one in reports:
            yield from _bins(one, alone=len(reports) == 1)
    yield from missing_lines(reports)
    methods = dict.fromkeys(value.method for held in values for value in held.values()
                            if value.interval is not None and value.method)
    yield ""
    yield from wrapped(f"Intervals: {'; '.join(methods)}. What each is, and each number: docs/dimensions.md. "
                       "Which number has which: --json.")


def _values(report: Report) -> dict[tuple[str, str], Value]:
    """The numbers by dimension and name."""
    return {(one.dimension.name, value.name): value
            for one in report.findings for measured in one.measured for value in measured.values}


def _rows(values: Sequence[dict[tuple[str, str], Value]], usual: tuple[int, str]) -> Iterator[_Row]:
    keys = sorted(dict.fromkeys(key for held in values for key in held), key=_order(values))
    for dimension, name in keys:
        held = [one.get((dimension, name)) for one in values]
        known = [one for one in held if one is not None]
        sizes = {(one.n, one.of) for one in known}
        same = f" (n = {_n(*min(sizes))})" if len(sizes) == 1 and sizes != {usual} else ""
        cells = tuple("not measured" if one is None else
                      _cell(one) + (f", n = {_n(one.n, one.of)}" if len(sizes) > 1 else "") for one in held)
        yield dimension, f"{name}{same}", known[0].better.value, cells
        if any(one.guess is not None for one in known):
            yield dimension, "  equal guesses would give", "", tuple(
                "" if one is None or one.guess is None else _number(one.guess, one.unit) for one in held)


def _order(values: Sequence[dict[tuple[str, str], Value]]) -> Callable[[tuple[str, str]], tuple[int, int]]:
    """Dimensions in their order, numbers as the first model that has them shows them."""
    from commons.analyse.dimensions.registry import all_dimensions

    places = {one.name: one.place for one in all_dimensions()}
    seen = {key: place for place, key in enumerate(dict.fromkeys(key for held in values for key in held))}
    return lambda key: (places[key[0]], seen[key])


def _n(n: int, of: str) -> str:
    return f"{count(n)} {of}"


def _tables(models: Sequence[str], rows: Sequence[_Row]) -> Iterator[str]:
    """The rows, with as many models beside each other as a line takes."""
    wide = max((min(_NAMES, len(row[1])) for row in rows), default=0) + 2
    start = 0
    while start < len(models):
        columns = [max(len(models[one]), *(len(row[3][one]) for row in rows)) for one in range(start, len(models))]
        fits, used = 0, wide + 9
        while fits < len(columns) and (fits == 0 or used + columns[fits] + 2 <= width()):
            used += columns[fits] + 2
            fits += 1
        shown = list(range(start, start + fits))
        yield _line("", "better", [models[one] for one in shown] if len(models) > 1 else ["value"], wide, columns)
        for dimension, held in groupby(rows, key=lambda row: row[0]):
            yield dimension
            for _, name, better, cells in held:
                *above, last = wrapped_name(name)
                yield from (f"  {one}" for one in above)
                yield _line(last, better, [cells[one] for one in shown], wide, columns)
        yield ""
        start += fits


def wrapped_name(name: str) -> list[str]:
    """A number's name in lines of at most forty characters."""
    import textwrap

    indent = " " * (len(name) - len(name.lstrip()))
    return textwrap.wrap(name.strip(), _NAMES, initial_indent=indent, subsequent_indent=indent + "  ",
                         break_long_words=False, break_on_hyphens=False)


def _line(name: str, better: str, cells: Sequence[str], wide: int, columns: Sequence[int]) -> str:
    held = [cell.ljust(size) for cell, size in zip(cells, columns, strict=False)]
    return "  ".join([f"  {name}".ljust(wide), better.ljust(7), *held]).rstrip()


def _notes(reports: Sequence[Report], values: Sequence[dict[tuple[str, str], Value]]) -> Iterator[str]:
    """What a reader must know beside the numbers; once where it is said of all models."""
    said: dict[str, list[str]] = {}
    for report, held in zip(reports, values, strict=True):
        for line in (*_verdicts(held), *_without(held)):
            said.setdefault(line, []).append(report.model)
    for report in reports:
        for line in dict.fromkeys(_caveats(report)):
            said.setdefault(line, []).append(report.model)
    if said:
        yield from ("", "Notes")
    for line, models in said.items():
        whose = "" if len(models) == len(reports) else f"{', '.join(models)}: "
        yield from wrapped(f"{whose}{line}", "  ")


def _caveats(report: Report) -> Iterator[str]:
    for one in report.findings:
        for measured in one.measured:
            yield from (f"{one.dimension.name}: {caveat}" for caveat in measured.caveats)


def _verdicts(held: dict[tuple[str, str], Value]) -> Iterator[str]:
    """What the interval of a number says of it beside equal guesses."""
    for (dimension, name), value in held.items():
        if value.guess is None or value.interval is None:
            continue
        near, far = value.guess - value.interval[1], value.guess - value.interval[0]
        if near <= 0 <= far:
            how = "not told apart from equal guesses"
        elif far < 0:
            how = f"worse than equal guesses, by {-far:.2g} to {-near:.2g}"
        else:
            hardly = "hardly " if far <= _HARDLY * value.guess else ""
            how = f"{hardly}better than equal guesses, by {near:.2g} to {far:.2g}"
        yield f"{dimension}: {name}: {how}."


def _without(held: dict[tuple[str, str], Value]) -> Iterator[str]:
    """Why numbers that should have an interval have none."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for (dimension, name), value in held.items():
        if value.method.startswith(_NO_INTERVAL):
            reasons.setdefault((dimension, value.method), []).append(name)
    for (dimension, method), names in reasons.items():
        yield f"{dimension}: {method}: {', '.join(names)}."


def _bins(report: Report, *, alone: bool) -> Iterator[str]:
    held = [one for found in report.findings for measured in found.measured for one in measured.bins]
    whose = "" if alone else f" of {report.model}"
    if not held:
        yield from ("", f"There are no bins{whose}: the calibration error was not measured.")
        return
    yield from ("", f"Bins of equal mass{whose}", "  confidence from  items  mean confidence   right")
    yield from map(_bin, held)


def _bin(one: Bin) -> str:
    return (f"  {one.low:.3f} to {one.high:.3f}  {one.n:>5}  {100 * one.confidence:>14.1f}%  "
            f"{100 * one.accuracy:>5.1f}%")


def _cell(value: Value) -> str:
    """A value with its interval, as ``cli.saying.measured`` writes it; without brackets where none is meant."""
    sign = _SIGNS.get(value.unit, f" {value.unit}")
    text = _number(value.value, value.unit) + sign
    if value.interval is not None:
        return f"{text} ({' to '.join(_number(end, value.unit) for end in value.interval)})"
    return f"{text} (no interval)" if value.method.startswith(_NO_INTERVAL) else text


def _number(value: float, unit: str) -> str:
    """Percent and points with at most one decimal, all else with three digits."""
    if unit in _IN_HUNDREDTHS:
        return quantity(value, PROPORTION)
    text = f"{value:.3g}"
    if "e" in text and abs(value) >= 1:
        text = f"{value:,.0f}"
    return (text if float(text.replace(",", "")) else text.removeprefix("-")).replace("-", MINUS)
