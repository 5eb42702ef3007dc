"""``sitemap.xml`` and ``robots.txt``: which pages there are, and what is asked of crawlers."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

#: A sitemap may hold so many addresses; more of them go into several, under an index.
MOST = 50_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
#: Crawlers that say they collect text for training.
TRAINING_CRAWLERS = ("Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "Google-Extended", "GPTBot",
                     "meta-externalagent")

#: A page's path and the day of what it shows.
Address = tuple[str, "datetime.date | None"]


def files_of(site: str, pages: Sequence[Address], most: int = MOST) -> dict[str, str]:
    """The text of each file by its path; ``sitemap.xml`` is the first of them."""
    parts = [pages[first : first + most] for first in range(0, len(pages), most)] or [[]]
    if len(parts) == 1:
        return {"sitemap.xml": _set("urlset", "url", site, parts[0])}
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    index: list[Address] = [(name, None) for name in names]
    return {"sitemap.xml": _set("sitemapindex", "sitemap", site, index),
            **{name: _set("urlset", "url", site, part) for name, part in zip(names, parts, strict=True)}}


def _set(outer: str, inner: str, site: str, pages: Sequence[Address]) -> str:
    lines = [f'{_HEAD}<{outer} xmlns="{_NAMESPACE}">']
    for path, day in pages:
        when = f"<lastmod>{day.isoformat()}</lastmod>" if day else ""
        lines.append(f"<{inner}><loc>{escape(f'{site}/{quote(path)}')}</loc>{when}</{inner}>")
    return "\n".join([*lines, f"</{outer}>"]) + "\n"


def robots_of(site: str | None) -> str:
    """The text of ``robots.txt``; the sitemap is named where the site's address is known."""
    lines = ["# Item pages hold test items. A model that trained on them can no longer be measured by them."]
    lines += [f"User-agent: {name}" for name in TRAINING_CRAWLERS]
    lines += ["Disallow: /", "", "User-agent: *", "Allow: /"]
    if site is not None:
        lines += ["", f"Sitemap: {site}/sitemap.xml"]
    return "\n".join(lines) + "\n"
