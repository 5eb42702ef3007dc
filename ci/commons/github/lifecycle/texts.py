"""The text of a proposal on GitHub: evidence, the change where it cannot be a pull request, and how it goes on."""

from __future__ import annotations

import re

from commons.github.comment import MAX_CHARACTERS, length
from commons.github.lifecycle.proposal import Change, Proposal, marker_of
from commons.github.lifecycle.standing import Form
from commons.github.words import amount, listed
from commons.lint.printing import safe_whole

PROPOSALS_PAGE = "docs/proposals.md"
#: A proposal that a person closed is not opened again for so long.
RESPECT_DAYS = 180
#: Nobody reads a longer diff in an issue; so many lines are shown in a terminal.
MOST_LINES, SHORT = 80, 14
_MOST_WIDTH = 200
#: One text calls at most so many people.
MOST_ASKED = 10


def body_of(proposal: Proposal, form: Form) -> str:
    """The Markdown of the pull request or issue."""
    for lines in (MOST_LINES, SHORT, 0):
        text = _body(proposal, form, lines)
        if length(text) <= MAX_CHARACTERS:
            return text
    return _body(Proposal(proposal.slug, proposal.title, proposal.why, "The evidence is too long to be shown here.",
                          proposal.since, asks=proposal.asks), form, 0)


def _body(proposal: Proposal, form: Form, lines: int) -> str:
    parts = [proposal.why, proposal.body]
    if form is Form.ISSUE and proposal.files:
        parts += ["There is no bot here that could open a pull request. Whoever agrees opens one with this change:",
                  fenced(diff_of(proposal.files, lines))]
    if proposal.asks:
        parts.append(f"Asked: {listed([f'@{name}' for name in proposal.asks[:MOST_ASKED]])}.")
    merge = "Merge it if it is right. " if form is Form.PULL else ""
    parts.append(
        f"<sub>Made by `commons lifecycle`; `{PROPOSALS_PAGE}` says why under `{proposal.kind}`. {merge}Its text is "
        "kept up to date, so write in comments. It is closed when its reason is gone. Who closes it is heard: it is "
        f"not opened again for {RESPECT_DAYS} days.</sub>")
    return "\n\n".join([*filter(None, parts), marker_of(proposal.slug)]) + "\n"


def diff_of(files: tuple[Change, ...], most: int) -> list[str]:
    """The changes as at most ``most`` lines of a diff that nothing obeys."""
    every = [safe_whole(line if len(line) <= _MOST_WIDTH else f"{line[:_MOST_WIDTH]}...")
             for change in files for line in change.diff()]
    more = len(every) - most
    return every if more <= 0 else [*every[:most], f"... and {amount(more, 'more line')}"]


def fenced(lines: list[str]) -> str:
    """Lines as a block of code that none of them can end, in which GitHub looks for nothing.

    >>> print(fenced(["a", "```", "<!-- b -->"]))
    ````diff
    a
    ```
    <! -- b -->
    ````
    """
    shown = [line.replace("<!--", "<! --").replace("${{", "$ {{") for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}diff", *shown, fence])
