"""Reads built pages the way a browser would, with the standard library alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "rect"}


@dataclass
class Element:
    """A start tag with its attributes, all text inside it, and all elements inside it."""

    tag: str
    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)
    inside: list[Element] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements inside with a tag and, where given, with words in attributes (``class_`` for class)."""
        return _chosen(self.inside, tag, attributes)

    @property
    def text(self) -> str:
        """The text inside, with runs of blanks made one."""
        return " ".join("".join(self.words).split())

    @property
    def raw(self) -> str:
        """The text inside as it stands."""
        return "".join(self.words)


class Page(HTMLParser):
    """One page: its elements in order, and the faults of its markup."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{element.tag}> is never closed" for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        if tag == "svg":
            self.handle_data(" ")
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names):
            self.faults.append(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        for outer in self._open:
            outer.inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself, as those of SVG may."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open, which must be this one."""
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
        else:
            self._open.pop()
        if tag in {"td", "th", "dt", "dd"}:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        """Give text to every element that is open."""
        for element in self._open:
            element.words.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements with a tag and, where given, with words in attributes (``class_`` for class)."""
        return _chosen(self.elements, tag, attributes)

    @property
    def ids(self) -> list[str]:
        """Every id of the page."""
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]

    @property
    def text(self) -> str:
        """All text of the page."""
        return self.all("body")[0].text


def _chosen(elements: list[Element], tag: str, attributes: dict[str, str]) -> list[Element]:
    wanted = {name.rstrip("_"): value for name, value in attributes.items()}
    return [
        element for element in elements
        if element.tag == tag
        and all(value in element.attributes.get(name, "").split() for name, value in wanted.items())
    ]


@dataclass(frozen=True)
class Table:
    """A table by its column heads; a cell that spans several columns stands under the first of them."""

    heads: tuple[str, ...]
    lines: tuple[dict[str, Element], ...]

    @classmethod
    def of(cls, element: Element) -> Table:
        """Read a table whose head is its first row."""
        head, *rest = element.all("tr")
        heads = tuple(one.text for one in head.all("th"))
        return cls(heads, tuple(dict(zip(heads, _cells(row), strict=False)) for row in rest))

    def line(self, name: str) -> dict[str, Element]:
        """The only line whose first cell says ``name``, with or without a note behind it."""
        found = [one for one in self.lines if (one[self.heads[0]].text + " ").startswith(name + " ")]
        assert len(found) == 1, (name, [one[self.heads[0]].text for one in self.lines])
        return found[0]


def _cells(row: Element) -> list[Element]:
    return [one for one in row.inside if one.tag in {"td", "th"}]


def read_page(path: Path) -> Page:
    """Read a page of a built site."""
    return Page(path.read_text(encoding="utf-8"))


def read_site(site: Path) -> dict[str, Page]:
    """Every page of a site by its address."""
    return {path.relative_to(site).as_posix(): read_page(path) for path in sorted(site.rglob("*.html"))}
