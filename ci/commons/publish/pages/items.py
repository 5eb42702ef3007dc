"""The items of a task, 20 on a page: each with all models on it, how hard it is, and whether its gold may be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commons.pool.card import PROPORTION, PublishLevel
from commons.pool.rendered import RenderedItem
from commons.publish.addresses import items_path
from commons.publish.facts import Number
from commons.publish.frame import ITEMS
from commons.publish.numbers import show
from commons.publish.onitem import LINKED, Answer, Models, Option, Verdict
from commons.publish.open_task import OpenTask
from commons.publish.pages import Page, task_pages
from commons.publish.pages.cell import Paging
from commons.publish.rowplaces import ItemPlaces
from commons.publish.rows import WITHOUT_TEXT, golds_of
from commons.publish.survey.entry import TaskEntry
from commons.stats.saturation.policy import FAMILIES


@dataclass(frozen=True)
class ItemView:
    """One item. ``hard`` says how hard it is and ``rest`` how it goes with the others, in words; each may be empty.

    ``flags`` say why its gold may be wrong, ``broken`` is the card's own reason why it is.
    """

    number: int
    item: str
    rendered: RenderedItem | None
    golds: tuple[str, ...]
    options: tuple[Option, ...]
    hard: str
    rest: str
    dead: bool
    worth_a_look: bool
    flags: tuple[str, ...]
    broken: str | None
    answers: tuple[Answer, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class ItemsView:
    """A page of items. ``marked`` leads to items that a reader may look for: a word, and for each its number and path.

    ``silent`` says why nothing is said of wrong golds; ``no_text`` why there are no texts. ``rated`` says that there
    are the ``needed`` models of different descent to say how hard an item is. ``names_choices`` says that cells are
    read for what each model chose; with more models only their log-likelihoods are counted.
    """

    task: TaskEntry
    models: int
    names_choices: bool
    diverse: int
    rated: bool
    needed: int
    header: str
    no_text: str
    silent: str
    marked: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    items: tuple[ItemView, ...]
    paging: Paging


@task_pages
class ItemPages:
    """The pages of a task's items."""

    name = "items"

    def of_task(self, task: OpenTask) -> Iterable[Page]:
        """One page for every 20 items; none where the card publishes no items."""
        places = ItemPlaces.of(task)
        if not places.items:
            return
        models, card = Models(task), task.entry.card
        texts = {one.item: one for one in task.rendered.items} if task.rendered is not None else {}
        broken = {one.item: one.reason for one in card.known_broken}
        for number in range(1, places.pages + 1):
            def view(number: int = number) -> ItemsView:
                first = (number - 1) * ITEMS
                shown = places.items[first : first + ITEMS]
                return ItemsView(
                    task=task.entry, models=models.count, names_choices=models.count <= LINKED,
                    diverse=task.items.diverse,
                    rated=task.items.diverse >= FAMILIES, needed=FAMILIES,
                    header=task.rendered.header.header if task.rendered is not None else "",
                    no_text="" if texts else WITHOUT_TEXT.get(card.publish, "The task's items were not rendered yet."),
                    silent=_sentence(task.items.silent), marked=_marked(models, places) if number == 1 else (),
                    items=tuple(_item(place, item, texts.get(item), models, broken.get(item), task.items.diverse)
                                for place, item in enumerate(shown, start=first + 1)),
                    paging=_paging(places, number),
                )

            title = f"Items of {card.title}" + ("" if number == 1 else f", page {number}")
            yield Page(items_path(task.entry.name, number), title,
                       f"Every item of {card.title}, with what each model made of it.", "items.html", view,
                       canary=card.canary if card.publish is PublishLevel.SAMPLES else "", as_of=task.as_of)


def _item(
    number: int, item: str, rendered: RenderedItem | None, models: Models, broken: str | None, diverse: int
) -> ItemView:
    report = models.report(item)
    options = models.options(rendered) if rendered is not None else ()
    hard = rest = ""
    # A share over fewer families says nothing: its interval spans most of the scale.
    if report is not None and report.interval is not None and diverse >= FAMILIES:
        shown = show(Number(report.difficulty, report.interval, 0.95, "", models.count, None, True), PROPORTION)
        hard = f"{shown.value}% of models right (95% interval {shown.interval})"
    if report is not None and report.rest_correlation is not None:
        rest = f"correlation with the other items {report.rest_correlation:.2f}".replace("-", "\N{MINUS SIGN}")
    answers = () if options else models.answers(item)
    return ItemView(
        number=number, item=item, rendered=rendered, golds=golds_of(rendered), options=options, hard=hard, rest=rest,
        dead=report is not None and report.dead and models.count > 1,
        worth_a_look=report is not None and report.worth_a_look, flags=report.flags if report is not None else (),
        broken=broken, answers=answers, verdicts=() if answers else models.verdicts(item),
    )


def _marked(models: Models, places: ItemPlaces) -> tuple[tuple[str, tuple[tuple[int, str], ...]], ...]:
    """The items that a reader may look for."""
    reports = [(item, report) for item in places.items if (report := models.report(item)) is not None]
    groups: Sequence[tuple[str, list[str]]] = (
        ("may have a wrong gold", [item for item, one in reports if one.worth_a_look]),
        ("known to be broken", [item for item, one in reports if one.known_broken is not None]),
        ("on which all models do alike", [item for item, one in reports if one.dead and models.count > 1]),
    )
    return tuple((words, tuple((places.numbers[item] + 1, places.path(item)) for item in items))
                 for words, items in groups if items)


def _paging(places: ItemPlaces, number: int) -> Paging:
    def address(there: int, exists: bool) -> str | None:
        return items_path(places.task, there) if exists else None

    return Paging(
        number=number, pages=places.pages, first_row=(number - 1) * ITEMS + 1,
        last_row=min(len(places.items), number * ITEMS), rows=len(places.items), first=address(1, number > 1),
        previous=address(number - 1, number > 1), next=address(number + 1, number < places.pages),
        last=address(places.pages, number < places.pages),
    )


def _sentence(text: str) -> str:
    """As a sentence of its own."""
    text = text.rstrip(".")
    return f"{text[0].upper()}{text[1:]}." if text else ""
