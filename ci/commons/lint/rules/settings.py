"""T005: settings that a task must make itself, because what the harness does without them misleads."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from commons.lint.harness_names import GENERATION_KEYS, GENERATION_SYNONYMS
from commons.lint.mending import Lines, renamed_key
from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT
from commons.lint.subject import TaskSubject
from commons.pool.harness_config import HarnessConfig
from commons.pool.validate import only_meant

GENERATION = "generation_kwargs"
#: Elsewhere the length of prompt and answer together, so that its number may not be the one that is meant here.
_NO_SYNONYM = "max_length"

_NEEDED = {
    "dataset_path": "Write `dataset_path: json` for files in data/, or the name of a data set on the Hub.",
    "doc_to_text": 'Write the prompt as a template, for example `doc_to_text: "{{question}}"`.',
    "doc_to_target": "Name the column with the right answer, for example `doc_to_target: answer`.",
    "output_type": "Write multiple_choice, loglikelihood, loglikelihood_rolling or generate_until.",
    "metric_list": "List each metric with its aggregation and higher_is_better.",
}


@rule(code="T005", level="lint", subject="task")
def missing_setting(subject: TaskSubject) -> Iterator[Fault]:
    r"""A setting that the task needs is missing.

    ## What it finds
    - no `dataset_path`, `doc_to_text`, `doc_to_target`, `output_type`, `metric_list` or `metadata.version`, no split
      to evaluate, or for multiple choice no `doc_to_choice`;
    - a metric without `aggregation` or `higher_is_better`;
    - for generated answers, `generation_kwargs` without `until` (where the answer stops) or `max_gen_toks` (how long
      it may get), or with a key that is neither these nor another known one;
    - `num_fewshot` above 0 with no examples of its own, or with examples from the evaluated items.

    ## Why it matters
    The harness fills each gap with a guess and goes on. It cuts answers at a default length, or shows a model the very
    item that is scored, with its answer. The number that comes out looks like any other.

    ## How to mend it
    Add the setting that is named. Few-shot examples need a file of their own under another split name, or a list in
    `fewshot_config`.

    ## Example
    ```yaml
    output_type: generate_until
    generation_kwargs:
      until: ["\n"]
      max_new_tokens: 32   # T005: the harness calls it max_gen_toks
    ```
    """
    yield from (Fault.of(problem) for problem in subject.config_problems if problem.kind == "missing")
    config = subject.config
    if config is None:
        return
    for name, mend in _NEEDED.items():
        if name not in config.model_fields_set or getattr(config, name) in (None, []):
            state = "is empty" if name in config.model_fields_set else "is missing"
            yield Fault(f"`{name}` {state}.", subject.where(name), mend)
    if not isinstance(config.metadata, dict) or config.metadata.get("version") is None:
        mend = "Add `metadata: {version: 1.0}`, and raise it when what is asked or scored changes."
        yield Fault("`metadata.version` is missing.", subject.where("metadata"), mend)
    if not config.evaluated_split:
        mend = "Write `test_split:` with the name of the split that is scored, for example `test_split: test`."
        yield Fault("No split is named for evaluation.", subject.where(), mend)
    if subject.output_type == "multiple_choice" and config.doc_to_choice is None:
        mend = "Name the column with the choices, for example `doc_to_choice: choices`."
        yield Fault("`doc_to_choice` is missing, which multiple choice needs.", subject.where(), mend)
    yield from _metrics(subject, config)
    if subject.output_type == "generate_until":
        yield from _generation(subject, config.generation_kwargs or {})
    if config.num_fewshot:
        yield from _fewshot(subject, config)


def _metrics(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    for index, entry in enumerate(config.metric_list or []):
        for name, example in (("aggregation", "mean"), ("higher_is_better", "true")):
            if getattr(entry, name) is None:
                sentence = f"The metric `{entry.metric}` has no `{name}`."
                yield Fault(sentence, subject.where("metric_list", index), f"Add it, for example `{name}: {example}`.")


def _generation(subject: TaskSubject, given: dict[str, Any]) -> Iterator[Fault]:
    meant = set()
    for key in given:
        if key in GENERATION_KEYS:
            continue
        close = difflib.get_close_matches(key, GENERATION_KEYS, n=1)
        guess = GENERATION_SYNONYMS.get(key) or (close[0] if close else None)
        meant.add(guess)
        mend = f"Did you mean `{guess}`?" if guess else f"Remove it; known here: {', '.join(GENERATION_KEYS)}."
        where, name = subject.where(GENERATION, key), _meant(key, given)
        fix = renamed_key(Lines(), where, key, name) if name else None
        yield Fault(f"`{GENERATION}.{key}` is not a known key.", where, mend, fix=fix)
    if "until" not in {*given, *meant}:
        mend = 'Say where an answer ends, for example `until: ["\\n\\n"]`.'
        yield Fault(f"`{GENERATION}.until` is missing.", subject.where(GENERATION), mend)
    elif "until" in given and not _is_stop(given["until"]):
        mend = 'Write a list of texts, for example `until: ["\\n\\n"]`.'
        yield Fault(f"`{GENERATION}.until` names no text to stop at.", subject.where(GENERATION, "until"), mend)
    if "max_gen_toks" not in {*given, *meant}:
        mend = "Say how many tokens an answer may have, for example `max_gen_toks: 64`."
        yield Fault(f"`{GENERATION}.max_gen_toks` is missing.", subject.where(GENERATION), mend)
    elif "max_gen_toks" in given and not _is_count(given["max_gen_toks"]):
        where = subject.where(GENERATION, "max_gen_toks")
        yield Fault(f"`{GENERATION}.max_gen_toks` is not a whole number above 0.", where, "Write one, for example 64.")


def _meant(key: str, given: dict[str, Any]) -> str | None:
    """The argument that can alone be meant by ``key``, where no other key stands for it already."""
    close = only_meant(key, GENERATION_KEYS, given)
    name = close[1] if close else GENERATION_SYNONYMS.get(key)
    rivals = [other for other in given if other != key and GENERATION_SYNONYMS.get(other, other) == name]
    return None if key == _NO_SYNONYM or rivals else name


def _is_stop(value: Any) -> bool:
    texts = [value] if isinstance(value, str) else value
    return isinstance(texts, list) and bool(texts) and all(isinstance(one, str) and one for one in texts)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _fewshot(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    own = config.fewshot_config or {}
    split = own.get("split") or config.fewshot_split
    key = (FEWSHOT, "split") if own.get("split") else ("fewshot_split",)
    mend = "Give the examples a file and a split of their own, and name it in `fewshot_split`."
    if split is None and not own.get("samples"):
        sentence = f"`num_fewshot` is {config.num_fewshot}, but the task has no examples of its own."
        yield Fault(sentence, subject.where("num_fewshot"), mend)
    elif split is not None and split == config.evaluated_split:
        yield Fault(f"The examples come from `{split}`, the evaluated split.", subject.where(*key), mend)
    elif _shares_a_file(subject, str(split), config.evaluated_split or ""):
        yield Fault(f"The split `{split}` shares a file with the evaluated split.", subject.where(*key), mend)


def _shares_a_file(subject: TaskSubject, *names: str) -> bool:
    files = [set(subject.splits[name].files) for name in names if name in subject.splits]
    return len(files) == len(names) and bool(set.intersection(*files))
