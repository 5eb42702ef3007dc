"""What ``commons compare --before`` says of two versions of one cell: what flipped, and whether noise does that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.analyse.compare import ALPHA
from commons.analyse.versions import Versions
from commons.cli.compare_words import difference, interval, p_said, size, value
from commons.stats.flips import Flips


def versions_lines(found: Versions) -> Iterator[str]:
    """Two versions of one cell in words; lines of answers begin with a bar and are as the model wrote them."""
    unit, apart = found.column.unit, found.difference
    yield f"{found.task} on {found.label}: now, against {found.commit[:12]}"
    if found.unchanged:
        yield "The two hold the same rows under the same cell key: nothing changed."
        return
    yield (f"  then {value(found.before, unit)}, now {value(found.after, unit)}; now less then "
           f"{difference(apart.value, unit)}, 95% interval {interval(apart.interval, unit)}, on {apart.n} shared items")
    yield f"  differing hashes: {', '.join(found.changed) or 'none, so the two were to be the same'}"
    for what, items in (("put otherwise now", found.other_input), ("new", found.added), ("gone", found.removed)):
        if items:
            yield f"  {len(items)} items are {what}: {_some(items)}"
    if found.flips is None:
        yield f"  {found.column.name} is no mean over items, so no item flips; p {p_said(apart.p)} ({apart.test})"
        return
    yield from (f"  {line}" for line in noise_lines(found, found.flips))
    for one in found.flipped:
        yield ""
        yield f"{one.item}: {one.score_before:g} -> {one.score_after:g}, {'better' if one.better else 'worse'}"
        if one.before is not None and one.after is not None:
            yield f"  then | {one.before}"
            yield f"  now  | {one.after}"
    if found.flipped and found.flipped[0].before is None:
        yield "The answers are not published."


def noise_lines(found: Versions, moves: Flips) -> Iterator[str]:
    """How many items came out otherwise, whether noise does that, and whether they went one way."""
    moved = len(moves.higher) + len(moves.lower)
    yield (f"{moved} of {moves.n} items came out otherwise: {len(moves.higher)} with a higher score, "
           f"{len(moves.lower)} with a lower one.")
    if not moved:
        return
    if moves.deterministic:
        yield ("Nothing is sampled, and host, engine and library versions are the same in both: there is no noise, and "
               "each of them is a change.")
        return
    counted = moves.p is not None and moves.p <= ALPHA
    yield _amount(found, moves)
    yield _direction(found)
    if counted or found.shifted:
        borrowed = counted and not found.shifted and moves.borrowed is not None
        yield "So something changed, as far as the borrowed noise is theirs." if borrowed else "So something changed."
    elif moves.p is None:
        yield "So whether anything but noise changed cannot be said."
    else:
        yield "So nothing but noise is seen; that is no proof that nothing changed."


def _amount(found: Versions, moves: Flips) -> str:
    """Whether so many items move by noise alone."""
    if moves.p is None or moves.expected is None:
        if found.greedy:
            return ("Nothing is sampled, but the two ran in other surroundings, where rounding alone can turn an "
                    f"answer: {_some(found.surroundings)}. How many of the items that did, nobody measured.")
        return ("How many: whether noise does that was not measured, for each item was answered once and answers may "
                "vary by themselves. Repeats in the task measure it.")
    verdict = "more than" if moves.p <= ALPHA else "not more than"
    if moves.borrowed is not None:
        changed, asked = moves.borrowed
        return (f"How many: {verdict} the check of this endpoint would lead one to expect (p {p_said(moves.p)}). That "
                f"noise is borrowed: of {asked} other items that were asked twice in a row, {changed} changed. These "
                "items may be noisier, so take it as a hint.")
    return (f"How many: {verdict} noise alone moves. The scores moved by {moves.moved:.3g} items' worth in all, and "
            f"noise gives {moves.expected:.3g} (p {p_said(moves.p)}, {moves.test}).")


def _direction(found: Versions) -> str:
    """Whether the items went one way more than the other, which noise does not."""
    apart = found.difference
    if not found.shifted:
        return f"Which way: no more one way than noise goes (p {p_said(apart.p)}, {apart.test})."
    way = "up" if apart.value > 0 else "down"
    return (f"Which way: {way}, by {size(abs(apart.value), found.column.unit)} (p {p_said(apart.p)}, {apart.test}); "
            "noise goes both ways alike.")


def _some(items: Sequence[str], most: int = 5) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")
