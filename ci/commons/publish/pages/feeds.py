"""What is new, as feeds: tasks, results, and corrections."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable

from commons.pool.amendments import Amendment, to_line
from commons.pool.hashing import sha256_text
from commons.publish.addresses import CHANGES, FEEDS, task_path
from commons.publish.data.atom import MOST, Entry, text_of_feed
from commons.publish.data.legal import of_pool
from commons.publish.numbers import count, date, show, unit_sign
from commons.publish.pages import Data, pool_pages
from commons.publish.snapshot import Snapshot
from commons.publish.states import CellState, State

#: What each feed is called, and the page that shows the same.
_TITLES = (("New tasks", "tasks.html"), ("New and changed results", "index.html"),
           ("Corrections and withdrawals", CHANGES))
#: An entry names so many results, and counts the others.
NAMED = 20


@pool_pages
class Feeds:
    """The three feeds."""

    name = "feeds"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Data]:
        """One file each."""
        legal = of_pool(snapshot.frame.place, snapshot.as_of)
        for path, (title, page), entries in zip(FEEDS, _TITLES, (_tasks, _results, _amendments), strict=True):
            name = f"Eval Commons: {title.lower()}"
            text = text_of_feed(path, name, entries(snapshot), snapshot.frame.place, legal, page)
            yield Data(path, text)


def _tasks(snapshot: Snapshot) -> Iterable[Entry]:
    for task in snapshot.tasks:
        survey, card = snapshot.surveys[task.name], task.card
        days = [day for state in (*survey.states, *survey.others) if (day := _day(state))]
        text = f"{card.summary} Domain: {card.domain}. Languages: {', '.join(card.languages)}. Licence: {card.licence}."
        # A later state of its life makes no new task of it.
        yield Entry(f"task/{task.name}", min([card.lifecycle.since, *days]), card.title, task_path(task.name), text)


def _results(snapshot: Snapshot) -> Iterable[Entry]:
    found: dict[tuple[datetime.date, str], list[CellState]] = defaultdict(list)
    for survey in snapshot.surveys.values():
        for state in (*survey.states, *survey.others):
            if (day := _day(state)) is not None and state.state is not State.WITHHELD:
                found[day, state.task].append(state)
    for day, name in sorted(found, key=lambda key: (-key[0].toordinal(), key[1]))[:MOST]:
        states, card = found[day, name], snapshot.task(name).card
        lines = [_line(state, card.headline.unit) for state in states[:NAMED]]
        if len(states) > NAMED:
            lines.append(f"and {count(len(states) - NAMED)} more")
        title = f"{card.title}: {count(len(states))} {'result' if len(states) == 1 else 'results'}"
        text = f"Measured on {date(day)}, {card.headline.metric}: " + "; ".join(lines) + "."
        yield Entry(f"results/{day.isoformat()}/{name}", day, title, task_path(name), text)


def _line(state: CellState, unit: str) -> str:
    if state.headline is None:
        return f"{state.file_name}: {state.state.value}"
    return f"{state.file_name}: {show(state.headline, unit)} {unit_sign(unit)}"


def _amendments(snapshot: Snapshot) -> Iterable[Entry]:
    before: Counter[str] = Counter()
    for one in snapshot.amendments:
        digest = sha256_text(to_line(one))[:16]
        before[digest] += 1
        # Two lines may say the same of the same day.
        name = f"amendment/{digest}" + (f"/{before[digest]}" if before[digest] > 1 else "")
        page = task_path(one.task) if one.task in snapshot.by_name else CHANGES
        yield Entry(name, one.date, f"{one.task}: {one.kind}", page, _said(one))
    for gone in snapshot.tombstones:
        yield Entry(f"withdrawn/{gone.task}", gone.date, f"{gone.title}: taken down", task_path(gone.task),
                    f"Taken down by @{gone.by}: {gone.reason}")


def _said(one: Amendment) -> str:
    which = " ".join(part for part in (one.model or "all models", one.variant and f"({one.variant})") if part)
    numbers = ""
    if one.before is not None or one.after is not None:
        before, after = ("nothing" if value is None else f"{value:g}" for value in (one.before, one.after))
        numbers = f" Before {before}, after {after}."
    return f"{one.kind.capitalize()} by @{one.by}, {which}: {one.reason}{numbers}"


def _day(state: CellState) -> datetime.date | None:
    """The day on which a cell was measured; None where it has none, or its file does not say."""
    try:
        return datetime.date.fromisoformat(state.facts.started[:10]) if state.facts else None
    except ValueError:
        return None
