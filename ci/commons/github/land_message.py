r"""What a landing says of itself in its commit: what moved, by how much and how surely, and what is still to come.

A pure function of its account. Whatever others wrote stands on an indented line of its own, without the signs by which
GitHub closes issues or calls people, so that nothing in it can pass for a trailer or a line of ours.

>>> plain("done\nCo-authored-by: Eve <eve@example.org>; closes #7")
'done Co-authored-by: Eve ＜eve＠example.org＞; closes ＃7'
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from commons.github.words import amount, bare, listed
from commons.plan.cells import Reason
from commons.pool.cell import CANONICAL
from commons.publish.facts import Measurement
from commons.publish.numbers import MINUS, quantity, show, unit_sign

#: By which GitHub starts no workflow for the commit.
TAG = "[skip ci]"
PLAN_TRAILER = "Plan: "
MOST_SUBJECT = 72
MOST_CHANGES = 10
MOST_LINES = 20
MOST_REFUSED = 5

_CALLING = str.maketrans({"@": "＠", "#": "＃", "<": "＜", ">": "＞", "`": "'"})
_LINK = re.compile(r"(?i)(?<=:)(?=//)|(?<=\bGH)(?=-\d)")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ADDRESS = re.compile(r"https?://[!-~]{1,500}")


@dataclass(frozen=True)
class Moved:
    """A cell that is other than before: its headline then and now, None where it had or has none, and in which unit.

    ``broke`` names what makes the two incomparable (``task``, ``protocol``, ...), ``beside`` what else changed.
    """

    name: str
    reason: Reason
    unit: str
    old: Measurement | None = None
    new: Measurement | None = None
    broke: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Absent:
    """A planned cell that is not here; ``stale`` is whether an older result of it stands."""

    name: str
    why: str
    stale: bool = False


@dataclass(frozen=True)
class Account:
    """All that a landing has to say. ``changed_since`` are tasks and files that the plan did not know as they are.

    ``partial`` are cells without a headline and why; ``refused`` files and why; ``others`` counts files beside cells.
    """

    planned: int
    moved: tuple[Moved, ...] = ()
    partial: tuple[tuple[str, str], ...] = ()
    absent: tuple[Absent, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    changed_since: tuple[str, ...] = ()
    others: int = 0
    left_out: int = 0
    plan_sha256: str = ""
    commit: str = ""
    run_url: str = ""


def plain(text: str, most: int = 200) -> str:
    """What others wrote, as harmless words on one line."""
    return _LINK.sub(" ", bare(text.translate(_CALLING), most))


def name_of(task: str, model: str, variant: str = CANONICAL) -> str:
    """How a cell is called."""
    return f"{task} on {model}" + ("" if variant == CANONICAL else f" ({variant})")


def is_address(text: str) -> bool:
    """Whether ``text`` may stand as the address of a run."""
    return _ADDRESS.fullmatch(text) is not None


def subject(account: Account) -> str:
    """The first line, of which at most 72 characters stand before its tag."""
    if not account.moved:
        return f"Results: no cell, {amount(account.others, 'other file')} {TAG}"
    counted = Counter(one.reason for one in account.moved)
    parts = [(reason.value, counted[reason]) for reason in Reason if counted[reason]]
    head = f"Results: {amount(len(account.moved), 'cell')}"
    for named in range(len(parts), -1, -1):
        rest = sum(count for _, count in parts[named:])
        words = [f"{count:,} {reason}" for reason, count in parts[:named]] + ([f"{rest:,} other"] if rest else [])
        line = f"{head} ({', '.join(words)})"
        if len(line) <= MOST_SUBJECT:
            break
    return f"{line} {TAG}"


def message(account: Account) -> str:
    """The whole message. Its last block holds trailers, of which ``Plan`` names the plan that landed."""
    blocks = [[subject(account)], _counts(account), *_changes(account.moved), *_news(account.moved)]
    blocks += _list("Partial: shown without a headline, and planned again", _pairs(account.partial))
    blocks += _list("Planned and not here", [f"{one.name}{_standing(one)}: {plain(one.why)}" for one in account.absent])
    blocks += _list("Changed on the branch since the plan was made, so results of it may be stale",
                    [plain(one) for one in account.changed_since])
    blocks += _list("Refused", _pairs(account.refused), MOST_REFUSED)
    trailers = [f"{PLAN_TRAILER}{account.plan_sha256}"]
    trailers += [f"Plan-commit: {account.commit}"] if _COMMIT.fullmatch(account.commit) else []
    trailers += [f"Run: {account.run_url}"] if is_address(account.run_url) else []
    return "\n\n".join("\n".join(block) for block in [*blocks, trailers]) + "\n"


def plan_of(text: str) -> str:
    """The plan that a message of ours names; empty where it is not ours."""
    trailers = text.rstrip("\n").rpartition("\n\n")[2].split("\n")
    return trailers[0].removeprefix(PLAN_TRAILER) if trailers[0].startswith(PLAN_TRAILER) else ""


def _counts(account: Account) -> list[str]:
    here = account.planned - len(account.absent)
    parts = [f"{here:,} of {amount(account.planned, 'planned cell')} {'is' if here == 1 else 'are'} here"]
    parts += [f"{len(account.partial):,} of them partial"] if account.partial else []
    parts += [f"{len(account.refused):,} refused"] if account.refused else []
    if account.left_out:
        parts.append(f"{account.left_out:,} more were left out of the plan by its budget")
    return [", ".join(parts) + "."]


def _changes(moved: Sequence[Moved]) -> list[list[str]]:
    """The headlines that changed, those that can be compared first, by size against their intervals."""
    pairs = [(one, one.old, one.new) for one in moved if one.old and one.new]
    compared = sorted(((one, old, new) for one, old, new in pairs if not one.broke and old.value != new.value),
                      key=lambda pair: (-_size(pair[1], pair[2]), pair[0].name))
    apart = sorted((pair for pair in pairs if pair[0].broke), key=lambda pair: pair[0].name)
    same = len(pairs) - len(compared) - len(apart)
    rows = [(one.name, _number(old, one.unit), "->", _number(new, one.unit), _difference(one, old, new))
            for one, old, new in [*compared, *apart]]
    if not rows:
        return [[f"No headline changed in {amount(same, 'cell')} measured again."]] if same else []
    shown = rows[:MOST_CHANGES]
    widths = [max(len(row[column]) for row in shown) for column in range(5)]
    lines = ["  " + "  ".join(part.ljust(width) for part, width in zip(row, widths, strict=True)).rstrip()
             for row in shown]
    return [["Largest changes of headlines, with 95% intervals:", *lines, *_more(len(rows), MOST_CHANGES),
             *([f"  and {same:,} that did not change"] if same else [])]]


def _news(moved: Sequence[Moved]) -> list[list[str]]:
    return _list("New headlines, with 95% intervals",
                 [f"{one.name}  {_number(one.new, one.unit)}" for one in sorted(moved, key=lambda one: one.name)
                  if one.new and not one.old])


def _number(metric: Measurement, unit: str) -> str:
    shown = show(metric, unit)
    sign = plain(unit_sign(unit), 20)
    return f"{shown.value} {sign} ({shown.interval or 'no interval'})"


def _difference(one: Moved, old: Measurement, new: Measurement) -> str:
    """What may be said of the difference: nothing where the two are not of the same instrument."""
    if one.broke:
        return f"not comparable: {listed(one.broke)} changed"
    size = quantity(abs(new.value - old.value), one.unit)
    unit = "points" if one.unit == "proportion" else plain(one.unit, 20)
    after = "" if new.higher_is_better else ", lower is better"
    return f"{'+' if new.value > old.value else MINUS}{size} {unit}{after}" + "".join(
        f", {what} changed" for what in one.beside)


def _size(old: Measurement, new: Measurement) -> float:
    """How large a change is against the widths of both intervals, by which units can be held against each other."""
    if old.interval is None or new.interval is None:
        return 0.0
    width = sum(high - low for low, high in (old.interval, new.interval))
    return abs(new.value - old.value) / width if width else 0.0


def _standing(one: Absent) -> str:
    return ", of which an older result stands and is stale" if one.stale else ""


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{plain(name)}: {plain(why)}" for name, why in pairs]


def _list(title: str, lines: Sequence[str], most: int = MOST_LINES) -> list[list[str]]:
    return [[f"{title}:", *(f"  {line}" for line in lines[:most]), *_more(len(lines), most)]] if lines else []


def _more(found: int, most: int) -> list[str]:
    return [f"  and {found - most:,} more"] if found > most else []
