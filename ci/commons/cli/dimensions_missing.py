"""What dimensions could not measure, in words: each reason once for all models, with the command and what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.analyse.asking import Asking, asked_of_all
from commons.analyse.dimensions.findings import NotMeasured
from commons.analyse.dimensions.report import Report
from commons.cli.saying import width, wrapped
from commons.publish.numbers import duration

#: More models than this are not named one by one in a command.
_NAMED = 3


def missing_lines(reports: Sequence[Report]) -> Iterator[str]:
    """What was not measured, with the reason and what would mend it; nothing where all was."""
    held: dict[tuple[str, str, str, str], list[tuple[str, NotMeasured]]] = {}
    for report in reports:
        for found in report.findings:
            for one in found.missing:
                key = (found.dimension.name, one.what, one.reason, one.variant)
                held.setdefault(key, []).append((report.model, one))
    if held:
        yield from ("", "Not measured")
    for (dimension, what, reason, _), of in held.items():
        models = [model for model, _ in of]
        whose = "" if len(of) == len(reports) else f" ({', '.join(models)})"
        named = what if what.startswith(dimension) else f"{dimension}, {what}"
        yield from wrapped(f"{named}{whose}: {reason}", "  ")
        yield from _mends(reports[0].task, of)


def asking_said(each: Sequence[Asking]) -> str:
    """What running variants takes: ``5 variants x 80 items = 400 answers, about 31 s``.

    >>> asking_said([Asking(5, 80, 1, 6.2), Asking(5, 80, 1, 8.0)])
    '5 variants x 80 items x 2 models = 800 answers, about 14.2 s at the speed of the canonical cells'
    """
    answers, seconds = asked_of_all(each)
    first = each[0]
    alike = all((one.variants, one.items, one.repeats) == (first.variants, first.items, first.repeats) for one in each)
    parts = [f"{first.variants} variant{'s' * (first.variants > 1)}", f"{first.items:,} items"]
    parts += [f"{first.repeats} answers each"] * (first.repeats > 1) + [f"{len(each)} models"] * (len(each) > 1)
    product = f"{' x '.join(parts)} = " if alike else ""
    speed = "" if seconds is None else (
        f", about {duration(seconds)} at the speed of the canonical cell{'s' * (len(each) > 1)}")
    return f"{product}{answers:,} answers{speed}"


def _mends(task: str, of: Sequence[tuple[str, NotMeasured]]) -> Iterator[str]:
    """The command, on a line of its own so that it can be copied, and what it takes."""
    first = of[0][1]
    asked = [one.asking for _, one in of if one.asking is not None]
    if asked:
        yield from command_lines(task, [model for model, _ in of], first.variant, "      ")
        yield from wrapped(f"{asking_said(asked)}.", "      ")
    else:
        yield from (f"      {mend}" for mend in dict.fromkeys(one.mend for _, one in of if one.mend))


def command_lines(task: str, models: Sequence[str], variant: str, indent: str) -> Iterator[str]:
    """The command that runs a variant on models, so that it can be copied: a line that is too long goes on below."""
    named = [f"--model {model}" for model in models] if len(models) <= _NAMED else ["--model MODEL"]
    parts, line = [f"commons run {task}", *named, f"--variant {variant}"], indent
    for place, part in enumerate(parts):
        ends = 2 if place + 1 < len(parts) else 0
        if line.strip() and len(line) + 1 + len(part) + ends > width():
            yield f"{line} \\"
            line = f"{indent}  {part}"
        else:
            line = f"{line} {part}" if line.strip() else f"{indent}{part}"
    yield line
    if len(models) > _NAMED:
        yield from wrapped(f"for each MODEL of: {', '.join(models)}", indent)
