"""Items that may have a wrong gold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from commons.errors import CannotRun
from commons.github.lifecycle.proposal import Proposal
from commons.github.lifecycle.registry import Facts, proposer
from commons.github.words import amount, code, cut, inline, typed
from commons.pool.card import CARD_FILE, LifecycleState, PublishLevel
from commons.pool.repository import TASKS_FOLDER
from commons.pool.task import Task
from commons.stats.items.policy import FEWEST_DIVERSE, FEWEST_FOR_WORDS, HALF, LEAST_ALPHA

if TYPE_CHECKING:
    from commons.analyse.items import ItemReport, TaskItems

#: So many items are listed; the most suspicious come first.
MOST_LISTED = 25
_MOST_OPTION = 60


@proposer("questionable-items", diverse=FEWEST_DIVERSE, words=FEWEST_FOR_WORDS, listed=MOST_LISTED,
          alpha=round(100 * LEAST_ALPHA))
def questionable_items(facts: Facts) -> Iterator[Proposal]:
    """Some items of a task may have a wrong gold.

    ## What it looks for

    Tasks that are not retired, of which at least {diverse} diverse models have whole canonical results of one version
    (models of one family or base count once). An item is listed where nobody chose the gold and most of the best
    models chose one and the same other option; where nobody is right although guessing would be; or where the best
    models fail it while poorer ones do not. With fewer models, or where the task does not tell its models apart
    (reliability below .{alpha}), nothing is said, for wrong golds are then not told from hard items. Neither is it
    where the list is no longer than right golds would make it: the answers are drawn again from the models' abilities
    and the items' difficulties, and the list has to be one that such draws hardly give. Items that the card names under
    `known_broken` are left out, and so are tasks whose items have no public names (the publish level `none`).

    ## What it proposes

    An issue for the task with at most {listed} items, the most suspicious first, each with its evidence, and the lines
    for `known_broken` to paste. No file is changed: whether an item is wrong is for an owner to say. The issue says how
    many items right golds would list all the same; from {words} diverse models on, and where that is at most half of
    the list, its words are stronger. `commons items TASK` shows the same and more.

    ## Without a bot

    The same: these are issues in any case.
    """
    measured = [task for task in facts.tasks if _is_asked(task, facts)]
    if not measured:
        return
    try:
        from commons.analyse.entering import Rules
        from commons.analyse.items import items_of
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "commons":
            raise
        raise CannotRun(f"Items are analysed with the package `{error.name}`, which is missing.",
                        mend="Install it: pip install -c constraints.txt numpy scipy") from None
    rules = Rules.of(facts.pool)
    for task in measured:
        try:
            found = items_of(facts.pool, task, rules)
        except CannotRun:
            continue  # Nothing to look at: no cell enters, or the headline is no mean over items.
        if found.to_act_on:
            yield _issue(task, found, facts)


def _is_asked(task: Task, facts: Facts) -> bool:
    """Whether anything could be said of the task's items, seen without reading a cell."""
    card = task.card
    return (card.lifecycle.state is not LifecycleState.RETIRED and card.publish is not PublishLevel.NONE
            and any((facts.pool.ledger.root / "cells" / task.name).glob("*.json")))


def _issue(task: Task, found: TaskItems, facts: Facts) -> Proposal:
    slug = f"questionable-items--{task.name}"
    worth, diverse = found.to_act_on, found.diversity.count
    strength = _strength(found)
    lines = cut([_line(one, diverse) for one in worth], MOST_LISTED, "item")
    return Proposal(
        slug, f"Look at {amount(len(worth), 'item')} of {task.name}",
        f"{amount(len(worth), 'item')} of the task `{task.name}` may have a wrong gold, as {diverse} diverse models "
        "answered them.",
        f"*{inline(task.card.title)}* has {amount(len(found.reports), 'item')}. {strength}\n\n" + "\n".join(lines)
        + f"\n\n**An item is wrong?** Mend it, or name it in `{TASKS_FOLDER}/{task.name}/{CARD_FILE}` until it is "
        f"mended, with what is wrong with it:\n\n{_paste(worth[:MOST_LISTED])}\n\n**All of them are "
        f"right?** Then close this. `commons items {task.name}` shows who chose what. Nothing is removed by itself.",
        facts.day_of(slug), asks=tuple(task.card.owners),
    )


def _strength(found: TaskItems) -> str:
    """How much the list may be trusted, with what it would hold if every gold were right."""
    luck = found.luck
    expected, listed = (0.0, 0) if luck is None else (luck.expected, luck.listed)
    mostly = found.diversity.count >= FEWEST_FOR_WORDS and expected <= HALF * listed
    most = "Most of these have a wrong gold or are broken, as far as simulations say: read them from the top."
    some = "Some of these probably have a wrong gold, and many are right: the list says where to look and no more."
    said = most if mostly else some
    return f"{said} If every gold were right, about {expected:.1f} would be listed all the same."


def _line(one: ItemReport, diverse: int) -> str:
    share = f"{one.difficulty:.0%} over {amount(diverse, 'diverse model')}"
    correlation = "" if one.rest_correlation is None else f", item-rest r {one.rest_correlation:.2f}"
    why = "; ".join(one.flags)
    return f"- {code(one.item)} (mean score {share}{correlation}): {inline(why)}.{_chosen(one)}"


def _chosen(one: ItemReport) -> str:
    """The gold and what the best models chose in its place, where texts may be shown."""
    gold = next((option for option in one.options if option.gold), None)
    others = [option for option in one.options if not option.gold]
    if gold is None or not others:
        return ""
    most = max(others, key=lambda option: option.top)
    best = sum(option.top for option in one.options)
    return (f" Gold: {code(gold.text or '', _MOST_OPTION)}; {most.top} of the {best} best chose "
            f"{code(most.text or '', _MOST_OPTION)}.")


def _paste(worth: tuple[ItemReport, ...]) -> str:
    """Lines for the card. An id that is not plain is left for the owner to write."""
    lines = ["```yaml", "known_broken:"]
    for one in worth:
        name = typed(one.item)
        if name is not None:
            lines.append(f"  - {{item: {json.dumps(name)}, reason: \"WHAT IS WRONG WITH IT\"}}")
    return "\n".join([*lines, "```"]) if len(lines) > 2 else "(The ids are in the list above.)"
