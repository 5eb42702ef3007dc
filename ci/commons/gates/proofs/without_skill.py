"""Gates on answers without skill: nothing, always the same, random, by place, by length, by words of the question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from commons.gates.advice import against_null
from commons.gates.base import Judged, Place, failed, gate
from commons.gates.golds import gold_places, gold_texts, plain_form
from commons.gates.judging import MOST_PLACES, judge_near_chance
from commons.gates.material import Material
from commons.gates.picking import (
    MOST_CHARACTERS,
    at_place,
    at_random,
    by_score,
    count_of,
    frequent_place,
    label_rate,
    lengths,
    overlaps,
    standing_in_prompt,
    tells_apart,
)
from commons.gates.policy import MARGIN, OWN_POLICY, RANDOM_RUNS
from commons.gates.probes import Probe, choosing, even, rng, writing
from commons.gates.trial import Trial
from commons.harness.rendering import ItemRendering

_BALEPUR = f"chance + {MARGIN.value:g}: {OWN_POLICY}, after Balepur et al. (2024), arXiv 2402.12483"
#: Shorter records (`{"a": 1}`) stand in a prompt by chance.
SHORTEST_RECORD = 12
_CONSTANTS = ("yes", "A", "0")
_NO_CHOICES = "The task is not answered by choosing, so there is no such choice."


def null_probes(material: Material) -> Iterator[Probe]:
    """Nothing, always the same, and random."""
    chance = material.scale.chance
    if material.chooses:
        yield Probe("constant", "all choices alike", even(material), "near_chance", chance)
        for run in range(int(RANDOM_RUNS.value)):
            yield Probe(f"random_{run}", f"random choices, seed {run}", choosing(material, at_random(run)),
                        "near_chance", chance)
    if material.writes:
        yield Probe("empty", "an empty answer", writing(material, lambda _: ""), "near_chance", chance)
        for word in _CONSTANTS:
            yield Probe(f"constant_{word}", f"always {word!r}", writing(material, _always(word)), "near_chance",
                        chance)
        yield from _most_frequent(material)
        words = sorted({word for item in material.items for word in material.question(item)[:2000].split()})
        for run in range(int(RANDOM_RUNS.value)):
            yield Probe(f"random_{run}", f"random words, seed {run}",
                        writing(material, partial(_random_words, words, run)), "near_chance", chance)


def _most_frequent(material: Material) -> Iterator[Probe]:
    times = Counter(material.golds.values())
    if not times:
        return
    word = max(sorted(times), key=lambda text: times[text])
    yield Probe("constant_gold", "always the most frequent gold",
                writing(material, lambda item: material.frame(item, word)), "seldom_full", material.scale.chance)


def _always(word: str) -> Callable[[ItemRendering], str]:
    return lambda _: word


def _random_words(words: Sequence[str], run: int, item: ItemRendering) -> str:
    draw = rng("words", run, item.id)
    return " ".join(draw.choice(words) for _ in range(3)) if words else "word"


@gate(name="null", order=50, probes=null_probes)
def null(trial: Trial) -> Judged:
    """Answers without any skill stay near chance.

    ## What it asks
    The task is answered with nothing, with always the same, and at random (three seeds). Each score is tested against
    chance plus the margin.

    ## Why it matters
    A task that pays for silence, or for one word said every time, ranks models by their habits.

    ## When it does not apply
    Where a model gives a likelihood and no answer: silence has none.

    ## How to mend a failure
    Look at the probe that is named. Silence pays where a gold is empty or the grader divides by nothing; one word pays
    where most golds are that word: balance them, or state in the card what guessing scores (`headline.chance`).
    """
    names = [name for name in trial.outcomes if name.startswith(("constant", "random", "empty"))]
    return judge_near_chance(
        trial, names, _BALEPUR, "An answer without skill", lambda one: against_null(trial.material, one.probe.name),
        f"The task is answered {trial.material.answered}, so there is no answer without skill.",
    )


def position_probes(material: Material) -> Iterator[Probe]:
    """The first choice, the last one, and the place where most golds stand."""
    if not material.chooses:
        return
    chance = material.scale.chance
    yield Probe("first", "always the first choice", choosing(material, at_place(0)), "near_chance", chance)
    yield Probe("last", "always the last choice", choosing(material, at_place(-1)), "near_chance", chance)
    if (found := frequent_place(material)) is not None:
        place, looks = found
        yield Probe("frequent_place", f"always choice number {place + 1}", choosing(material, at_place(place)),
                    "near_chance", chance, looks)


@gate(name="position", order=60, probes=position_probes)
def position(trial: Trial) -> Judged:
    """No place among the choices gives the answer away.

    ## What it asks
    The first choice, the last one, and the place where most golds stand are chosen on every item. Each score is
    tested against chance plus the margin.

    ## Why it matters
    Many models prefer a place. Where the golds do too, that habit is paid as knowledge.

    ## When it does not apply
    Where the task is not answered by choosing.

    ## How to mend a failure
    Shuffle the choices of each item by the seed in the card (`commons new` does it). Where the choices are labels such
    as yes and no and one label is simply more frequent, balance the items or state `headline.chance` in the card.
    """
    return judge_near_chance(
        trial, ["first", "last", "frequent_place"], _BALEPUR, "Choosing by place",
        "Shuffle the choices of each item, or state in the card what guessing scores where labels are unbalanced.",
        _NO_CHOICES,
    )


def length_probes(material: Material) -> Iterator[Probe]:
    """The longest and the shortest choice."""
    scores = lengths(material)
    if not material.chooses or not tells_apart(material, scores):
        return
    chance = max(material.scale.chance, label_rate(material))
    yield Probe("longest", "always the longest choice", choosing(material, by_score(scores, "longest")),
                "near_chance", chance)
    yield Probe("shortest", "always the shortest choice",
                choosing(material, by_score(lambda item: [-one for one in scores(item)], "shortest")),
                "near_chance", chance)


@gate(name="length", order=70, probes=length_probes)
def length(trial: Trial) -> Judged:
    """The length of a choice does not give the answer away.

    ## What it asks
    The longest and the shortest choice are taken on every item; where several are as long, one of them by the seed.
    Each score is tested against chance plus the margin; where every item has the same choices (labels), against the
    share of the most frequent one. Where only letters are compared, the texts of the choices column are measured.

    ## Why it matters
    Authors write the right answer with more care and more words than the wrong ones. Models learn that quickly.

    ## When it does not apply
    Where the task is not answered by choosing, or the choices are equally long.

    ## How to mend a failure
    Make the wrong choices as long and as careful as the right one on the items where it is the longest or shortest.
    """
    reason = _NO_CHOICES if not trial.material.chooses else "The choices of an item are equally long."
    return judge_near_chance(trial, ["longest", "shortest"], _BALEPUR, "Choosing by length",
                             "Write the wrong choices as long as the right one.", reason)


def question_probes(material: Material) -> Iterator[Probe]:
    """The choice that shares most words with the question, and the one that the prompt prints."""
    if material.writes:
        yield Probe("copy", "the prompt, copied", writing(material, lambda item: _copied(material, item)),
                    "seldom_full", material.scale.chance)
    if not material.chooses:
        return
    for name, label, scores in (
        ("overlap", "the choice that shares most words with the question", overlaps(material)),
        ("copy", "the choice that the prompt prints most often", standing_in_prompt(material)),
    ):
        if tells_apart(material, scores):
            yield Probe(name, label, choosing(material, by_score(scores, name)), "near_chance", material.scale.chance)


def _copied(material: Material, item: ItemRendering) -> str:
    """The prompt as an answer, as much of it as the task lets a model write (four characters for a token)."""
    most = (material.rendering.requests[item.plain[0]].generation or {}).get("max_gen_toks")
    room = 4 * most if isinstance(most, int) and most > 0 else MOST_CHARACTERS
    return material.prompt(item)[: min(room, MOST_CHARACTERS)]


def printed_records(material: Material) -> list[str]:
    """The items whose prompt holds the whole of a JSON or code answer, where that is so for half of them or more.

    A single value may stand in a text that it is to be found in; a record with its keys, or a program, may not.
    """
    if material.task.card.answer.type not in {"json", "code"}:
        return []
    found = [
        item.id for item in material.items
        if (gold := _bare(material.golds.get(item.id, ""))) and len(gold) >= SHORTEST_RECORD
        and gold in _bare(material.prompt(item))
    ]
    return found if 2 * len(found) >= len(material.items) else []


def _bare(text: str) -> str:
    """Letters and digits alone, so that a record is the same in JSON and in Python's own writing."""
    return "".join(filter(str.isalnum, text.casefold())).replace("null", "none")


