"""Who may confirm gates by hand, and the confirmation that our own comment keeps until the next push."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from commons.errors import BadFile, CannotRun
from commons.github.api import Api, ApiFailed
from commons.github.event import Outside
from commons.github.execute import Hand, our_comment
from commons.github.marker import LIVE, confirmation
from commons.github.owners import MAINTAINERS_FILE, read_maintainers

#: GitHub's roles of those who answer for a repository; whoever may only write is none of them.
ROLES = frozenset({"admin", "maintain"})


class _Permission(Outside):
    role_name: str = ""


def is_maintainer(api: Api, root: Path, login: str) -> bool:
    """Whether MAINTAINERS, as it stands on the main line checked out at ``root``, or a role on GitHub says so.

    Raises:
        ApiFailed: GitHub gives no answer; that it refuses one is a no.
    """
    try:
        named = read_maintainers(root)
    except BadFile:
        # The file is mended by a pull request; until then the role decides.
        named = ()
    if login.casefold() in {one.casefold() for one in named}:
        return True
    try:
        return api.get(f"/collaborators/{quote(login, safe='')}/permission", _Permission).role_name in ROLES
    except ApiFailed as error:
        if 400 <= error.status < 500:
            return False
        raise


def require_maintainer(api: Api, root: Path, login: str) -> None:
    """Stop a confirmation by anybody else: GitHub lets whoever may write start the workflow by hand.

    Raises:
        CannotRun: they are no maintainer, or GitHub gives no answer.
    """
    if not is_maintainer(api, root, login):
        raise CannotRun(f"{login} is no maintainer of this pool: nothing was confirmed.",
                        mend=f"Let somebody do it whom {MAINTAINERS_FILE} names, or whose role is admin or maintain.")


def kept_confirmation(hand: Hand, root: Path, number: int, sha: str) -> str:
    """The maintainer who confirmed exactly this head before, as our own comment keeps it; empty where nobody did.

    Raises:
        ApiFailed: GitHub gives no answer.
    """
    found = confirmation(our_comment(hand, number, LIVE))
    if found is None or found[1] != sha or not is_maintainer(hand.api, root, found[0]):
        return ""
    return found[0]
