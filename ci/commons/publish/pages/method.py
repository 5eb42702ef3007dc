"""The method pages: every formula, number and policy, in the words of the program that uses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from commons.gates.policy import CRITERIA, Criterion
from commons.pool.hashing import sha256_json
from commons.publish.addresses import METHOD
from commons.publish.method import Chapter, chapters
from commons.publish.pages import Page, pool_pages
from commons.publish.snapshot import Snapshot
from commons.publish.source_docs import PROGRAM


@dataclass(frozen=True)
class MethodView:
    """All chapters; each has a page of its own."""

    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class ChapterView:
    """One chapter. ``criteria`` are the gates' numbers, which stand in a table of their own."""

    chapter: Chapter
    criteria: tuple[Criterion, ...]


@pool_pages
class Method:
    """What the program says of its methods, and a page for each topic."""

    name = "method"

    def __init__(self, program: Path = PROGRAM) -> None:
        self._program = program

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:  # noqa: ARG002 - the same for every pool
        """All of them."""
        found = chapters(self._program)
        digests = [sha256_json([[one.name, one.text] for one in chapter.modules]) for chapter in found]
        yield Page(METHOD, "Method", "Every formula, number and policy, as the program that uses them states it.",
                   "method.html", partial(MethodView, found), key=sha256_json([digests]))
        for chapter, digest in zip(found, digests, strict=True):
            yield Page(chapter.path, f"Method: {chapter.topic.title}", chapter.topic.about,
                       "method_topic.html", partial(_view, chapter), key=sha256_json([digest]))


def _view(chapter: Chapter) -> ChapterView:
    return ChapterView(chapter, CRITERIA if "gates" in chapter.topic.patterns else ())
