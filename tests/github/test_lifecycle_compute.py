"""Compute, texts and cards: what is pure in making proposals."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.github.comment import MAX_CHARACTERS, length
from commons.github.lifecycle.card_text import with_lifecycle
from commons.github.lifecycle.compute import GONE, MOST_NEW, Action, Desk, Step, compute
from commons.github.lifecycle.proposal import Change, Proposal, slug_in
from commons.github.lifecycle.registry import BadProposerError, Facts, Propose, Registry, all_proposers, propose_all
from commons.github.lifecycle.standing import Branch, Form, Refusal, Standing
from commons.github.lifecycle.texts import RESPECT_DAYS, body_of
from commons.pool.card import LifecycleState
from commons.pool.repository import Repository
from tests.builders import CARD, REPOSITORY_ROOT

DAY = datetime.date(2026, 12, 31)
CHANGE = Change("tasks/sums/card.yaml", "old\n", "new\n")


def proposal(slug: str = "some-thing--sums", *, since: datetime.date = DAY, **changes: object) -> Proposal:
    """A proposal with a change."""
    return Proposal(**{"slug": slug, "title": "A title", "why": "It is so.", "body": "Evidence.", "since": since,
                       "files": (CHANGE,), **changes})


def standing(one: Proposal, form: Form = Form.PULL, **changes: object) -> Standing:
    """What stands for a proposal as it should."""
    branch = Branch({change.path: change.new for change in one.files}) if form is Form.PULL else None
    return Standing(**{"form": form, "number": 7, "slug": one.slug, "title": one.title, "body": body_of(one, form),
                       "labels": frozenset(one.labels), "opened": DAY, "branch": branch, **changes})


def steps(
    proposals: list[Proposal], found: list[Standing] = (), *, pulls: bool = True, judged: bool = True,  # type: ignore[assignment]
    refused: dict[str, Refusal] | None = None,
) -> list[Step]:
    """What is to be done."""
    return list(compute(tuple(proposals), Desk(tuple(found), refused or {}, lambda _: judged, pulls)))


def actions(*arguments: object, **named: object) -> list[tuple[Action, Form]]:
    """What is to be done, in short."""
    return [(one.action, one.form) for one in steps(*arguments, **named)]  # type: ignore[arg-type]


def test_what_changes_a_file_is_a_pull_request_and_the_rest_an_issue() -> None:
    """Without a bot both are issues."""
    both = [proposal(), proposal("some-thing--more", files=())]

    assert actions(both) == [(Action.OPEN, Form.PULL), (Action.OPEN, Form.ISSUE)]
    assert actions(both, pulls=False) == [(Action.OPEN, Form.ISSUE)] * 2


@pytest.mark.parametrize(("changes", "parts"), [
    ({"title": "Another"}, {"title"}), ({"body": "Another"}, {"text"}), ({"labels": frozenset()}, {"labels"}),
    ({"branch": Branch(None)}, {"files"}), ({"branch": Branch({"a": "b"})}, {"files"}),
])
def test_what_differs_is_updated_and_nothing_else(changes: dict[str, object], parts: set[str]) -> None:
    """Each part is compared by itself; more labels, and the ends of lines that GitHub sends, are no difference."""
    one = proposal()
    (step,) = steps([one], [standing(one, **changes)])
    same = standing(one, body=body_of(one, Form.PULL).replace("\n", "\r\n"), labels=frozenset({"lifecycle", "hold"}))

    assert (step.action, step.parts) == (Action.UPDATE, parts)
    assert actions([one], [same]) == [(Action.LEAVE, Form.PULL)]


def test_what_has_no_reason_any_more_is_closed_unless_nothing_could_be_said() -> None:
    """A proposer that failed or was not asked closes nothing; without a bot a pull request is left to people."""
    gone = standing(proposal())

    assert [(one.action, one.why) for one in steps([], [gone])] == [(Action.CLOSE, GONE)]
    assert actions([], [gone], judged=False) == [(Action.LEAVE, Form.PULL)]
    assert actions([], [gone], pulls=False) == [(Action.LEAVE, Form.PULL)]


def test_a_pull_request_from_better_days_stands_for_an_issue() -> None:
    """Where the bot is gone, no issue is opened beside a pull request that is still open."""
    one = proposal()

    assert actions([one], [standing(one)], pulls=False) == [(Action.LEAVE, Form.PULL)]


def test_a_second_one_for_the_same_is_closed() -> None:
    """Two runs at once may open two: the older stays."""
    one = proposal(files=())
    twice = [standing(one, Form.ISSUE), standing(one, Form.ISSUE, number=9)]

    assert [(step.action, step.standing.number) for step in steps([one], twice) if step.standing] == [
        (Action.LEAVE, 7), (Action.CLOSE, 9)]


def test_refusals_do_not_count_against_the_ten() -> None:
    """What waits because a person closed it leaves its place to the next."""
    many = [proposal(f"some-thing--a{number:02}") for number in range(MOST_NEW + 2)]
    refused = {many[0].slug: Refusal(Form.PULL, 3, DAY - datetime.timedelta(days=RESPECT_DAYS - 1))}
    found = steps(many, refused=refused)

    assert [one.action for one in found] == [Action.WAIT, *[Action.OPEN] * MOST_NEW, Action.WAIT]
    assert "#3" in found[0].why


def test_a_long_text_is_cut_and_still_found_again() -> None:
    """A body longer than GitHub takes loses its diff, then its evidence, and never its hidden line."""
    wide = Change("a", "", "\n".join("`" * 150 for _ in range(5_000)))
    for one in (proposal(files=(wide,)), proposal(body="long " * 40_000)):
        body = body_of(one, Form.ISSUE)
        assert length(body) <= MAX_CHARACTERS
        assert slug_in(body) == one.slug


@pytest.mark.parametrize("changes", [
    {"slug": "Some--sums"}, {"slug": "some/thing"}, {"slug": "some--"}, {"asks": ("a b",)}, {"asks": ("a @all",)},
])
def test_a_proposal_that_could_do_harm_cannot_be_made(changes: dict[str, object]) -> None:
    """Neither a slug that is no branch nor a mention that is no account comes as far as GitHub."""
    with pytest.raises(ValueError, match=r"proposal|asked"):
        proposal(**changes)


@pytest.mark.parametrize("path", ["../a", "/a", "a/../b", ".git/config", "a b", ":(top)a", ""])
def test_a_change_stays_in_the_repository(path: str) -> None:
    """A path that leaves it, or that git would read as more than a path, is refused."""
    with pytest.raises(ValueError, match="no path"):
        Change(path, None, "")


LIFECYCLES = [
    "lifecycle: {state: draft, since: 2026-11-01}\n",
    "lifecycle: {since: 2026-11-01}  # no state\n",
    "lifecycle:\n  state: draft  # not yet\n  since: 2026-11-01  # the first day\n",
    'lifecycle:\n    since: "2026-11-01"\n    reason: \'old\'\n    state: "draft"\n',
    "lifecycle:\n  since: 2026-11-01\n  successor: null",
]


@pytest.mark.parametrize("lifecycle", LIFECYCLES)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_only_the_state_of_a_card_is_edited(lifecycle: str, ending: str) -> None:
    """Comments, quotes, order and ends of lines stay; the card reads the same but for its state."""
    before, after = card().split("lifecycle: {state: draft, since: 2026-11-01}\n")
    text = f"# Übersicht \U0001f600\n{before}{after}{lifecycle}".replace("\n", ending)
    changed = with_lifecycle(text, LifecycleState.ACTIVE, DAY, 'Said: "yes"')

    assert changed is not None
    head = len(text) - len(lifecycle.replace("\n", ending))
    assert changed[:head] == text[:head]
    assert "\n" not in changed.replace(ending, "") or ending == "\n"
    assert [part for part in ("# no state", "# not yet", "# the first day") if part in text] == [
        part for part in ("# no state", "# not yet", "# the first day") if part in changed]


@pytest.mark.parametrize("lifecycle", [
    "lifecycle:\n  since: &a 2026-11-01\n  state: draft\n  reason: >-\n    long\n    text\n",
    "lifecycle: nothing\n", "a: [\n",
])
def test_a_card_that_is_not_understood_is_left(lifecycle: str) -> None:
    """What is not a plain value on one line is for a person."""
    text = card().replace("lifecycle: {state: draft, since: 2026-11-01}\n", lifecycle)

    assert with_lifecycle(text, LifecycleState.ACTIVE, DAY, "because") is None


def test_the_cards_of_the_pool_are_understood() -> None:
    """Every card here can be edited."""
    for path in sorted((REPOSITORY_ROOT / "tasks").glob("*/card.yaml")):
        text = path.read_bytes().decode()
        assert with_lifecycle(text, LifecycleState.RETIRED, DAY, "because") is not None, path.parent.name


PAGE = """A title.

