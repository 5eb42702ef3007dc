"""Gates on the machinery: every metric is computed, everything comes out alike twice, and it does not take for ever."""

from __future__ import annotations

from collections.abc import Iterator

from commons.gates.base import Evidence, Judged, Place, could_not_run, failed, gate, passed
from commons.gates.material import Material
from commons.gates.policy import CHARACTERS_PER_TOKEN
from commons.gates.probes import Probe, writing
from commons.gates.proofs.right_answers import oracle_answers
from commons.gates.trial import Stopped, Trial
from commons.gates.words import broken_grading, listed


@gate(name="metrics", order=10)
def metrics(trial: Trial) -> Judged:
    """Every declared metric is computed for every item.

    ## What it asks
    The right answers are graded. Each metric that the configuration declares must give a finite number for each item,
    after each filter, and the headline of the card must be one of them.

    ## Why it matters
    The harness leaves out a metric that it cannot compute and ends without an error; a metric that misses some items
    is averaged over fewer.

    ## When it does not apply
    Always applies.

    ## How to mend a failure
    Let `process_results` return every declared metric for every item, as one finite number. An item that cannot be
    graded needs a score of its own.
    """
    if trial.stopped:
        stopped = trial.stopped
        places = (Place("", stopped.where),) if stopped.where else ()
        return failed(f"The right answers could not be graded: {stopped.sentence}",
                      stopped.mend or "Mend the metric, the filter or the grader that is named.", places=places)
    outcome = trial.graded("oracle")
    if outcome is None:
        return could_not_run("The right answers were not graded.", "See the sentence above.")
    columns = trial.material.rendering.metric_names
    held = {column for one in outcome.everything.values() for column in one}
    missing = sorted(set(columns) - held)
    if missing:
        return failed(f"No number came for {listed(missing)}.", "Take a metric that fits the task's output type.")
    return passed(f"{listed(list(columns))} computed for all {len(outcome.everything)} items.")


def again_probes(material: Material) -> Iterator[Probe]:
    """The right answers, and one set of wrong ones, graded a second time."""
    yield Probe("again", "the right answers, again", oracle_answers(material), "fact", fresh=True)
    if material.writes:
        right = oracle_answers(material)
        nonsense = writing(material, lambda _: "zxq 3")
        turns = {item: answers if place % 2 or item not in right else right[item]
                 for place, (item, answers) in enumerate(nonsense.items())}
        # A grader that remembers shows it between its first answers and its last.
        yield Probe("turns", "right and senseless answers by turns", turns, "fact", fresh=True, turn="first")
        yield Probe("turns_again", "right and senseless answers by turns, again", turns, "fact", fresh=True)


@gate(name="same_twice", order=120, probes=again_probes)
def same_twice(trial: Trial) -> Judged:
    """The task is the same twice.

    ## What it asks
    The task is rendered twice, and the same answers are graded twice. Prompts, golds and scores must be equal.

    ## Why it matters
    A score that changes by itself cannot be recomputed, and no difference between two models can be believed.

    ## When it does not apply
    Always applies.

    ## How to mend a failure
    Take random numbers, clocks, files that change and global state out of the hooks; draw by a fixed seed.
    """
    mend = "Take random numbers, clocks and global state out of the hooks; draw by a fixed seed."
    if not trial.same_rendering:
        return failed("The task came out differently, or not at all, when it was rendered a second time.", mend)
    if trial.stopped:
        return broken_grading(trial.stopped)
    changed: dict[str, str] = {}
    for first, second in (("oracle", "again"), ("turns", "turns_again")):
        one, two = trial.outcome(first), trial.outcome(second)
        if one is None or two is None:
            continue
        if (one.stopped is None) != (two.stopped is None):
            stopped = one.stopped or two.stopped or Stopped("")
            return failed(f"The grader stopped on one of two equal sets of answers: {stopped.sentence}", mend)
        changed |= {item: one.probe.label for item, values in one.everything.items()
                    if values != two.everything.get(item)}
    if changed:
        places = tuple(Place(item, trial.material.where(item), f"two scores for {label}")
                       for item, label in list(changed.items())[:10])
        return failed(f"The grader gives {len(changed)} items another score for the same answer.", mend, places=places)
    return passed("The task was rendered and graded twice with the same result.")


@gate(name="run_time", order=130)
def run_time(trial: Trial) -> Judged:
    """The task can be run in reasonable time.

    ## What it asks
    How long loading, rendering and grading take, and how many tokens an item sends. Without a model the tokens are
    estimated from the characters.

    ## Why it matters
    Every model of the pool is run on every task: what an item costs is paid many times.

    ## When it does not apply
    Always applies. It never fails: the harness process stops by itself where a task takes too long.

    ## How to mend a failure
    It cannot fail. Shorter prompts and fewer examples make a task cheaper.
    """
    rendering = trial.material.rendering
    characters = [
        sum(len(rendering.requests[index].prompt_text) + len(rendering.requests[index].continuation or "")
            for index in item.plain)
        for item in rendering.items
    ]
    tokens = sum(characters) / CHARACTERS_PER_TOKEN.value / max(1, len(characters))
    clock = trial.clock
    each = clock.grading / clock.probes if clock.probes else 0.0
    return passed(
        f"Loading and rendering took {clock.rendering:.1f} s and grading {each:.2f} s for one set of answers; an item "
        f"sends about {tokens:,.0f} tokens.",
        Evidence("seconds to load and render", round(clock.rendering, 2)),
        Evidence("seconds to grade one set of answers", round(each, 3), n=clock.probes),
        Evidence("tokens sent for an item", round(tokens, 1), n=len(characters),
                 threshold_source=f"estimated: {CHARACTERS_PER_TOKEN.value:g} characters for a token"),
    )
