"""The hidden lines by which our comments are found again. A stranger may copy one: authorship is checked too."""

from __future__ import annotations

import re

LIVE = "<!-- eval-commons: live comment -->"
PUBLISHED = "<!-- eval-commons: published -->"

_CONFIRMED = re.compile(
    r"<!-- eval-commons: confirmed by ([A-Za-z0-9_-]{1,100}) at ([0-9a-f]{40}(?:[0-9a-f]{24})?) -->")


def live_end(login: str, sha: str) -> str:
    """The last lines of a live comment: who confirmed this head, where somebody did, and the marker."""
    line = f"<!-- eval-commons: confirmed by {login} at {sha} -->"
    return f"{line}\n{LIVE}" if _CONFIRMED.fullmatch(line) else LIVE


def confirmation(body: str) -> tuple[str, str] | None:
    """Who confirmed which head, as a live comment of ours says; None where it names nobody.

    Only the line right above the marker is read: a blank one stands there otherwise, below all that others wrote.
    """
    lines = body.replace("\r\n", "\n").rstrip().split("\n")
    found = _CONFIRMED.fullmatch(lines[-2]) if lines[-1] == LIVE and len(lines) > 1 else None
    return (found[1], found[2]) if found else None


def carries(body: str, marker: str) -> bool:
    """Whether ``body`` ends with ``marker``, as ours do: a quotation of it somewhere in a text is none."""
    return body.rstrip().endswith(f"\n{marker}")
