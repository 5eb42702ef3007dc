"""M007 and M008: values in metrics, filters and generation arguments that the harness takes without a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from commons.lint.grading import chains, metric_faults, step_faults
from commons.lint.harness_names import METRICS
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.harness_config import HarnessConfig

GENERATION = "generation_kwargs"


@rule(code="M007", level="lint", subject="task")
def wrong_direction(subject: TaskSubject) -> Iterator[Fault]:
    """A metric says that the wrong end of its scale is better.

    ## What it finds
    `higher_is_better: false` of a metric that grows with quality, such as `acc`, and `true` of one that falls with
    it: `perplexity` and its kin, `bits_per_byte`, `ter`, `brier_score`.

    ## Why it matters
    Nothing fails, and the worst model leads the table.

    ## How to mend it
    Write the value that the finding names. The card's `headline.direction` must say the same.

    ## Example
    ```yaml
    metric_list:
      - metric: perplexity
        aggregation: perplexity
        higher_is_better: true   # M007: a lower perplexity is better
    ```
    """
    config = subject.config
    if config is None or config.process_results is not None:
        return
    for index, entry in enumerate(config.metric_list or []):
        known = METRICS.get(entry.metric) if isinstance(entry.metric, str) and not entry.hf_evaluate else None
        if known is None or config.output_type not in known.output_types:
            continue
        if entry.higher_is_better is not None and entry.higher_is_better != known.higher_is_better:
            better = "higher" if known.higher_is_better else "lower"
            mend = f"Write `higher_is_better: {str(known.higher_is_better).lower()}`."
            sentence = f"Of `{entry.metric}`, {better} values are better."
            yield Fault(sentence, subject.where("metric_list", index, "higher_is_better"), mend)


@rule(code="M008", level="lint", subject="task")
def unusable_argument(subject: TaskSubject) -> Iterator[Fault]:
    """An argument has a value that crashes late or means something else.

    ## What it finds
    - of `exact_match`: `ignore_case` and its kin that are neither true nor false (the text "false" counts as true),
      `regexes_to_ignore` that is no list of regular expressions;
    - of filters: a `group_select` that is neither 0 nor -1 (it counts matches, not groups), a `k` below 1 or above
      `repeats`, a `mapping_dict` that is no mapping, `multi_choice_regex` without a column `choices`;
    - of `generation_kwargs`: `do_sample` that is neither true nor false, a `temperature`, `top_p`, `top_k`, `min_p`
      or `repetition_penalty` that is no number of its range;
    - `repeats` above 1 with greedy answers, which are all the same.

    ## Why it matters
    The harness looks at none of these values before the answers have been paid for. Then it stops, or takes a text
    for a yes.

    ## How to mend it
    Write the value as the finding says: true and false without quotes, patterns as a list.

    ## Example
    ```yaml
    metric_list:
      - metric: exact_match
        ignore_case: "no"   # M008: a text counts as true; write false
    ```
    """
    config = subject.config
    if config is None or subject.output_type is None:
        return
    if config.process_results is None:
        for index, entry in enumerate(config.metric_list or []):
            for key, sentence, mend in metric_faults(entry):
                yield Fault(sentence, subject.where("metric_list", index, key), mend)
    for chain in chains(config) if config.filter_list else ():
        for number, step in enumerate(chain.steps):
            for key, sentence, mend in (*step_faults(step), *_beyond_step(subject, config, step)):
                yield Fault(sentence, subject.where(*chain.key, "filter", number, key), mend)
    if config.output_type == "generate_until":
        yield from _generation(subject, config)


def _beyond_step(subject: TaskSubject, config: HarnessConfig, step: Any) -> Iterator[tuple[str, str, str]]:
    """What a step asks of the rest of the task: the key, what is wrong, and the mend."""
    if step.get("function") == "take_first_k":
        k = step.get("k")
        if isinstance(k, int) and k > config.repeats:
            sentence = f"`k` is {k}, and `repeats` gives {config.repeats} answers."
            yield "k", sentence, f"Write `repeats: {k}` or a smaller k."
    has_choices = not subject.rendered_items or any("choices" in row.values for row in subject.items)
    if step.get("function") == "multi_choice_regex" and not has_choices:
        sentence = "`multi_choice_regex` reads the column `choices`, which the data do not have."
        yield "function", sentence, "Call the column with the choices `choices`, or take `regex`."


def _generation(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    given = config.generation_kwargs or {}
    sampled = given.get("do_sample")
    sound = True
    if "do_sample" in given and not isinstance(sampled, bool):
        sound = False
        where = subject.where(GENERATION, "do_sample")
        yield Fault("`do_sample` is neither true nor false.", where, "Write true or false without quotes.")
    for key, (least, most, example) in _RANGES.items():
        if key in given and not _is_number(given[key], least, most):
            sound = False
            limits = f"from {least:g}" + (f" to {most:g}" if most < float("inf") else "")
            mend = f"Write it without quotes, for example `{key}: {example}`."
            yield Fault(f"`{key}` is not a number {limits}.", subject.where(GENERATION, key), mend)
    if sound and config.repeats > 1 and (sampled is False or not given.get("temperature", sampled or 0)):
        sentence = f"`repeats` is {config.repeats}, and greedy answers to one prompt are all the same."
        mend = "Write `repeats: 1`, or `do_sample: true` with a temperature above 0."
        yield Fault(sentence, subject.where("repeats"), mend)


_RANGES = {
    "temperature": (0.0, float("inf"), "0.7"),
    "top_p": (0.0, 1.0, "0.95"),
    "min_p": (0.0, 1.0, "0.05"),
    "top_k": (-1.0, float("inf"), "50"),
    "repetition_penalty": (0.0, float("inf"), "1.0"),
}


def _is_number(value: Any, least: float, most: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most
