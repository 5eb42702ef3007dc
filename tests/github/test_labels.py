"""Labels: a state machine that follows from the comment's judgement, and issue forms that set the documented ones."""

from __future__ import annotations

import itertools

import pytest
import yaml

from commons.github.api import Api
from commons.github.execute import Hand
from commons.github.judgement import MANAGED, VERDICT_LABELS, WHO_LABELS, Verdict, Who
from commons.github.labels import MOVES, Event, State, all_labels, labels_page, move, state_of, who_of
from commons.github.labels_issues import FORMS, ISSUE_LABELS, TRIAGE
from commons.github.labels_put import put_labels
from tests.builders import REPOSITORY_ROOT
from tests.github.fake_api import REPOSITORY, FakeGitHub, serving

TEMPLATES = REPOSITORY_ROOT / ".github" / "ISSUE_TEMPLATE"
#: GitHub's form schema, as far as forms here use it: type -> its attributes that must be there.
ELEMENTS = {"markdown": {"value"}, "textarea": {"label"}, "input": {"label"}, "dropdown": {"label", "options"},
            "checkboxes": {"label", "options"}}
KNOWN = {"label", "description", "placeholder", "value", "render", "multiple", "options", "default"}


def test_every_label_that_the_bot_sets_is_documented() -> None:
    """No label of the comment is missing on the page, and each has words."""
    assert set(all_labels()) >= MANAGED
    assert all(all_labels().values())
    assert all(f"`{label}`" in labels_page() for label in all_labels())


def test_the_page_is_the_one_in_the_repository() -> None:
    """docs/labels.md is what the code makes."""
    assert (REPOSITORY_ROOT / "docs" / "labels.md").read_text(encoding="utf-8") == labels_page()


def test_each_verdict_has_its_state() -> None:
    """The comment's verdicts and the states with a label are the same things."""
    assert {state.label for state in State if state.label} == set(VERDICT_LABELS.values())
    for verdict in Verdict:
        assert state_of(frozenset({VERDICT_LABELS[verdict]})).name == verdict.name


def test_a_pull_request_is_merged_only_when_it_is_ready() -> None:
    """No other state leads to merged."""
    merging = [state for state in State if move(state, Event.MERGE) is State.MERGED]

    assert merging == [State.READY]


def test_no_event_has_two_outcomes() -> None:
    """The machine is a function: one state and one event lead to one state at most."""
    arrows = [(before, one.event) for one in MOVES for before in one.before or (None,)]

    assert len(arrows) == len(set(arrows))


def test_every_state_is_reached_and_every_open_one_can_be_left() -> None:
    """From the opening all states can be reached; merged is the end, and closed can be reopened."""
    reached: set[State | None] = {None}
    for _ in State:
        reached |= {after for state, event in itertools.product(set(reached), Event) if (after := move(state, event))}

    assert reached - {None} == set(State)
    assert [state for state in State if not any(move(state, event) for event in Event)] == [State.MERGED]


def test_a_confirmation_does_not_help_where_something_is_to_be_mended() -> None:
    """Vouching moves what waits, and never what has faults."""
    assert move(State.WAITING, Event.VOUCHED) is State.READY
    assert move(State.CHANGES, Event.VOUCHED) is None


def test_contradicting_labels_are_judged_again() -> None:
    """Two states, or two people who act next, say nothing."""
    assert state_of(frozenset({"ready for review", "changes needed"})) is State.UNJUDGED
    assert who_of(frozenset(WHO_LABELS.values())) is None
    assert who_of(frozenset({"next: owners"})) is Who.OWNERS


@pytest.mark.parametrize("form", FORMS)
def test_an_issue_form_is_one_that_github_takes(form: str) -> None:
    """Each form has what GitHub's schema asks for, unique ids, and sets documented labels."""
    data = yaml.safe_load((TEMPLATES / f"{form}.yml").read_text(encoding="utf-8"))
    fields = [one for one in data["body"] if one["type"] != "markdown"]

    assert set(data) <= {"name", "description", "title", "labels", "body", "assignees", "projects", "type"}
    assert data["name"]
    assert data["description"]
    assert data["labels"] == [FORMS[form], TRIAGE]
    assert set(data["labels"]) <= set(ISSUE_LABELS)
    assert fields
    assert len({one["id"] for one in fields}) == len(fields)
    for one in data["body"]:
        assert ELEMENTS[one["type"]] <= set(one["attributes"]) <= KNOWN
        options = one["attributes"].get("options", [])
        assert len(options) == len(set(options))
        assert not {str(option).lower() for option in options} & {"none", "true", "false"}


def test_every_form_stands_in_the_list_and_blank_issues_are_off() -> None:
    """A form that nobody documents would set a label that nobody knows."""
    assert {path.stem for path in TEMPLATES.glob("*.yml")} == {*FORMS, "config"}
    assert yaml.safe_load((TEMPLATES / "config.yml").read_text(encoding="utf-8"))["blank_issues_enabled"] is False


def test_labels_that_are_missing_are_made_and_the_others_stay() -> None:
    """A label that people made, in whatever capitals, is theirs; made twice is made once."""
    with serving(FakeGitHub(known_labels={"Hold": {"name": "Hold", "color": "000000"}})) as github, \
            Api(REPOSITORY, github.url, "a-token", execute=True, say=lambda _: None, sleep=lambda _: None) as api:
        made = put_labels(Hand(api))
        assert made == len(all_labels()) - 1
        assert {name.casefold() for name in github.known_labels} == {name.casefold() for name in all_labels()}
        assert github.known_labels["Hold"] == {"name": "Hold", "color": "000000"}
        assert put_labels(Hand(api)) == 0
