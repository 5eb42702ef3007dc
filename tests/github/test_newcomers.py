"""Limits on open pull requests."""

from __future__ import annotations

from commons.github.newcomers import NO_LIMIT_FROM, above_limit, limit_for


def test_a_newcomer_may_have_two_open_and_more_with_each_merge() -> None:
    """The limit only rises, and ends."""
    most = [limit_for(merged).most for merged in range(NO_LIMIT_FROM + 1)]

    assert most == [2, 4, 4, 8, 8, 8, None]


def test_the_newest_wait_and_the_oldest_go_on() -> None:
    """The order in which they are given does not matter, and none is named twice."""
    assert above_limit([30, 10, 20, 10], limit_for(0)) == (30,)
    assert above_limit([1, 2], limit_for(0)) == ()
    assert above_limit(range(100), limit_for(NO_LIMIT_FROM)) == ()


def test_maintainers_and_the_bot_have_no_limit() -> None:
    """Trust does not depend on what was merged."""
    assert above_limit(range(50), limit_for(0, trusted=True)) == ()


def test_the_limit_is_said_to_its_author() -> None:
    """The sentence has the number and says that nothing is lost."""
    assert limit_for(0).words == "With nothing merged so far, 2 may be open at once; the others wait, and none is lost."
