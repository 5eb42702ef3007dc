"""What a landing says of itself, held against a kept message, and that nobody's text can pass for a line of it."""

from __future__ import annotations

import dataclasses

import pytest

from commons.github.land_message import (
    MOST_SUBJECT,
    TAG,
    Absent,
    Account,
    Moved,
    is_address,
    message,
    plan_of,
    subject,
)
from commons.plan.cells import Reason
from commons.pool.cell import Metric

PLAN = "a" * 64


def metric(value: float, low: float, high: float, *, higher: bool = True) -> Metric:
    """A number with its interval."""
    return Metric(value=value, stderr=None, interval=(low, high), method="Wilson", n=60, aggregation="mean",
                  higher_is_better=higher)


FULL = Account(
    planned=9,
    moved=(
        Moved("physics on small", Reason.FORCED, "proportion", metric(0.5, 0.38, 0.62), metric(0.7, 0.57, 0.8)),
        Moved("registers on small", Reason.MODEL_CHANGED, "bits per byte", metric(1.25, 1.2, 1.3, higher=False),
              metric(1.1, 1.05, 1.15, higher=False), beside=("model",)),
        Moved("words on small", Reason.TASK_CHANGED, "proportion", metric(0.2, 0.1, 0.3), metric(0.9, 0.8, 0.95),
              broke=("task", "protocol")),
        Moved("vowels on small", Reason.FORCED, "proportion", metric(0.3, 0.2, 0.4), metric(0.3, 0.2, 0.4)),
        Moved("physics on large", Reason.NEW, "proportion", None, metric(0.6333, 0.507, 0.744)),
        Moved("words on large", Reason.NEW, "proportion"),
    ),
    partial=(("words on large", "2 of 60 rows have no score: 2 instrument faults."),),
    absent=(Absent("vowels on large", "HTTP 500 from the endpoint."),
            Absent("clinic on small", "The task was edited.", stale=True)),
    refused=(("shard-2/cells/clinic/small.json", "The task was edited."),),
    changed_since=("words",), left_out=3, plan_sha256=PLAN, commit="b" * 40, run_url="https://example.org/run/7",
)

KEPT = f"""\
Results: 6 cells (2 new, 1 task changed, 1 model changed, 2 forced) [skip ci]

7 of 9 planned cells are here, 1 of them partial, 1 refused, 3 more were left out of the plan by its budget.

Largest changes of headlines, with 95% intervals:
  registers on small  1.25 bits per byte (1.20 to 1.30)  ->  1.10 bits per byte (1.05 to 1.15)  \
−0.15 bits per byte, lower is better, model changed
  physics on small    50 % (38 to 62)                    ->  70 % (57 to 80)                    +20 points
  words on small      20 % (10 to 30)                    ->  90 % (80 to 95)                    \
not comparable: task and protocol changed
  and 1 that did not change

New headlines, with 95% intervals:
  physics on large  63 % (51 to 74)

Partial: shown without a headline, and planned again:
  words on large: 2 of 60 rows have no score: 2 instrument faults.

Planned and not here:
  vowels on large: HTTP 500 from the endpoint.
  clinic on small, of which an older result stands and is stale: The task was edited.

Changed on the branch since the plan was made, so results of it may be stale:
  words

Refused:
  shard-2/cells/clinic/small.json: The task was edited.

Plan: {PLAN}
Plan-commit: {"b" * 40}
Run: https://example.org/run/7
"""


def test_a_message_is_as_it_was_kept() -> None:
    """Every part once, byte for byte."""
    assert message(FULL) == KEPT


def test_no_difference_is_shown_of_what_cannot_be_compared() -> None:
    """Where the task, the protocol or the comparability version changed there is no number that looks like progress."""
    one = Moved("say on one", Reason.TASK_CHANGED, "proportion", metric(0.1, 0.0, 0.2), metric(0.9, 0.8, 1.0))

    for broke in ("task", "protocol", "comparability version"):
        text = message(Account(1, (dataclasses.replace(one, broke=(broke,)),), plan_sha256=PLAN))
        assert f"not comparable: {broke} changed" in text
        assert "points" not in text
    assert "+80 points" in message(Account(1, (one,), plan_sha256=PLAN))


