"""The hidden lines by which our comments are found again. A stranger may copy one: authorship is checked too."""

from __future__ import annotations

LIVE = "<!-- eval-commons: live comment -->"
PUBLISHED = "<!-- eval-commons: published -->"


def carries(body: str, marker: str) -> bool:
    """Whether ``body`` ends with ``marker``, as ours do: a quotation of it somewhere in a text is none."""
    return body.rstrip().endswith(f"\n{marker}")