## What it looks for

{days} days.

## What it proposes

It.

## Without a bot

The same.
"""


def proposer(slug: str, page: str = PAGE, error: str = "") -> Propose:
    """A proposer with a docstring."""

    def propose(facts: Facts) -> Iterator[Proposal]:
        yield proposal(slug)
        if error:
            raise ValueError(error)

    propose.__doc__ = page
    return propose


def test_a_proposer_is_registered_with_a_whole_page() -> None:
    """One without a section, or of a taken name, is a mistake of its programmer; numbers stand in the page."""
    registry = Registry()

    with pytest.raises(BadProposerError, match="What it proposes"):
        registry.proposer("some", days=3)(proposer("some", PAGE.replace("What it proposes", "What")))
    registry.proposer("some", days=3)(proposer("some"))
    with pytest.raises(BadProposerError, match="taken"):
        registry.proposer("some", days=3)(proposer("some"))

    assert "3 days." in registry.proposers[0].page


def test_a_proposer_that_fails_stops_no_other() -> None:
    """What it says instead is kept under its name; a slug of another proposer is its fault too."""
    registry = Registry()
    for name, one in (("good", proposer("good")), ("other", proposer("good")),
                      ("broken", proposer("broken", error="no"))):
        registry.proposer(name, days=3)(one)
    proposed = propose_all(registry.proposers, Facts(Repository(Path()), DAY, ()))

    assert [one.slug for one in proposed.proposals] == ["good"]
    assert dict(proposed.failed) == {"broken": "no", "other": "It proposes `good`, which is another's, or twice."}
    assert {one.name for one in all_proposers()} >= {"absent-owners", "draft-to-active", "owners-file"}


def card() -> str:
    """The text of a card."""
    return CARD.format(name="sums", metric="acc", filter="none", direction="higher", unit="proportion",
                       publish="samples", canary="eval-commons:5d2c9f1e-7a43-4b86-9e0f-3c61d8a2b754", choices="c",
                       gold="a", cluster="null", answer="choice")
