"""M012: settings that do nothing, or that measure little."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from commons.lint.grading import golds, stops
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.harness_config import HarnessConfig

GENERATION = "generation_kwargs"
#: Longer answers than this no task here needs, reasoning included.
MOST_TOKENS = 32_768
#: An answer of one line needs no more than this.
MOST_IN_A_LINE = 4_096
#: BLEU counts runs of up to so many words.
RUN = 4


@rule(code="M012", level="hint", subject="task")
def idle_setting(subject: TaskSubject) -> Iterator[Fault]:
    r"""A setting has no effect, or measures little.

    ## What it finds
    - `generation_kwargs` or `repeats` in a task that compares likelihoods and generates nothing;
    - a `temperature` above 0 with `do_sample: false`: most engines ignore it, some draw at random after all;
    - a `max_gen_toks` above 32,768, or above 4,096 where answers end with their line;
    - `bleu` where most golds have fewer than four words: it counts runs of four, which such golds do not have.

    ## Why it matters
    Who reads the configuration believes that something is set that is not. A limit far above what is needed lets a
    model that does not stop cost hours. BLEU of one-word answers is near 0 for the best model too.

    ## How to mend it
    Remove the setting, or write what is meant. For short answers take `exact_match`, or `chrf`.

    ## Example
    ```yaml
    generation_kwargs: {until: ["\n"], max_gen_toks: 100000, do_sample: false}   # M012: a line needs fewer
    ```
    """
    config = subject.config
    if config is None or subject.output_type is None:
        return
    if config.output_type != "generate_until":
        yield from _unused(subject, config)
        return
    given = config.generation_kwargs or {}
    temperature = given.get("temperature")
    if given.get("do_sample") is False and isinstance(temperature, (int, float)) and temperature > 0:
        sentence = f"`temperature` is {temperature:g} and `do_sample` is false: engines differ in what they do then."
        mend = "Remove the temperature, or write `do_sample: true`."
        yield Fault(sentence, subject.where(GENERATION, "temperature"), mend)
    yield from _limit(subject, config)
    yield from _bleu(subject, config)


def _unused(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    for name in (GENERATION, "repeats"):
        value = getattr(config, name)
        if value and value != 1:
            sentence = f"`{name}` has no effect: {config.output_type} generates nothing."
            yield Fault(sentence, subject.where(name), "Remove it, or correct `output_type`.")


def _limit(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    limit = (config.generation_kwargs or {}).get("max_gen_toks")
    one_line = "\n" in stops(config)
    if isinstance(limit, int) and limit > (MOST_IN_A_LINE if one_line else MOST_TOKENS):
        needed = "an answer of one line" if one_line else "any answer"
        sentence = f"`max_gen_toks` allows {limit:,} tokens, far more than {needed} needs."
        mend = "Write about twice the tokens of the longest right answer, its reasoning included."
        yield Fault(sentence, subject.where(GENERATION, "max_gen_toks"), mend, "likely")


def _bleu(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    if config.process_results is not None:
        return
    for index, entry in enumerate(config.metric_list or []):
        if entry.metric != "bleu":
            continue
        lengths = [max(len(text.split()) for text in gold.texts) for gold in golds(subject)]
        if lengths and median(lengths) < RUN:
            sentence = f"Most golds have fewer than {RUN} words, and `bleu` counts runs of {RUN}: it is near 0."
            mend = "Take `exact_match`, or `chrf`, which counts letters."
            yield Fault(sentence, subject.where("metric_list", index, "metric"), mend, "likely")

