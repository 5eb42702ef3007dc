"""The live comment, held against kept ones: ``EVAL_COMMONS_GOLDEN=write`` writes them anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from commons.github.comment import MAX_CHARACTERS, length
from commons.github.compute import compute
from commons.github.judgement import MANAGED, MOST_DESCRIPTION, STATES, Verdict
from commons.github.marker import LIVE, carries
from tests.github.golden.published import PUBLISHED
from tests.github.golden.situations import NASTY, SITUATIONS

GOLDEN = Path(__file__).parent / "golden"
#: Our own HTML, each alone on its line.
OURS = re.compile(r"^(?:</?details>|<summary>[\w ,:]+</summary>|"
                  r"<!-- eval-commons: (?:live comment|published|confirmed by [\w-]+ at [0-9a-f]{40}) -->)$")
FIRST = re.compile(r"^\*\*(?:" + "|".join(one.value for one in Verdict) + r")\*\*: [^<>@#]+ Commit `[0-9a-f]{12}`\.$")


def rendered(name: str) -> str:
    """The comment of a kept situation."""
    return compute(SITUATIONS[name]).body if name in SITUATIONS else PUBLISHED[name].body()


def outside_code(text: str) -> str:
    """The Markdown without fenced blocks and code spans, in which GitHub looks for nothing."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("name", [*SITUATIONS, *PUBLISHED])
def test_a_comment_is_as_it_was_kept(name: str) -> None:
    """The Markdown of each situation is the kept one, byte for byte."""
    path = GOLDEN / f"{name}.md"
    if os.environ.get("EVAL_COMMONS_GOLDEN") == "write":
        path.write_text(rendered(name), encoding="utf-8", newline="\n")

    assert rendered(name) == path.read_text(encoding="utf-8")


def test_no_comment_is_kept_for_nothing() -> None:
    """Every kept file belongs to a situation, and there are as many as were asked for."""
    kept = {path.stem for path in GOLDEN.glob("*.md")}

    assert kept == {*SITUATIONS, *PUBLISHED}
    assert len(kept) >= 30


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_first_line_is_the_verdict(name: str) -> None:
    """Whoever reads one line of a comment has read the verdict, and the status says the same."""
    wanted = compute(SITUATIONS[name])

    assert FIRST.match(wanted.body.split("\n", 1)[0])
    assert wanted.body.startswith(f"**{wanted.judgement.verdict.value}**")
    assert wanted.status.state == STATES[wanted.judgement.verdict]
    assert wanted.status.description.isascii()
    assert len(wanted.status.description) <= MOST_DESCRIPTION
    assert wanted.labels <= MANAGED


@pytest.mark.parametrize("name", [*SITUATIONS, *PUBLISHED])
def test_a_comment_is_harmless(name: str) -> None:
    """No comment is too long, calls or links anybody, holds foreign HTML, or can be read as an expression."""
    body = rendered(name)
    words = outside_code(body)

    assert length(body) <= MAX_CHARACTERS
    assert all(OURS.match(line) for line in body.split("\n") if "<" in outside_code(line))
    assert not re.search(r"@\w|(?<!&)#\d|\bGH-\d|://|www\.|mailto:\w", re.sub(r"\]\(https://[\w./-]+\)", "", words))
    assert "${{" not in body
    assert "::set-output" not in [line.strip()[:12] for line in body.split("\n")]
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\r]", body)


@pytest.mark.parametrize("name", [*SITUATIONS, *PUBLISHED])
def test_a_comment_is_whole_markdown(name: str) -> None:
    """A Markdown parser finds our own HTML, no image, no foreign link, and details that are closed."""
    markdown_it = pytest.importorskip("markdown_it")
    tokens = markdown_it.MarkdownIt("commonmark").enable("table").parse(rendered(name))
    inner = [child for token in tokens for child in token.children or []]
    blocks = [line for token in tokens if token.type == "html_block" for line in token.content.strip().split("\n")]

    assert not [one.content for one in inner if one.type in {"html_inline", "image"}]
    assert all(OURS.match(line) for line in blocks)
    assert blocks.count("<details>") == blocks.count("</details>")
    links = [one.attrGet("href") for one in inner if one.type == "link_open"]
    assert all(href.startswith("https://pool.example/") for href in links)
    fences = [token for token in tokens if token.type == "fence"]
    assert len(fences) == (name in SITUATIONS)
    assert all(re.fullmatch(r"(commons [\w./ -]+\n)+", fence.content) for fence in fences)


def test_only_the_last_line_is_our_marker() -> None:
    """A marker that a contributed text quotes makes no comment ours."""
    assert carries(compute(SITUATIONS["new_task"]).body, LIVE)
    assert not carries(f"Look: {LIVE} there", LIVE)
    assert LIVE in NASTY


def test_what_is_left_out_is_counted() -> None:
    """A comment that would be too long says how much more there is."""
    body = compute(SITUATIONS["huge"]).body

    assert re.search(r"- and [\d,]+ more findings", body)
    assert re.search(r"And [\d,]+ more tasks", body)


@pytest.mark.parametrize(("name", "verdict"), [
    ("new_task", Verdict.READY), ("typo", Verdict.READY), ("model_added", Verdict.READY), ("draft", Verdict.WAITING),
    ("results_touched", Verdict.CHANGES), ("deletion", Verdict.CHANGES), ("deletion_with_amendment", Verdict.WAITING),
    ("endpoint_added", Verdict.WAITING),
    ("lint_failing", Verdict.CHANGES), ("hints_only", Verdict.READY), ("gate_failing", Verdict.CHANGES),
    ("gate_report_missing", Verdict.UNCHECKED), ("gate_report_pending", Verdict.WAITING),
    ("sandbox_missing", Verdict.UNCHECKED), ("gate_report_of_another_commit", Verdict.WAITING),
    ("workflow_touched", Verdict.CHANGES), ("program_touched", Verdict.WAITING), ("suite_and_task", Verdict.WAITING),
    ("suite_and_task_vouched", Verdict.READY), ("names_somebody_else", Verdict.CHANGES),
    ("unsigned", Verdict.CHANGES), ("unsigned_typo", Verdict.READY),
    ("conflicting_name", Verdict.CHANGES), ("lookalike_name", Verdict.CHANGES), ("unreadable", Verdict.UNCHECKED),
    ("name_of_a_withdrawn_task", Verdict.CHANGES), ("above_the_limit", Verdict.WAITING),
    ("lane_taken", Verdict.READY), ("lane_closed", Verdict.READY), ("lane_refused", Verdict.READY),
])  # fmt: skip
def test_a_situation_has_its_verdict(name: str, verdict: Verdict) -> None:
    """Each kind of situation ends where it should, and only a verified one is green."""
    assert compute(SITUATIONS[name]).judgement.verdict is verdict


def test_unverified_gates_are_never_green() -> None:
    """Whatever else is said, a report that is doubted and that nobody vouched for earns no success."""
    for name, situation in SITUATIONS.items():
        if situation.trial.doubts and not situation.vouched:
            assert compute(situation).status.state != "success", name
