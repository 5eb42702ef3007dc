r"""Contributed text made harmless for a comment, and the few ways in which numbers and lists are written there.

Nothing of a pull request may format, link, picture or call anybody through our comment, nor reach a workflow's
expressions. GitHub looks for mentions and references after Markdown was rendered, so an entity does not help against
those: the signs that begin one are replaced by wide ones that look alike and do nothing.

>>> inline("see @ana, #7 and <b>https://evil.example</b> in `a`b`")
'see ＠ana, ＃7 and &lt;b&gt;https: //evil.example&lt;/b&gt; in `a`b&#96;'
>>> code("x` **bold** ${{ secrets.KEY }}")
"`x' **bold** $ {{ secrets.KEY }}`"
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence

#: So long may a quoted text be; sentences of rules are shorter.
MOST_TEXT = 300
MOST_NAME = 80
_HIDDEN = {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"}
_MARKS = {"Mn", "Me"}
#: More marks on one letter than any script needs are there to paint over other lines.
_MOST_MARKS = 2
_ACTIVE = str.maketrans({sign: f"&#{ord(sign)};" for sign in "\\`*_~[]()!|{}"})
_CALLING = str.maketrans({"@": "＠", "#": "＃", "$": "＄"})
_LINK = re.compile(r"(?i)(?<=:)(?=//)|(?<=www)(?=\.)|(?<=\bGH)(?=-\d)|(?<=mailto:)|(?<=xmpp:)")
#: What makes a list, a line or a heading of a line that begins with it.
_OPENING = re.compile(r"^(\d*)([-+=.:])")
_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def bare(text: str, most: int = MOST_TEXT) -> str:
    """``text`` on one line without anything that is not seen, cut at ``most`` characters."""
    shown: list[str] = []
    marks = 0
    for character in text[: most * 4]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if category == "Cs":
            shown.append("\ufffd")
        elif character.isspace() or character in "\u2028\u2029":
            shown.append(" ")
        elif category not in _HIDDEN and marks <= _MOST_MARKS:
            shown.append(character)
    line = " ".join("".join(shown).split())
    return line if len(line) <= most else line[: most - 3].rstrip() + "..."


def inline(text: str, most: int = MOST_TEXT) -> str:
    """Contributed ``text`` as words in a line; what stands between backticks stays a code span."""
    parts = bare(text, most).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    joined = "".join(code(part, most) if place % 2 and part.strip() else _words(part)
                     for place, part in enumerate(parts))
    return _OPENING.sub(lambda found: f"{found[1]}&#{ord(found[2])};", joined)


def code(text: str, most: int = MOST_NAME) -> str:
    """Contributed ``text`` as a code span, in which GitHub looks for nothing."""
    inside = bare(text, most).replace("`", "'").replace("${{", "$ {{").replace("<!--", "<! --").strip()
    return f"`{inside}`" if inside else "`(nothing that is seen)`"


def typed(name: str) -> str | None:
    """A name as it can be typed in a shell without harm; None where it cannot."""
    return name if _SAFE_NAME.fullmatch(name) else None


def amount(number: int, noun: str, several: str = "") -> str:
    """A number with its noun: ``1 task``, ``1,200 tasks``."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Words joined with commas and a last ``and``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def named(names: Sequence[str], most: int = 3, total: int | None = None) -> str:
    """Contributed names as code spans, and how many more there are."""
    shown = [code(name) for name in names[:most]]
    more = (len(names) if total is None else total) - len(shown)
    return listed([*shown, f"{more:,} more"] if more > 0 else shown)


def cut(lines: Iterable[str], most: int, noun: str = "line") -> list[str]:
    """At most ``most`` lines of a list, and a line that counts the others."""
    every = list(lines)
    more = len(every) - most
    return every if more <= 0 else [*every[:most], f"- and {amount(more, f'more {noun}', f'more {noun}s')}"]


def _words(text: str) -> str:
    safe = html.escape(_LINK.sub(" ", text.translate(_CALLING)), quote=False)
    return safe.translate(_ACTIVE)
