"""The sign-off: the line in which a contributor says that they may license the items, as in the Linux kernel's DCO.

It stands in the pull request's text, so that it can be given in a browser. The template carries the line without a
name; only what a person filled in counts, and nothing that is quoted, commented out or shown as code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from commons.github.owners import is_handle

#: What stands in the template, to be filled in.
BLANK = "Signed-off-by: @"
#: Words of other people's templates that are no name.
_PLACEHOLDERS = {"your-handle", "handle", "username", "your name", "name", "todo"}
_HIDDEN = re.compile(r"<!--.*?(-->|\Z)|^ {0,3}(```|~~~).*?(^ {0,3}\2|\Z)", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"^[ \t]*Signed-off-by:[ \t]*(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_PERSON = re.compile(r"(?P<name>[^<>@\n]{2,100}?) *<[^<>\s@]+@[^<>\s@]+>")
MOST_BODY = 65_536


@dataclass(frozen=True)
class SignOff:
    """Whether it was given, and if not, what is missing and how to give it."""

    given: bool
    problem: str = ""
    mend: str = ""


def sign_off(body: str | None, author: str) -> SignOff:
    r"""Whether the pull request's text holds the author's own sign-off.

    >>> sign_off("Ten more items.\n\nSigned-off-by: @ana-perez", "ana-perez").given
    True
    >>> sign_off("Signed-off-by: @", "ana-perez").problem
    'The sign-off has no name.'
    """
    mend = f"Write this line into the description of the pull request: {BLANK}{author}"
    shown = _HIDDEN.sub("", (body or "")[:MOST_BODY].replace("\r\n", "\n"))
    given = [found.strip() for found in _LINE.findall(shown)]
    if not given:
        return SignOff(False, "Nobody says that the items may be licensed as the card says.", mend)
    named = [name for name in given if name.removeprefix("@").strip().lower() not in {"", *_PLACEHOLDERS}]
    if not named:
        return SignOff(False, "The sign-off has no name.", mend)
    for name in named:
        handle = name.removeprefix("@")
        if is_handle(handle) and handle.lower() == author.lower():
            return SignOff(True)
        person = _PERSON.fullmatch(name)
        if person and person["name"].strip().lower() not in _PLACEHOLDERS:
            return SignOff(True)
    return SignOff(False, "The sign-off is somebody else's.", mend)
