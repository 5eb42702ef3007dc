"""T010 and D050: few-shot examples that cannot be drawn, say nothing, or look different from the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from commons.lint.grading import chains, waited_words
from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT, Known, RenderedRow, example_templates, item_templates
from commons.lint.subject import TaskSubject
from commons.pool.harness_config import HarnessConfig

#: So many examples are compared with how the question is put: one of them shows a difference of the settings.
_COMPARED = 5


@rule(code="T010", level="lint", subject="task")
def examples_that_teach_nothing(subject: TaskSubject) -> Iterator[Fault]:
    """A few-shot example is not there, has no answer, or lacks the words of the others.

    ## What it finds
    A place in `fewshot_config: fewshot_indices:` at which there is no example; an example whose answer is empty; and
    an example whose answer lacks the words that the filter of the headline waits for (`#### 7`), while more than half
    of the examples have them. The first only where the examples are rows of the folder or stand under `samples`.

    ## Why it matters
    A place that does not exist stops the run. An empty answer teaches models to say nothing, and one in another form
    teaches them a form that the filter does not find.

    ## How to mend it
    Count the examples from 0 and correct the place. Write the missing answer, in the form of the others.

    ## Example
    ```yaml
    fewshot_split: dev                                # five rows
    fewshot_config: {fewshot_indices: [0, 1, 2, 7]}   # T010: the last row has the place 4
    ```
    """
    config = subject.config
    if config is None or not config.num_fewshot or config.process_docs or config.custom_dataset or config.task_class:
        return
    yield from _places(subject, config)
    if subject.output_type in {None, "multiple_choice", "loglikelihood_rolling"} or config.doc_to_choice is not None:
        return
    rows = [(row, row.target.value) for row in subject.rendered_examples if row.target is not None]
    answers = [(row, value) for row, value in rows if isinstance(value, str)]
    known = {row.where for row in subject.rendered_items}
    for row, answer in answers:
        if not answer.strip() and row.where not in known:
            yield Fault("The answer of this few-shot example is empty.", row.where, "Write the answer that it shows.")
    yield from _without_frame(subject, config, [(row, answer) for row, answer in answers if answer.strip()])


def _places(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    """The places in ``fewshot_indices`` at which no example is."""
    own = config.fewshot_config or {}
    given, split, samples = own.get("fewshot_indices"), own.get("split") or config.fewshot_split, own.get("samples")
    if not isinstance(given, list) or own.get("process_docs") or subject.data_problems:
        return
    if split is None and isinstance(samples, list):
        there = len(samples)
    elif isinstance(split, str) and split in subject.splits:
        there = len(subject.splits[split].rows)
    else:
        return
    for number, place in enumerate(given if there else ()):
        where = subject.where(FEWSHOT, "fewshot_indices", number)
        mend = f"Write places from 0 (the first example) to {there - 1} (the last)."
        if isinstance(place, bool) or not isinstance(place, int):
            yield Fault(f"`fewshot_indices` holds `{str(place)[:60]}`, which is no place of an example.", where, mend)
        elif not -there <= place < there:
            sentence = f"`fewshot_indices` asks for the example at {place}, and the last one is at {there - 1}."
            yield Fault(sentence, where, mend)


def _without_frame(
    subject: TaskSubject, config: HarnessConfig, answers: list[tuple[RenderedRow, str]]
) -> Iterator[Fault]:
    """The examples without the words of which the filter of the headline makes the start of an answer."""
    headline = subject.card.headline.filter if subject.card else None
    for chain in chains(config):
        if chain.entry is None or chain.entry.name != headline:
            continue
        words = next((one.strip() for step in chain.steps if (one := waited_words(step))), None)
        if words is None:
            continue
        lacking = [row for row, answer in answers if _spaced(words) not in _spaced(answer)]
        if lacking and 2 * len(lacking) < len(answers):
            sentence = f"The answer of this few-shot example lacks `{words[:60]}`, for which the filter waits."
            for row in lacking:
                yield Fault(sentence, row.where, "Write it as in the other examples.")


def _spaced(text: str) -> str:
    return " ".join(text.split()).casefold()


@rule(code="D050", level="hint", subject="task")
def examples_of_another_form(subject: TaskSubject) -> Iterator[Fault]:
    """The few-shot examples are put in another way than the question.

    ## What it finds
    A `doc_to_text`, `doc_to_choice` or `target_delimiter` under `fewshot_config` with which the examples look
    different from the question: their own rows are put both ways and compared. Examples whose columns the question's
    template does not fit are left alone.

    ## Why it matters
    Examples show a model what is asked and in which form. Where they show another form, the model answers in that
    one: with `2` where the letter `B` is scored.

    ## How to mend it
    Remove the setting from `fewshot_config`: without it the examples are put as the question is.

    ## Example
    ```yaml
    doc_to_choice: ["A", "B", "C", "D"]
    fewshot_config:
      doc_to_choice: ["1", "2", "3", "4"]   # D050
    ```
    """
    config = subject.config
    if config is None or not subject.rendered_examples:
        return
    own = config.fewshot_config or {}
    mend = "Remove it here: without it the examples are put as the question is."
    delimiter = own.get("target_delimiter")
    if isinstance(delimiter, str) and delimiter != config.target_delimiter:
        sentence = f"Prompt and answer are joined with {delimiter!r} here, and in the question otherwise."
        yield Fault(sentence, subject.where(FEWSHOT, "target_delimiter"), mend, "likely")
    for name, what in (("doc_to_text", "another prompt"), ("doc_to_choice", "other choices")):
        if own.get(name) is not None and _differs(subject, config, name):
            sentence = f"The few-shot examples have {what} than the question."
            yield Fault(sentence, subject.where(FEWSHOT, name), mend, "likely")


def _differs(subject: TaskSubject, config: HarnessConfig, name: str) -> bool:
    """Whether a setting of the examples gives something else than the items', for the first rows that both fit."""
    examples = example_templates(config, subject.columns)
    items = item_templates(config, subject.columns)
    for document in _documents(subject, config):
        first, second = examples.value(name, document)[0], items.value(name, document)[0]
        if first is not None and second is not None and _plain(first) != _plain(second):
            return True
    return False


def _documents(subject: TaskSubject, config: HarnessConfig) -> list[Mapping[str, Any]]:
    own = config.fewshot_config or {}
    split, samples = own.get("split") or config.fewshot_split, own.get("samples")
    if isinstance(split, str) and split in subject.splits:
        return [row.values for row in subject.splits[split].rows[:_COMPARED]]
    return [one for one in samples[:_COMPARED] if isinstance(one, dict)] if isinstance(samples, list) else []


def _plain(known: Known) -> Any:
    return known.value.strip() if isinstance(known.value, str) else known.value
