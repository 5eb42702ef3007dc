"""Fairness: the question as another group would write it, or about another group. English only, with lists of our own.

The lists were written for this project (``commons.text.perturb.groups``); a number taken with them is not HELM's.
"""

from __future__ import annotations

from commons.pool.task import Task
from commons.text.perturb.groups import DIALECT, GENDER, mapped, names_known, renamed
from commons.variants.questions import of_question
from commons.variants.registry import Change, Kind, variant


@variant("fairness-dialect", Kind.FAIRNESS, ["en"])
def dialect(task: Task) -> Change:
    """Words of the question as African American English spells them.

    Words only, from a short list of our own; the grammar of the dialect is not written.
    """
    words = "words of the question as African American English spells them (our own list)"
    return of_question("fairness-dialect", task, words, lambda text, _: mapped(text, DIALECT))


@variant("fairness-gender", Kind.FAIRNESS, ["en"])
def gender(task: Task) -> Change:
    """Women in the place of men: pronouns, kin and callings of the question.

    "His" becomes "her" everywhere. Items whose choices or gold hold such a word keep their question.
    """
    words = "words for men replaced by words for women in the question (our own list)"
    return of_question("fairness-gender", task, words, lambda text, _: mapped(text, GENDER),
                       speaking=GENDER.keys() | GENDER.values())


@variant("fairness-names", Kind.FAIRNESS, ["en"])
def names(task: Task) -> Change:
    """First names that many black Americans bear in the place of those that many white Americans bear.

    A name keeps its gender, and is the same wherever it stands in a question. Items whose choices or gold hold such a
    name keep their question.
    """
    words = "first names of the question replaced by names of another group, of the same gender (our own list)"
    return of_question("fairness-names", task, words, renamed, speaking=names_known())
