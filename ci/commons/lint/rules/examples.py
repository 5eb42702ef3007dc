"""D037: few-shot examples, as many as are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject


@rule(code="D037", level="lint", subject="task")
def too_few_examples(subject: TaskSubject) -> Iterator[Fault]:
    """There are fewer few-shot examples than are asked for.

    ## What it finds
    A `num_fewshot` that is larger than the number of rows in the few-shot split, or of examples under
    `fewshot_config: samples:`. Where the examples come from the evaluated split, the item itself does not count.

    ## Why it matters
    The harness stops when it draws the examples, after the model was loaded.

    ## How to mend it
    Write more examples, or ask for fewer. Five are usual.

    ## Example
    ```yaml
    fewshot_split: dev   # four rows
    num_fewshot: 8       # D037
    ```
    """
    config = subject.config
    if config is None or not config.num_fewshot or config.process_docs or config.custom_dataset or config.task_class:
        return
    there = _examples(subject)
    if there is not None and config.num_fewshot > there:
        sentence = f"`num_fewshot` asks for {config.num_fewshot} examples, and there are {there}."
        mend = f"Write {config.num_fewshot - there} more, or ask for {there} at most."
        yield Fault(sentence, subject.where("num_fewshot"), mend)


def _examples(subject: TaskSubject) -> int | None:
    """How many examples can be drawn; None where that is not known, or where there are none, of which T005 speaks."""
    config = subject.config
    own = (config.fewshot_config if config else None) or {}
    split, samples = own.get("split") or (config.fewshot_split if config else None), own.get("samples")
    if own.get("process_docs") or subject.data_problems:
        return None
    if split is None and isinstance(samples, list):
        return len(samples)
    if not isinstance(split, str) or split not in subject.splits or not subject.splits[split].rows:
        return None
    same = config is not None and split == config.evaluated_split
    return len(subject.splits[split].rows) - (1 if same else 0)
