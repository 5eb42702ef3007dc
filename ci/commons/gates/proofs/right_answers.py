"""Gates on right and wrong answers: the gold earns full marks, a wrong answer earns none, and better is better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commons.gates.base import Evidence, Judged, Place, could_not_run, failed, gate, not_applicable, passed
from commons.gates.golds import gold_places, gold_texts, plain_form
from commons.gates.material import Material
from commons.gates.probes import RIGHT, UNLIKELY, Probe, choosing, rng, write
from commons.gates.trial import Trial
from commons.gates.variants import changed_number
from commons.gates.words import amount, broken_grading, number
from commons.harness.rendering import ItemRendering
from commons.harness.requests import Answer

#: How many items a report names.
MOST_PLACES = 10


def oracle_probes(material: Material) -> Iterator[Probe]:
    """The right answer of every item."""
    yield Probe("oracle", "the right answers", oracle_answers(material), "right")


def anti_oracle_probes(material: Material) -> Iterator[Probe]:
    """A wrong answer to every item."""
    yield Probe("anti_oracle", "wrong answers", _wrong_answers(material), "wrong")


def oracle_answers(material: Material) -> dict[str, tuple[Answer, ...]]:
    """What a model that knows every gold would give."""
    if material.chooses:
        return choosing(material, lambda item: next(iter(gold_places(item)), None))
    if material.writes:
        return {
            item.id: write(material, item, material.frame(item, next(iter(gold_texts(item)), "")))
            for item in material.items
        }
    return {item.id: (RIGHT,) * len(item.plain) for item in material.items}


def _wrong_answers(material: Material) -> dict[str, tuple[Answer, ...]]:
    if material.chooses:
        return choosing(material, _wrong_place)
    if material.writes:
        return {item.id: write(material, item, material.frame(item, wrong_text(material, item)))
                for item in material.items}
    return {item.id: (UNLIKELY,) * len(item.plain) for item in material.items}


def _wrong_place(item: ItemRendering) -> int | None:
    golds = set(gold_places(item))
    wrong = [place for place in range(len(item.choices or item.plain)) if place not in golds]
    return rng("wrong", item.id).choice(wrong) if wrong else None


def wrong_text(material: Material, item: ItemRendering) -> str:
    """The gold of another item that says something else; a made-up one where all say the same."""
    own = {plain_form(text) for text in gold_texts(item)}
    others = sorted({text for text in material.golds.values() if plain_form(text) not in own and text.strip()})
    if others:
        return rng("wrong", item.id).choice(others)
    first = next(iter(gold_texts(item)), "")
    return changed_number(first) or "zxq"


@gate(name="oracle", order=20, probes=oracle_probes)
def oracle(trial: Trial) -> Judged:
    """The right answers get full marks.

    ## What it asks
    Each item is answered with its own gold: the right choice is certain, or the gold text is written (in the words
    that the task's filters look for, cut at the first stop sequence as an engine cuts it). The task's own grader must
    give full marks on every item.

    ## Why it matters
    Where even the gold loses marks, the score measures the mistake and not the model: a gold shifted by one, a filter
    that can never match, a stop sequence that cuts the answer, two equal items with different golds.

    ## When it does not apply
    Always applies. Where nobody can say what full marks are (a score of one's own without a ceiling in the card), only
    the gate `direction` judges.

    ## How to mend a failure
    Open each line that is named. Correct the gold, the filter, the stop sequence or the grader there; an item that
    cannot be mended now belongs into the card's `known_broken` with its reason.
    """
    if trial.stopped:
        return broken_grading(trial.stopped)
    material, scale = trial.material, trial.material.scale
    outcome, value = trial.graded("oracle"), trial.value("oracle")
    if outcome is None or value is None:
        return could_not_run("The right answers gave no number for the headline.",
                             "See the gate `metrics`; mend the metric first.")
    evidence = Evidence("the right answers", value, n=len(outcome.statistics), threshold=scale.full,
                        threshold_source="full marks of this metric" if scale.full is not None else "")
    if scale.full is None:
        return not_applicable("Nobody says what full marks are: the headline is a score of the task's own, and the "
                              "card states no ceiling. The gate `direction` compares right with wrong answers.")
    full = set(trial.full_items("oracle"))
    lost = [item for item in outcome.statistics if item not in full] if scale.kind != "corpus" else []
    if scale.kind == "corpus" and not scale.is_full(value):
        lost = [item for item in outcome.statistics if item not in full]
    if twins := contradictions(material):
        return _failed_by_twins(material, twins, evidence)
    judged = [item for item in lost if item not in material.known_broken]
    if not judged and (scale.kind != "corpus" or scale.is_full(value)):
        known = f" ({amount(len(lost), 'item')} known to be broken left aside)" if lost else ""
        return passed(f"The right answers get full marks on all {len(outcome.statistics) - len(lost)} items{known}.",
                      evidence)
    if not judged:
        return failed(f"The right answers together get {number(value)} of {number(scale.full or 0)}.",
                      "Take a metric that suits the length of these golds.", evidence)
    sentence = (f"The right answer does not get full marks on {len(judged)} of {len(outcome.statistics)} items; the "
                f"headline is {number(value)}, and full marks are {number(scale.full)}.")
    return failed(sentence, _advice(material, judged), evidence, places=_places(trial, "oracle", judged))


@gate(name="anti_oracle", order=30, probes=anti_oracle_probes)
def anti_oracle(trial: Trial) -> Judged:
    """Wrong answers get no full marks.

    ## What it asks
    Each item is answered wrongly: a choice that is not the gold, or the gold of another item. No item may get full
    marks for it, and a score that knows only right and wrong must be nothing at all.

    ## Why it matters
    A grader that takes a wrong answer for right, or two choices that say the same, make every score too high.

    ## When it does not apply
    Where the task has no wrong answers: a likelihood of running text is only better or worse.

    ## How to mend a failure
    Open each line that is named. Make the choices differ, make the grader compare the whole answer, or correct the
    gold. An answer that is right in two ways belongs among the golds.
    """
    if trial.stopped:
        return broken_grading(trial.stopped)
    material = trial.material
    if material.rendering.output_type == "loglikelihood_rolling" or material.scale.kind == "likelihood":
        return not_applicable("A likelihood of text is only better or worse; `direction` compares the two.")
    outcome = trial.outcome("anti_oracle")
    if outcome is None or outcome.stopped:
        return broken_grading(outcome.stopped if outcome else None, "a wrong answer")
    value = trial.value("anti_oracle")
    evidence = Evidence("wrong answers", value, n=len(outcome.statistics), threshold=material.scale.worst,
                        threshold_source="nothing, for wrong answers" if material.scale.worst is not None else "")
    wrongly = [item for item in trial.full_items("anti_oracle") if item not in material.known_broken]
    if wrongly:
        return failed(f"A wrong answer gets full marks on {len(wrongly)} of {len(outcome.statistics)} items.",
                      "Look at the choices, the gold and the grader of each item named: a wrong answer must not pass.",
                      evidence, places=_places(trial, "anti_oracle", wrongly))
    return passed(f"A wrong answer gets full marks on none of {len(outcome.statistics)} items.", evidence)


@gate(name="direction", order=40)
def direction(trial: Trial) -> Judged:
    """Right answers score better than wrong ones.

    ## What it asks
    The headline of the right answers is compared with that of the wrong ones, in the direction that the card and the
    configuration declare.

    ## Why it matters
    With the direction turned round, the worst model leads every table.

    ## When it does not apply
    Always applies.

    ## How to mend a failure
    Correct `direction` in the card and `higher_is_better` in the configuration, so that both say the same; if they
    are right, the grader gives its marks the wrong way round.
    """
    if trial.stopped:
        return broken_grading(trial.stopped)
    scale = trial.material.scale
    right, wrong = trial.value("oracle"), trial.value("anti_oracle")
    if right is None or wrong is None:
        return could_not_run("One of the two headlines could not be computed.", "See the gates above.")
    evidence = (Evidence("the right answers", right), Evidence("wrong answers", wrong))
    declared = trial.material.rendering.metric(scale.column).higher_is_better
    word = "higher" if scale.higher else "lower"
    if declared != scale.higher:
        return failed(f"The card says that `{word}` is better, and the configuration says the opposite.",
                      "Make `direction` in the card and `higher_is_better` in the configuration say the same.",
                      *evidence)
    if right == wrong and scale.full is not None:
        return could_not_run(f"Right and wrong answers both score {number(right)}, so that no direction shows.",
                             "See the gates `oracle` and `anti_oracle`.")
    if (right > wrong) if scale.higher else (right < wrong):
        return passed(f"Right answers score {number(right)}, wrong ones {number(wrong)}; {word} is better.", *evidence)
    return failed(f"Right answers score {number(right)} and wrong ones {number(wrong)}, but `{word}` is said to be "
                  "better.", "Correct the direction in the card and the configuration, or the grader.", *evidence)


def contradictions(material: Material) -> tuple[ItemRendering, ...]:
    """The first two items that ask the very same and want different answers; empty where there are none."""
    if not (material.chooses or material.writes):
        return ()
    seen: dict[tuple[object, ...], ItemRendering] = {}
    for item in material.items:
        asked = (item.plain, item.choices)
        first = seen.setdefault(asked, item)
        alike = gold_places(first) == gold_places(item) if material.chooses else (
            {plain_form(one) for one in gold_texts(first)} == {plain_form(one) for one in gold_texts(item)})
        if not alike and not {first.id, item.id} & material.known_broken:
            return first, item
    return ()


def _failed_by_twins(material: Material, twins: Sequence[ItemRendering], evidence: Evidence) -> Judged:
    names = f"`{twins[0].id}` and `{twins[1].id}`"
    places = tuple(Place(one.id, material.where(one.id), f"its gold is {one.gold!r:.80}") for one in twins)
    return failed(f"The items {names} are put in the same words and have different golds, so that no model can answer "
                  "both.", "Keep one of them, or put into the prompt what makes them differ.", evidence, places=places)


def _places(trial: Trial, probe: str, items: Sequence[str]) -> tuple[Place, ...]:
    """The first items, each with its line and what the grader gave for which answer."""
    outcome = trial.outcomes[probe]
    golds = {item.id: item.gold for item in trial.material.items}
    found = []
    for item in items[:MOST_PLACES]:
        answer = outcome.probe.answers[item][0].text
        gold = f"the gold is {golds[item]!r:.40}; " if answer is None and golds[item] is not None else ""
        gave = ", ".join(number(one) if not isinstance(one, tuple) else "(" + ", ".join(map(number, one)) + ")"
                         for one in outcome.statistics[item])
        said = f" for the answer {answer[:80]!r}" if answer is not None else ""
        found.append(Place(item, trial.material.where(item), f"{gold}the grader gives {gave}{said}"))
    return tuple(found)


def _advice(material: Material, items: Sequence[str]) -> str:
    if material.writes and any(stop in text for item in material.items if item.id in set(items)
                               for text in gold_texts(item) for stop in material.stops(item) if stop):
        return "A stop sequence of `until` stands inside the gold and cuts it: choose another one."
    if material.chooses and any(not gold_places(item) for item in material.items if item.id in set(items)):
        return "The gold names none of the choices: write the place of the right choice, counted from 0."
    if material.writes and not material.rendering.own_grader and len(material.rendering.filters) > 0:
        return "Compare the answer shown with the gold: correct the gold, or the filter that reads the answer."
    return "Compare what the grader gives with the gold on the lines named, and correct the gold or the grader."
