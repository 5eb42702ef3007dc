"""Gates on the grader: what the card says it accepts passes, and what is wrong in a small way does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from commons.gates.base import Evidence, Judged, Place, failed, gate, not_applicable, passed
from commons.gates.golds import gold_texts
from commons.gates.material import Material, is_text
from commons.gates.policy import OWN_POLICY, WRONG_PASSES
from commons.gates.probes import Asks, Probe, write
from commons.gates.proofs.right_answers import wrong_text
from commons.gates.trial import ProbeOutcome, Trial
from commons.gates.variants import AnswerType, Variant, curiosities, dresses, faults, oddities, sayings
from commons.gates.words import broken_grading, listed, percent
from commons.harness.rendering import ItemRendering
from commons.harness.requests import Answer

MOST_PLACES = 10
#: So many items are given the strange answers.
ODD_ITEMS = 5
_SOURCE = f"at most {WRONG_PASSES.value:.0%} of wrong answers may pass ({OWN_POLICY})"
_NO_GRADER = "The task is not answered in words, so no grader reads an answer: the likelihoods decide."
_UNIT_COLUMNS = ("unit", "units")
_ANY_UNIT = "units"

#: Faults that no lucky grader takes for right: one item with full marks is enough.
_NEVER_LUCKY = {"no_minus"}

#: An item's variant, by the item's id.
Variants = dict[str, Variant]


def _kind(material: Material) -> AnswerType:
    """The answer's type; texts that are a few labels which repeat are graded as choices."""
    declared = material.task.card.answer.type
    return "choice" if declared in {"text", "none"} and material.labels else "text" if declared == "none" else declared


def _unit(material: Material, item: ItemRendering) -> str | None:
    row = material.rows.get(item.id)
    found = [row.values[name] for name in _UNIT_COLUMNS if name in row.values] if row else []
    given = next((one for one in found if is_text(one) and one.strip()), None)
    return given or (_ANY_UNIT if "units" in material.task.card.answer.accepts else None)


def _probe(material: Material, variants: Variants, asks: Asks, prefix: str, limit: float) -> Probe | None:
    """The probe that gives every item its variant; items that the variant does not change are left out."""
    answers: dict[str, tuple[Answer, ...]] = {}
    for item in material.items:
        gold = next(iter(gold_texts(item)), None)
        variant = variants.get(item.id)
        if gold is None or variant is None:
            continue
        changed = variant.change(gold)
        if changed is None:
            continue
        own_words = prefix == "says"
        answer = write(material, item, changed if own_words else material.frame(item, changed))
        if answer != write(material, item, material.frame(item, gold)):
            answers[item.id] = answer
    first = next(iter(variants.values()))
    return Probe(f"{prefix}_{first.name}", first.label, answers, asks, limit) if answers else None


def _by_name(material: Material, several: Callable[[ItemRendering], Iterable[Variant]]) -> dict[str, Variants]:
    """For each variant's name, each item's own."""
    found: dict[str, Variants] = {}
    for item in material.items:
        for variant in several(item):
            found.setdefault(variant.name, {})[item.id] = variant
    return found


def accepting_probes(material: Material) -> Iterator[Probe]:
    """What the card accepts, what it does not speak of, and what opinions differ about."""
    if not material.writes:
        return
    accepted, kind = set(material.task.card.answer.accepts), _kind(material)
    for name, variants in _by_name(material, lambda item: dresses(kind, _unit(material, item))).items():
        asks: Asks = "keeps" if name in accepted else "fact"
        if (probe := _probe(material, variants, asks, "dress", 0.0)) is not None:
            yield probe
    for variants in _by_name(material, lambda item: curiosities(kind, wrong_text(material, item))).values():
        if (probe := _probe(material, variants, "fact", "curious", 0.0)) is not None:
            yield probe


