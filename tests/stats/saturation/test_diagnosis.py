"""The state machine: each line of its table, and that one refresh never declares anything."""

from __future__ import annotations

import dataclasses

import pytest

from commons.stats.saturation.diagnosis import RULES, Evidence, Name, diagnose, is_saturated, meets_saturation

ROOM = Evidence(5, reliability=0.5, omnibus=0.2, headroom=0.4, index=0.3, index_interval=(0.1, 0.6), above=(0.3, 0.5),
                headroom_most=0.6, telling=40)
SOLVED = Evidence(5, reliability=0.1, omnibus=0.6, headroom=0.01, index=0.89, index_interval=(0.25, 0.99),
                  above=(0.7, 0.75), headroom_most=0.07, telling=12)


@pytest.mark.parametrize(("evidence", "place"), [
    (dataclasses.replace(SOLVED, families=4), 0),
    (Evidence(5), 1),
    (dataclasses.replace(ROOM, above=(-0.02, 0.04), headroom=0.97), 2),
    (SOLVED, 3),
    (dataclasses.replace(ROOM, reliability=0.8, omnibus=0.01), 4),
    (dataclasses.replace(SOLVED, reliability=0.9, omnibus=0.01, index=0.1, index_interval=(0.05, 0.4)), 4),
    (dataclasses.replace(SOLVED, index=0.69), 5),
    (dataclasses.replace(SOLVED, over_ceiling=True), 5),
    (dataclasses.replace(SOLVED, headroom_most=0.31), 6),
    (dataclasses.replace(ROOM, headroom=None, index=None, index_interval=None, above=None), 7),
    (dataclasses.replace(ROOM, above=(0.05, 0.12)), 8),
    (ROOM, 9),
    (dataclasses.replace(ROOM, reliability=0.8), 9),
    (dataclasses.replace(ROOM, omnibus=0.01, reliability=0.79), 10),
    (dataclasses.replace(ROOM, omnibus=0.01, reliability=0.9, telling=9), 10),
])
def test_each_line_of_the_table_is_met(evidence: Evidence, place: int) -> None:
    """The first rule that holds gives the diagnosis, with a reason of its own."""
    found = diagnose(evidence)

    assert (found.name, found.rule) == (RULES[place].name, RULES[place].when)
    assert found.reasons[0].endswith(".")


def test_a_diagnosis_carries_its_numbers_and_what_is_missing() -> None:
    """Words alone convince nobody: the numbers stand beside the reason, and so does what could not be computed."""
    found = diagnose(dataclasses.replace(SOLVED, missing=("The card names no ceiling.",)))

    assert found.reasons[1] == ("Saturation index 0.89 (95% interval 0.25 to 0.99); headroom 1% (at most 7%); "
                                "reliability 0.10; test that all are equally good p = 0.6.")
    assert found.reasons[2] == "The card names no ceiling."


@pytest.mark.parametrize(("above", "of_the_way", "words"), [
    ((0.041, 0.085), False, "no more than 5 points above guessing: the best model's interval goes from 4.1 to 8.5"),
    ((0.041, 0.085), True, "no more than 5% of the way from guessing to the ceiling: the best model's interval goes"),
    ((-0.089, 0.178), False, "No model is shown to beat guessing: the best model's interval goes from 8.9 points"),
    ((-0.2, 0.03), False, "stands at most 3 points above guessing"),
    ((-0.2, 0.03), True, "has come at most 3% of the way from guessing to the ceiling"),
    ((-0.25, -0.089), False, "whole interval lies below guessing, by 8.9 points or more"),
])
def test_words_say_what_the_rule_tests_in_the_unit(above: tuple[float, float], of_the_way: bool, words: str) -> None:
    """What lies above guessing is never said to be unknown, and only proportions have points."""
    said = diagnose(dataclasses.replace(ROOM, above=above, of_the_way=of_the_way)).reason

    assert words in said
    assert ("points" in said) is not of_the_way


def test_only_two_refreshes_in_a_row_show_saturation() -> None:
    """One says nothing, and neither do two with one between them that does not show it."""
    assert meets_saturation(SOLVED)
    assert is_saturated([SOLVED, SOLVED, ROOM])
    assert not is_saturated([SOLVED])
    assert not is_saturated([SOLVED, ROOM, SOLVED])


@pytest.mark.parametrize("change", [{"families": 4}, {"headroom": 0.06}, {"index": 0.69}, {"headroom_most": 0.31},
                                    {"headroom": None}, {"index": None}, {"over_ceiling": True},
                                    {"headroom_most": None}])
def test_what_is_not_known_or_not_enough_shows_no_saturation(change: dict[str, object]) -> None:
    """A missing number is never a met condition."""
    assert not meets_saturation(dataclasses.replace(SOLVED, **change))  # type: ignore[arg-type]


def test_every_diagnosis_has_a_line() -> None:
    """No diagnosis can be given that the table does not name."""
    assert {rule.name for rule in RULES} == set(Name)
