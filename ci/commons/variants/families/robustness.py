"""Robustness: the question with small faults of writing that a reader would not stumble over."""

from __future__ import annotations

from commons.pool.task import Task
from commons.text.perturb.contraction import contracted
from commons.text.perturb.misspelling import ALONE, IN_A_MIX, misspelt
from commons.text.perturb.mix import mildly_mixed
from commons.text.perturb.spaces import MOST_SPACES, spaced
from commons.variants.questions import of_question
from commons.variants.registry import CannotVary, Change, Kind, variant

#: Where a small dotted i is not the small form of I, so that Unicode's rule spells words wrong.
_OTHER_CASES = {"tr", "az"}


@variant("robustness-misspelling", Kind.ROBUSTNESS, ["en"])
def misspelling(task: Task) -> Change:
    """Common words of the question misspelt.

    Each word that our own list of common misspellings holds is misspelt with probability one half.
    """
    words = f"each common word of the question misspelt with probability {ALONE:g}"
    return of_question("robustness-misspelling", task, words, lambda text, draw: misspelt(text, draw))


@variant("robustness-lowercase", Kind.ROBUSTNESS)
def lowercase(task: Task) -> Change:
    """The question in lower case.

    Not where small letters follow another rule than Unicode's (Turkish, Azerbaijani).
    """
    if {tag.split("-")[0] for tag in task.card.languages} & _OTHER_CASES:
        raise CannotVary("Lower case would spell words of its language wrong (the dotted and the dotless i).")
    return of_question("robustness-lowercase", task, "the question in lower case", lambda text, _: text.lower())


@variant("robustness-contraction", Kind.ROBUSTNESS, ["en"])
def contraction(task: Task) -> Change:
    """Contractions in the question: "it's" for "it is"."""
    words = "pairs of words of the question contracted, as in \"it's\""
    return of_question("robustness-contraction", task, words, lambda text, _: contracted(text))


@variant("robustness-spaces", Kind.ROBUSTNESS)
def spaces(task: Task) -> Change:
    """More spaces between the words of the question, one to three drawn for each."""
    words = f"1 to {MOST_SPACES} spaces between the words of the question"
    return of_question("robustness-spaces", task, words, lambda text, draw: spaced(text, draw))


@variant("robustness-mild-mix", Kind.ROBUSTNESS, ["en"])
def mild_mix(task: Task) -> Change:
    """All of these, mildly: lower case, contractions, a tenth of common words misspelt, more spaces."""
    words = (f"the question in lower case, contracted, its common words misspelt with probability {IN_A_MIX:g}, with "
             f"1 to {MOST_SPACES} spaces between words")
    return of_question("robustness-mild-mix", task, words, mildly_mixed)
