"""What every data file says of itself: of which day it is, under which licence, and how to cite it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from commons.publish.addresses import task_path
from commons.publish.frame import Place
from commons.publish.numbers import date
from commons.publish.survey.entry import TaskEntry

#: The licence of a file with the numbers of many tasks.
PER_TASK = "per task"
PER_TASK_WORDS = ("Each task's data stands under the licence that its card names, which the files give beside every "
                  "task as `licence`.")


@dataclass(frozen=True)
class Legal:
    """The day of the newest measurement in a file (None without one), its licence, and how to cite it."""

    as_of: datetime.date | None
    licence: str
    citation: str

    def marks(self, schema: str) -> dict[str, str | None]:
        """The four keys that every JSON file carries; ``schema`` names its format and version."""
        return {"schema": f"eval-commons/{schema}", "as_of": self.day, "licence": self.licence,
                "citation": self.citation}

    @property
    def day(self) -> str | None:
        """``as_of`` as files write it."""
        return self.as_of.isoformat() if self.as_of else None


def of_pool(place: Place, as_of: datetime.date | None) -> Legal:
    """What a file about many tasks says."""
    when = f"Results as of {date(as_of)}." if as_of else "No results yet."
    words = ["Eval Commons: language models measured on tasks that people contribute.", when, place.site]
    return Legal(as_of, PER_TASK, " ".join(word for word in words if word))


def of_task(entry: TaskEntry, place: Place, as_of: datetime.date | None) -> Legal:
    """What a file about one task says: the card's own citation, or one made of its owners, title and day."""
    card = entry.card
    if card.citation:
        return Legal(as_of, card.licence, card.citation)
    words = [f"{', '.join(card.owners)}: {card.title} (the task {entry.name} of Eval Commons), first published on",
             f"{date(card.first_published)}.", place.page(task_path(entry.name))]
    return Legal(as_of, card.licence, " ".join(word for word in words if word))
