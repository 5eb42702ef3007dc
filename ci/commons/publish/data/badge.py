"""Badges: one line about a task or a model as a small SVG, which a README elsewhere can show."""

from __future__ import annotations

from xml.sax.saxutils import escape

from commons.publish.data.legal import Legal
from commons.publish.inert import visible

#: A badge is no place for more of a title.
LONGEST = 40
_HEIGHT, _PAD, _FONT = 20, 7, 11
#: Widths of letters as shares of the font's size; all others are counted as wide as a W, and wide scripts as a square.
_NARROW, _MIDDLE, _WIDE = 0.36, 0.6, 0.95
_THIN = frozenset("ijltfrI.,:;|!'()[] ")
_BROAD = frozenset("mwMW@%")


def svg_of(left: str, right: str, legal: Legal) -> str:
    """The badge. Its letters have a contrast of 7 to 1 or more."""
    left, right = _cut(visible(left)), visible(right)
    first, second = _width(left), _width(right)
    whole = first + second
    said = escape(f"{left}: {right}")
    rights = escape(visible(f"As of {legal.day or 'no measurement'}. Licence: {legal.licence}. {legal.citation}"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{_HEIGHT}" role="img" '
        f'aria-labelledby="t"><title id="t">{said}</title><desc>{rights}</desc>'
        f'<path fill="#333" d="M0 0h{first}v{_HEIGHT}H0z"/>'
        f'<path fill="#0a4d94" d="M{first} 0h{second}v{_HEIGHT}h-{second}z"/>'
        f'<g fill="#fff" font-family="Verdana,sans-serif" font-size="{_FONT}" aria-hidden="true">'
        f'{_words(left, _PAD, first)}{_words(right, first + _PAD, second)}</g></svg>\n'
    )


def _words(text: str, at: int, width: int) -> str:
    """Letters that fill their box whatever font they are drawn in."""
    return f'<text x="{at}" y="14" textLength="{width - 2 * _PAD}">{escape(text)}</text>'


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _width(text: str) -> int:
    """About how many pixels a text is wide, with room on both sides."""
    return round(_FONT * sum(map(_share, text))) + 2 * _PAD


def _share(letter: str) -> float:
    if letter in _THIN:
        return _NARROW
    return 1.1 if letter >= "\u1100" else _WIDE if letter in _BROAD else _MIDDLE
