"""Share cards: the picture that others show beside a link to a page. Drawn where the optional library is installed."""

from __future__ import annotations

import functools
import unicodedata
from importlib.util import find_spec
from xml.sax.saxutils import escape

from commons.publish.data.legal import Legal
from commons.publish.frame import Frame
from commons.publish.inert import visible

WIDTH, HEIGHT = 1200, 630
_MARGIN = 80
#: About how many letters of the title's size fit into a line, and how many lines there may be.
_LINE, _LINES = 34, 3
_FAMILY = "DejaVu Sans, Verdana, Noto Sans, sans-serif"


@functools.cache
def enabled() -> bool:
    """Whether cards can be drawn here: the library of the extra `cards` is installed, and finds a font."""
    if find_spec("resvg_py") is None:
        return False
    return png_of(_svg("", [], "", "")) != png_of(_svg("A", [], "", ""))


def wanted(frame: Frame) -> bool:
    """Whether pages have cards: others find a picture by its whole address alone."""
    return frame.place.site is not None and enabled()


def png_of(svg: str) -> bytes:
    """An SVG as a picture."""
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH, height=HEIGHT, sans_serif_family="DejaVu Sans"))


def svg_of(kind: str, title: str, facts: list[str], legal: Legal) -> str:
    """The card as SVG: what kind of page it is of, its title, and some facts, one a line."""
    foot = f"As of {legal.day}" if legal.day else "Not measured yet"
    return _svg(visible(title), [visible(fact) for fact in facts], kind, visible(f"{foot} · licence: {legal.licence}"))


def lines_of(title: str, line: int = _LINE, most: int = _LINES) -> list[str]:
    """A title in lines; letters of wide scripts, which have no spaces, break anywhere.

    >>> lines_of("one two three", line=7, most=2)
    ['one two', 'three']
    >>> lines_of("one two three four", line=7, most=2)
    ['one two', 'three…']
    """
    lines, now = [], ""
    for word in title.split():
        for part in _parts(word, line):
            if now and _width(now) + 1 + _width(part) > line:
                lines.append(now)
                now = part
            else:
                now = f"{now} {part}" if now else part
    lines.append(now)
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1].rstrip("….") + "…"]


def _parts(word: str, line: int) -> list[str]:
    """A word in pieces that each fit into a line."""
    pieces, now, width = [], "", 0
    for letter in word:
        if width + _width(letter) > line:
            pieces.append(now)
            now, width = "", 0
        now += letter
        width += _width(letter)
    return [*pieces, now]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1 for letter in text)


def _svg(title: str, facts: list[str], kind: str, foot: str) -> str:
    lines = lines_of(title)
    parts = [_text(kind, _MARGIN, 120, 30, "#565c65")]
    parts += [_text(line, _MARGIN, 200 + 70 * number, 56, "#1a1c20", " font-weight=\"bold\"")
              for number, line in enumerate(lines)]
    start = 200 + 70 * len(lines) + 10
    parts += [_text(fact, _MARGIN, start + 48 * number, 34, "#0a58a8") for number, fact in enumerate(facts)]
    parts += [_text("Eval Commons", _MARGIN, 560, 30, "#1a1c20", " font-weight=\"bold\""),
              _text(foot, WIDTH - _MARGIN, 560, 26, "#565c65", " text-anchor=\"end\"")]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="{_FAMILY}"><path fill="#fff" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
        f'<path fill="#0a58a8" d="M0 0h{WIDTH}v12H0z"/>'
        f'<path fill="#d9dce1" d="M{_MARGIN} 510h{WIDTH - 2 * _MARGIN}v2H{_MARGIN}z"/>'
        f'{"".join(parts)}</svg>'
    )


def _text(text: str, x: int, y: int, size: int, fill: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}"{more}>{escape(text)}</text>'