def refusing_probes(material: Material) -> Iterator[Probe]:
    """What must not pass: small faults, silence, refusals, orders to the grader, the instructions."""
    if not material.writes:
        return
    kind = _kind(material)
    for name, variants in _by_name(material, lambda item: faults(kind, wrong_text(material, item))).items():
        asks: Asks = "wrong" if name in _NEVER_LUCKY else "seldom_full"
        if (probe := _probe(material, variants, asks, "fault", 0.0)) is not None:
            yield probe
    for variants in _by_name(material, lambda _: sayings()).values():
        if (probe := _probe(material, variants, "seldom_full", "says", material.scale.chance)) is not None:
            yield probe
    echoes = {item.id: write(material, item, text) for item in material.items
              if (text := _instructions(material, item))}
    if echoes:
        yield Probe("says_instructions", "the instructions, repeated", echoes, "seldom_full", material.scale.chance)


def _instructions(material: Material, item: ItemRendering) -> str:
    """The prompt without its question, where the card says which column that is."""
    prompt, question = material.prompt(item), material.question(item)
    return prompt.replace(question, "").strip()[:2000] if question and question != prompt and question in prompt else ""


@gate(name="grader_accepts", order=100, probes=accepting_probes)
def grader_accepts(trial: Trial) -> Judged:
    """The grader takes the right answer in every dress that the card accepts.

    ## What it asks
    The right answer is written again with other letters' case, more spaces, a full stop, a unit, commas between
    thousands or an article. Those that the card's `answer.accepts` names must keep full marks on every item. How the
    grader takes the others is reported, and not judged.

    ## Why it matters
    A grader that is stricter than its card measures obedience in spelling instead of the skill.

    ## When it does not apply
    Where the task is not answered in words, or the card's list is empty.

    ## How to mend a failure
    Let a filter or the grader remove the difference (`ignore_case`, `ignore_punctuation`, `regexes_to_ignore`,
    `remove_whitespace`), or take the word out of `answer.accepts`.
    """
    material = trial.material
    if not material.writes:
        return not_applicable(_NO_GRADER)
    if trial.stopped:
        return broken_grading(trial.stopped)
    outcomes = [one for name, one in trial.outcomes.items() if name.startswith(("dress_", "curious_"))]
    good = set(trial.full_items("oracle"))
    evidence = tuple(_kept(trial, one, good) for one in outcomes)
    must = [one for one in outcomes if one.probe.asks == "keeps"]
    broken = next((one for one in must if one.stopped), None)
    if broken is not None:
        return broken_grading(broken.stopped, f"the right answer {broken.probe.label}")
    lost = {one.probe.name: _lost(trial, one, good) for one in must}
    bad = [one for one in must if lost[one.probe.name]]
    if bad:
        said = listed([f"{one.probe.label} on {len(lost[one.probe.name])} of {len(one.statistics)} items"
                       for one in bad])
        return failed(f"The right answer loses marks {said}, although the card accepts it.",
                      "Let a filter or the grader remove the difference, or take it out of `answer.accepts`.",
                      *evidence, places=_named(trial, bad[0], lost[bad[0].probe.name]))
    if not must:
        why = "declares no accepted variants" if not material.task.card.answer.accepts else "names none that fits"
        reason = f"The card {why}; how the grader takes each is shown as a fact."
        return Judged(not_applicable(reason).state, reason, evidence)
    names = listed([one.probe.label for one in must])
    return passed(f"The right answer keeps full marks {names}.", *evidence)


@gate(name="grader_refuses", order=110, probes=refusing_probes)
def grader_refuses(trial: Trial) -> Judged:
    """The grader refuses answers that are wrong in a small way.

    ## What it asks
    The right answer is spoiled by the card's answer type: one changed number, a denial, another label, a key left out,
    half of the code, a function that does nothing. Then come silence, a refusal, orders to the grader, and the
    instructions repeated. An item that keeps full marks is a wrong pass; their share is tested against the limit.

    ## Why it matters
    A grader that looks for the gold anywhere in the answer, or believes what the answer says of itself, gives marks to
    models that do not know.

    ## When it does not apply
    Where the task is not answered in words.

    ## How to mend a failure
    Compare the whole answer, after the filters, with the gold; read numbers as numbers and JSON as JSON.
    """
    if not trial.material.writes:
        return not_applicable(_NO_GRADER)
    if trial.stopped:
        return broken_grading(trial.stopped)
    outcomes = [one for name, one in trial.outcomes.items() if name.startswith(("fault_", "says_"))]
    broken = next((one for one in outcomes if one.stopped), None)
    if broken is not None:
        return broken_grading(broken.stopped, f"`{broken.probe.label}`")
    evidence = tuple(trial.evidence(one.probe.name, _SOURCE) for one in outcomes)
    bad = [one for one in outcomes if trial.alarm(one.probe.name)
           or (one.probe.asks == "wrong" and trial.full_items(one.probe.name))]
    if bad:
        said = listed([f"{one.probe.label}: {percent(trial.tests[one.probe.name].score)}"
                       if one.probe.name in trial.tests else one.probe.label for one in bad])
        return failed(f"Wrong answers get full marks ({said}).",
                      "Let the grader compare the whole answer with the gold, and nothing that the answer says of "
                      "itself.", *evidence, places=_named(trial, bad[0], list(trial.full_items(bad[0].probe.name))))
    lucky = sum(len(trial.full_items(one.probe.name)) for one in outcomes)
    single = "1 single answer" if lucky == 1 else f"{lucky} single answers"
    rest = f" ({single} did, which is within the limit)" if lucky else ""
    return passed(f"None of {len(outcomes)} kinds of wrong answers gets full marks{rest}.", *evidence)