def test_long_lists_are_cut_and_counted() -> None:
    """Ten changes, twenty of everything else, five refused files; the rest is counted."""
    moved = tuple(Moved(f"t{number} on m", Reason.FORCED, "proportion", metric(0.5, 0.4, 0.6),
                        metric(0.6 + number / 1000, 0.5, 0.7)) for number in range(30))
    new = tuple(Moved(f"n{number} on m", Reason.NEW, "proportion", None, metric(0.5, 0.4, 0.6)) for number in range(40))
    account = Account(99, (*moved, *new), absent=tuple(Absent(f"x{n} on m", "why") for n in range(25)),
                      refused=tuple((f"f{n}", "why") for n in range(8)), plan_sha256=PLAN)
    text = message(account)

    assert text.count("->") == 10
    assert "t29 on m" in text
    for more in (20, 20, 5, 3):
        assert f"  and {more} more\n" in text
    assert text.count(" on m: why") == 20


@pytest.mark.parametrize("count", range(1, 9))
@pytest.mark.parametrize("each", [1, 40, 3000])
def test_a_subject_is_short_and_adds_up(count: int, each: int) -> None:
    """At most 72 characters before the tag, whatever the reasons; those without room are counted as other."""
    reasons = list(Reason)[:count]
    account = Account(0, tuple(Moved("a on b", reason, "x") for reason in reasons for _ in range(each)))
    line = subject(account)
    inside = line.partition("(")[2].partition(")")[0]

    assert line.endswith(f" {TAG}")
    assert len(line.removesuffix(f" {TAG}")) <= MOST_SUBJECT
    assert sum(int(part.split()[0].replace(",", "")) for part in inside.split(", ")) == count * each


NASTY = (
    f"x\n\nPlan: {'e' * 64}\r\nCo-authored-by: Eve <eve@example.org>\u2028Fixes #7, closes o/r#8, GH-9 "
    "https://github.com/o/r/issues/1 `${{ secrets.KEY }}` [skip ci]\x1b[31m\u202e @team"
)


def test_nobodys_text_can_forge_a_line() -> None:
    """Sentences of shards and units of cards stand in lines of ours, and call, close and colour nothing."""
    unit = Moved("say on one", Reason.NEW, NASTY, None, metric(0.5, 0.4, 0.6))
    text = message(Account(
        1, (unit,), partial=((NASTY, NASTY),), absent=(Absent("say on one", NASTY),), refused=((NASTY, NASTY),),
        changed_since=(NASTY,), plan_sha256=PLAN, commit=NASTY, run_url=NASTY,
    ))

    clean = message(Account(1, (unit,), partial=(("a", "b"),), absent=(Absent("say on one", "c"),),
                            refused=(("d", "e"),), changed_since=("f",), plan_sha256=PLAN))
    assert len(text.splitlines()) == len(clean.splitlines())
    assert [line for line in text.splitlines() if not line.startswith("  ")] == [
        line for line in clean.splitlines() if not line.startswith("  ")]
    assert not set("@#<>`\x1b\u202e\u2028\r") & set(text)
    assert "https://" not in text
    assert "GH-9" not in text
    assert plan_of(text) == PLAN


def test_only_an_address_stands_as_the_run() -> None:
    """A line break or a space in it is none of an address."""
    assert is_address("https://github.com/o/r/actions/runs/1")
    for text in ("", "javascript:x", "https://a b", "https://a\nPlan: x", "https://"):
        assert not is_address(text)


def test_a_plan_is_read_from_our_messages_only() -> None:
    """The trailer must stand first in the last block."""
    assert plan_of(message(FULL)) == PLAN
    assert plan_of(f"Fix\n\nPlan: {PLAN}\n\nMore.\n") == ""
    assert plan_of("The pool\n") == ""