@gate(name="copy", order=80, probes=question_probes)
def copy(trial: Trial) -> Judged:
    """The question does not print the answer.

    ## What it asks
    The choice that shares most words with the question is taken, then the choice that the prompt prints most often.
    Where the task is answered in words, the prompt itself is given as the answer; a JSON or code answer may not stand
    in its prompt whole.

    ## Why it matters
    An answer that stands in the prompt measures copying. It happens where a template shows one field too many.

    ## When it does not apply
    Where the task is not answered, or where no choice shares a word with its question.

    ## How to mend a failure
    Look at the prompt of an item that is named: `commons show` prints it. Take the answer out of the prompt, or let
    the grader compare the whole answer and not look for the gold anywhere in it.
    """
    printed = printed_records(trial.material)
    if printed:
        places = tuple(Place(item, trial.material.where(item), "the prompt prints the whole answer")
                       for item in printed[:MOST_PLACES])
        return failed(f"The prompt prints the whole answer of {len(printed)} items.",
                      "Take the answer out of the prompt.", places=places)
    reason = ("No choice shares a word with its question." if trial.material.chooses else
              f"The task is answered {trial.material.answered}, so nothing can be copied.")
    return judge_near_chance(trial, ["overlap", "copy"], _BALEPUR, "Copying from the question",
                             "Take the answer out of the prompt, or let the grader compare whole answers.", reason)