def odd_probes(material: Material) -> Iterator[Probe]:
    """Answers that are no answers, to the first items: they stop a grader by what they are, and not by the item."""
    if not material.writes:
        return
    for variant in oddities():
        answers = {item.id: write(material, item, variant.change("") or "") for item in material.items[:ODD_ITEMS]}
        yield Probe(variant.name, variant.label, answers, "wrong", turn="last")


@gate(name="grader_survives", order=115, probes=odd_probes)
def grader_survives(trial: Trial) -> Judged:
    """Strange answers do not stop the grader.

    ## What it asks
    A few items are answered with what small or broken models give: an empty block of code, brackets that are never
    closed, a word without end, characters of many scripts, a number too long to read. The grader must give each a score
    in good time, and none of them full marks.

    ## Why it matters
    One model that repeats itself stops the evaluation of a whole task after everything has been paid for, or gets
    marks for it.

    ## When it does not apply
    Where the task is not answered in words.

    ## How to mend a failure
    Let the grader cut long answers, catch what parsing can raise, and count what it cannot read as wrong. Replace
    patterns that repeat within a repetition.
    """
    if not trial.material.writes:
        return not_applicable(_NO_GRADER)
    if trial.stopped:
        return broken_grading(trial.stopped)
    outcomes = [one for name, one in trial.outcomes.items() if name.startswith("odd_")]
    broken = next((one for one in outcomes if one.stopped), None)
    if broken is not None:
        return broken_grading(broken.stopped, f"`{broken.probe.label}`")
    bad = [one for one in outcomes if trial.full_items(one.probe.name)]
    if bad:
        return failed(f"Strange answers get full marks ({listed([one.probe.label for one in bad])}).",
                      "Count what cannot be read as wrong.",
                      places=_named(trial, bad[0], list(trial.full_items(bad[0].probe.name))))
    return passed(f"{len(outcomes)} kinds of strange answers are graded in good time, and none gets full marks.")


def _kept(trial: Trial, outcome: ProbeOutcome, good: set[str]) -> Evidence:
    looked = [item for item in outcome.statistics if item in good]
    kept = len(looked) - len(_lost(trial, outcome, good))
    declared = outcome.probe.asks == "keeps"
    note = "the grader stopped" if outcome.stopped else f"full marks on {kept} of {len(looked)} items"
    return Evidence(f"the right answer {outcome.probe.label}", kept / len(looked) if looked else None,
                    n=len(looked), threshold=1.0 if declared else None,
                    threshold_source="the card's answer.accepts" if declared else "",
                    alarm=declared and kept < len(looked), note=note + ("" if declared else " (not judged)"))


def _lost(trial: Trial, outcome: ProbeOutcome, good: set[str]) -> list[str]:
    full = set(trial.full_items(outcome.probe.name))
    return [item for item in outcome.statistics if item in good and item not in full]


def _named(trial: Trial, outcome: ProbeOutcome, items: list[str]) -> tuple[Place, ...]:
    return tuple(
        Place(item, trial.material.where(item), f"the answer was {outcome.probe.answers[item][0].text!r:.120}")
        for item in items[:MOST_PLACES]
    )
