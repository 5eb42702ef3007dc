"""The page of the proposals: docs/proposals.md, made from the proposers' docstrings and the policy's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commons.github.labels_issues import LIFECYCLE
from commons.github.lifecycle.compute import MOST_NEW
from commons.github.lifecycle.proposal import BRANCHES
from commons.github.lifecycle.registry import all_proposers
from commons.github.lifecycle.texts import RESPECT_DAYS


def proposals_page() -> str:
    """The text of docs/proposals.md."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Proposals"
    yield ""
    yield "<!-- Made by `commons docs` from ci/commons/github/lifecycle: edit that. -->"
    yield ""
    yield "What policy asks for is proposed and never done by itself: `commons lifecycle` looks at the pool, and opens"
    yield "a pull request or an issue that a person merges or closes."
    yield ""
    yield "```sh"
    yield "commons lifecycle --repository ORG/REPO    # what would be proposed, why, and the change in short"
    yield "commons lifecycle --execute                # with a bot: pull requests, and issues where no file changes"
    yield "commons lifecycle --as issues --execute    # without a bot: issues that show the change"
    yield "```"
    yield ""
    yield f"- A proposal is opened once. While it is open its text, its change and its label `{LIFECYCLE}` are kept"
    yield "  up to date; when its reason is gone it is closed with a sentence."
    yield f"- A proposal that a person closed is not opened again for {RESPECT_DAYS} days."
    yield f"- At most {MOST_NEW} new ones are opened in a run, those that wait longest first."
    yield f"- A pull request is one commit on a branch `{BRANCHES}...`. A branch that somebody else pushed to is left"
    yield "  to them."
    yield "- Only what our own account opened is edited or closed (`--author`)."
    yield ""
    yield "**The bot** is an app with contents, pull requests and issues: write. Its token is the checkout's too, as"
    yield "the branch is pushed with git. The checkout has the whole history (`fetch-depth: 0`), and `--author` is the"
    yield "app's login."
    yield ""
    yield "**Without a bot.** A workflow's own token cannot open pull requests that start checks, so `--as issues`"
    yield "makes an issue with the change in it, and a person makes the pull request. All else is the same. The token"
    yield "needs issues: write, and contents and pull requests: read."
    for one in all_proposers():
        page = re.sub(r"^## ", "### ", one.page, flags=re.MULTILINE)
        yield from ("", f"## {one.name}: {one.title.rstrip('.')}", "", page)