def shuffled_probes(material: Material) -> Iterator[Probe]:
    """The golds of other items, by the seed."""
    if not (material.chooses or material.writes) or len(material.items) < 2:
        return
    order = list(material.items)
    rng("shuffled").shuffle(order)
    giver = {item.id: order[(place + 1) % len(order)] for place, item in enumerate(order)}
    if material.chooses:
        places = {item.id: _borrowed(item, giver[item.id]) for item in material.items}
        answers = choosing(material, lambda item: places[item.id])
        lucky = sum(places[item.id] in gold_places(item) for item in material.items)
    else:
        texts = {item.id: material.golds.get(giver[item.id].id, "") for item in material.items}
        answers = writing(material, lambda item: material.frame(item, texts[item.id]))
        lucky = sum(plain_form(texts[item.id]) in {plain_form(one) for one in gold_texts(item)}
                    for item in material.items)
    limit = max(material.scale.chance, lucky / len(material.items))
    yield Probe("shuffled", "the golds of other items", answers, "seldom_full", limit)


def _borrowed(item: ItemRendering, giver: ItemRendering) -> int | None:
    place = next(iter(gold_places(giver)), None)
    return None if place is None else place % count_of(item)


@gate(name="shuffled", order=90, probes=shuffled_probes)
def shuffled(trial: Trial) -> Judged:
    """The golds of other items fall to chance.

    ## What it asks
    Every item is answered with the gold of another one, dealt out by the seed. Full marks may be got only as often as
    the dealt gold happens to be right, or as chance gives, plus the margin.

    ## Why it matters
    It shows that the score depends on which answer belongs to which item. A grader that takes anything of the right
    form fails here.

    ## When it does not apply
    Where the task has one item, or is not answered.

    ## How to mend a failure
    Let the grader compare the answer with the gold of its own item, and the whole of it.
    """
    return judge_near_chance(trial, ["shuffled"], _BALEPUR, "The gold of another item",
                             "Let the grader compare each answer with the gold of its own item.",
                             "There is no other item whose gold could be given." if trial.material.chooses or
                             trial.material.writes else "The task has no answers that could be dealt out.")

