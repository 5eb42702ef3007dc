"""Atom feeds (RFC 4287) from dated entries. No clock is looked at: a feed was updated when its newest entry was."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from commons.publish.data.legal import PER_TASK_WORDS, Legal
from commons.publish.frame import Place
from commons.publish.inert import visible

NAMESPACE = "http://www.w3.org/2005/Atom"
#: A feed has so many entries at most, the newest.
MOST = 100
#: What a tag: URI is minted under is never changed, or every reader would show every entry again.
_YEAR = "2026"
#: The day of a feed to which nothing has happened yet.
_NO_DAY = datetime.date(1970, 1, 1)


@dataclass(frozen=True)
class Entry:
    """One entry: a name that never changes, the day, a title, the page it is about, and what it says."""

    name: str
    day: datetime.date
    title: str
    path: str
    text: str


def text_of_feed(
    path: str, title: str, entries: Iterable[Entry], place: Place, legal: Legal, page: str = "index.html"
) -> str:
    """The feed that stands at ``path``, the newest entries first; ``page`` shows the same."""
    newest = sorted(entries, key=lambda entry: (-entry.day.toordinal(), entry.name))[:MOST]
    feed = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en"})
    _say(feed, "id", tag(place, path.removesuffix(".atom")))
    _say(feed, "title", title)
    _say(feed, "updated", _time(newest[0].day if newest else legal.as_of or _NO_DAY))
    _say(ElementTree.SubElement(feed, "author"), "name", "Eval Commons")
    ElementTree.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": _to(place, path)})
    ElementTree.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": _to(place, page)})
    as_of = f"As of {legal.day}. " if legal.day else ""
    _say(feed, "rights", f"{as_of}Licence: {legal.licence}. {PER_TASK_WORDS} Cite as: {legal.citation}")
    for entry in newest:
        _add(feed, entry, place)
    ElementTree.indent(feed, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(feed, encoding="unicode")}\n'


def tag(place: Place, name: str) -> str:
    """The URI of a thing of this site (RFC 4151): the same for as long as the site stands where it does.

    >>> tag(Place("https://evals.example/pool"), "task/sums")
    'tag:evals.example,2026:/pool/task/sums'
    """
    site = urlsplit(place.site or "")
    return f"tag:{site.hostname or 'localhost'},{_YEAR}:{site.path}/{quote(name)}"


def _add(feed: ElementTree.Element, entry: Entry, place: Place) -> None:
    one = ElementTree.SubElement(feed, "entry")
    _say(one, "id", tag(place, entry.name))
    _say(one, "title", entry.title)
    _say(one, "updated", _time(entry.day))
    ElementTree.SubElement(one, "link", {"rel": "alternate", "type": "text/html", "href": _to(place, entry.path)})
    _say(one, "content", entry.text)


def _say(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = visible(text)


def _to(place: Place, path: str) -> str:
    """A page as a feed links it: feeds are read elsewhere, so with the whole address where that is known."""
    return place.page(path) or f"../{path}"


def _time(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
