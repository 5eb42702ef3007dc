"""M001 to M004: the metrics, and the one that stands for the task."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from commons.errors import Where
from commons.lint.harness_names import AGGREGATIONS, FILTERS, METRICS, REFUSED_METRICS
from commons.lint.mending import Lines, renamed_key, replaced_value
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.card import Card
from commons.pool.harness_config import HarnessConfig, MetricEntry
from commons.pool.validate import only_meant
from commons.pool.yamlfile import FunctionRef


def _name(metric: FunctionRef | str) -> str:
    """The name under which the harness reports a metric; a function reports under its own."""
    return metric.name.rpartition(".")[2] if isinstance(metric, FunctionRef) else metric


def _choose(written: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(written, list(known), n=1, cutoff=0.5)
    return f"Did you mean `{close[0]}`?" if close else f"Known here: {', '.join(sorted(known))}."


@rule(code="M001", level="lint", subject="task")
def headline(subject: TaskSubject) -> Iterator[Fault]:
    """The card's headline is not what the configuration computes.

    ## What it finds
    A `headline` in the card whose metric is not in `metric_list`, whose filter is not in `filter_list` (without one,
    the filter is called `none`), or whose direction contradicts the metric's `higher_is_better`.

    ## Why it matters
    The headline is the one number that stands for the task. If nothing computes it, the task has no result; with the
    wrong direction the worst model leads.

    ## How to mend it
    Copy the metric's and the filter's name from the configuration into the card, letter by letter.

    ## Example
    ```yaml
    # card.yaml, while metric_list has acc and acc_norm
    headline: {metric: accuracy, direction: higher}   # M001: did you mean `acc`?
    ```
    """
    card, config = subject.card, subject.config
    if card is None or config is None or not config.metric_list:
        return
    direction = {_name(entry.metric): entry.higher_is_better for entry in config.metric_list}
    filters = [entry.name for entry in config.filter_list] if config.filter_list else ["none"]
    if card.headline.metric not in direction:
        sentence = f"The headline metric `{card.headline.metric}` is not in `metric_list`."
        wrong = _Wrong("metric", sentence, _choose(card.headline.metric, direction),
                       only_meant(card.headline.metric, direction))
        yield wrong.fault(subject.card_where("headline", "metric"))
    elif direction[card.headline.metric] == (card.headline.direction == "lower") and not _misdirected(config, card):
        sentence = f"The headline says that {card.headline.direction} is better, and the configuration the opposite."
        mend = f"Compare `higher_is_better` of `{card.headline.metric}` and correct the wrong one."
        yield Fault(sentence, subject.card_where("headline", "direction"), mend)
    if card.headline.filter not in filters:
        sentence = f"The headline filter `{card.headline.filter}` is not computed."
        wrong = _Wrong("filter", sentence, _choose(card.headline.filter, filters),
                       only_meant(card.headline.filter, filters))
        yield wrong.fault(subject.card_where("headline", "filter"))


def _misdirected(config: HarnessConfig, card: Card) -> bool:
    """Whether it is the configuration that has the direction wrong, of which M007 speaks."""
    known = METRICS.get(card.headline.metric) if config.process_results is None else None
    return known is not None and known.higher_is_better == (card.headline.direction == "higher")


@rule(code="M002", level="lint", subject="task")
def unknown_name(subject: TaskSubject) -> Iterator[Fault]:
    """A metric, an aggregation or a filter is unknown, or cannot be recomputed.

    ## What it finds
    A name that the harness does not know, an argument that the named function does not take, a pattern that is no
    regular expression; and what is refused because nobody could recompute it from the published rows: an aggregation
    written as code, `hf_evaluate: true`, and the metrics `likelihood`, `acc_all` and `bypass`.

    ## Why it matters
    The harness looks names up late and crashes after the answers have been paid for, or goes to the network for
    code of that name. And every number here must be recomputable by a reader, from rows alone.

    ## How to mend it
    Choose a known name. A rule of your own for grading belongs into a `process_results` hook that gives one score for
    each item, with `aggregation: mean`.

    ## Example
    ```yaml
    metric_list:
      - metric: accuracy    # M002: did you mean `acc`?
        aggregation: mean
        higher_is_better: true
    ```
    """
    config = subject.config
    if config is None:
        return
    for index, entry in enumerate(config.metric_list or []):
        for one in _entry_faults(entry, config):
            yield one.fault(subject.where("metric_list", index, one.key))
    for index, chain in enumerate(config.filter_list or []):
        for number, step in enumerate(chain.filter):
            for one in _step_faults(step):
                yield one.fault(subject.where("filter_list", index, "filter", number, one.key))


class _Wrong(NamedTuple):
    """What is wrong with a key, the mend, and the misspelt word with the one that can be meant."""

    key: str
    sentence: str
    mend: str
    meant: tuple[str, str] | None = None

    def fault(self, where: Where) -> Fault:
        """The fault at the place of the key; the misspelt word is the key or its value."""
        fix = None
        if self.meant is not None:
            change = renamed_key if self.meant[0] == self.key else replaced_value
            fix = change(Lines(), where, *self.meant)
        return Fault(self.sentence, where, self.mend, fix=fix)


def _entry_faults(entry: MetricEntry, config: HarnessConfig) -> Iterator[_Wrong]:
    """What is wrong with one metric."""
    hook = config.process_results is not None
    name = entry.metric
    if entry.hf_evaluate:
        yield _Wrong("hf_evaluate", "Metrics that download code are not run here.", "Remove `hf_evaluate`.")
    if isinstance(entry.aggregation, FunctionRef):
        mend = "Give one score for each item and write `aggregation: mean`."
        yield _Wrong("aggregation", "An aggregation written as code cannot be recomputed from rows.", mend)
    elif entry.aggregation is not None and entry.aggregation not in AGGREGATIONS:
        sentence = f"The aggregation `{entry.aggregation}` is not known here."
        meant = only_meant(entry.aggregation, AGGREGATIONS)
        yield _Wrong("aggregation", sentence, _choose(entry.aggregation, AGGREGATIONS), meant)
    if isinstance(name, FunctionRef):
        if hook:
            mend = "Write the plain name under which process_results reports the score."
            yield _Wrong("metric", "With `process_results`, a metric is a name and no code.", mend)
    elif name in REFUSED_METRICS:
        yield _Wrong("metric", f"The metric `{name}` is refused: {REFUSED_METRICS[name]}.", _choose("", METRICS))
    elif hook or entry.hf_evaluate:
        return
    elif name not in METRICS:
        meant = only_meant(name, METRICS, [_name(other.metric) for other in config.metric_list or []])
        yield _Wrong("metric", f"The metric `{name}` is not known.", _choose(name, METRICS), meant)
    else:
        for argument in sorted(set(entry.model_extra or {}) - METRICS[name].arguments):
            known = METRICS[name].arguments
            mend = _choose(argument, known) if known else "Remove it; this metric takes no arguments."
            meant = only_meant(argument, known, entry.model_extra or {})
            yield _Wrong(argument, f"The metric `{name}` does not take `{argument}`.", mend, meant)


def _step_faults(step: dict[str, Any]) -> Iterator[_Wrong]:
    """What is wrong with one step of a filter."""
    name = step.get("function")
    if name is None:
        mend = "Add `function:`, for example `function: take_first`."
        yield _Wrong("function", "This step names no filter function.", mend)
        return
    if not isinstance(name, str) or name not in FILTERS:
        mend = _choose(str(name), FILTERS) + " Code of your own goes through `function: custom` with `filter_fn`."
        meant = only_meant(name, FILTERS) if isinstance(name, str) else None
        yield _Wrong("function", f"The filter function `{name}` is not known.", mend, meant)
        return
    facts = FILTERS[name]
    for argument in sorted(set(step) - {"function"} - facts.arguments):
        mend = _choose(argument, facts.arguments) if facts.arguments else "Remove it; this filter takes no arguments."
        meant = only_meant(argument, facts.arguments, step)
        yield _Wrong(argument, f"The filter `{name}` does not take `{argument}`.", mend, meant)
    for argument in sorted(facts.needs - set(step)):
        yield _Wrong("function", f"The filter `{name}` needs `{argument}`.", f"Add `{argument}:` below `function`.")
    if "regex_pattern" in step and (reason := _regex_fault(step["regex_pattern"])):
        mend = "Put it in single quotes, and a backslash before each sign that is meant as it stands."
        yield _Wrong("regex_pattern", f"The pattern is no regular expression: {reason}.", mend)


def _regex_fault(pattern: Any) -> str | None:
    try:
        re.compile(pattern)
    except (re.error, TypeError, RecursionError, OverflowError) as error:
        return str(error)
    return None


@rule(code="M003", level="lint", subject="task")
def unfit_metric(subject: TaskSubject) -> Iterator[Fault]:
    """A metric does not fit the output type, or its aggregation.

    ## What it finds
    A metric that the harness does not compute for the task's `output_type`, and an aggregation that cannot be taken
    over what the metric gives for an item.

    ## Why it matters
    The harness leaves such a metric out of its results and ends as if all were well, or crashes when everything has
    been answered.

    ## How to mend it
    Take a metric of the list in the finding. Multiple choice has `acc` and `acc_norm`, generated answers have
    `exact_match`, log-likelihood tasks `acc` and `perplexity`, rolling ones `word_perplexity`, `byte_perplexity` and
    `bits_per_byte`.

    ## Example
    ```yaml
    output_type: generate_until
    metric_list:
      - metric: acc   # M003: for multiple choice; here it is exact_match
    ```
    """
    config = subject.config
    if config is None or config.process_results is not None or subject.output_type is None:
        return
    fitting = sorted(name for name, metric in METRICS.items() if config.output_type in metric.output_types)
    for index, entry in enumerate(config.metric_list or []):
        where = subject.where("metric_list", index, "metric")
        if isinstance(entry.metric, FunctionRef):
            if config.output_type != "generate_until":
                sentence = f"A metric written as code is not computed for {config.output_type}."
                yield Fault(sentence, where, f"Take one of {', '.join(fitting)}, or grade in `process_results`.")
            continue
        metric = METRICS.get(entry.metric)
        if metric is None:
            continue
        if config.output_type not in metric.output_types:
            sentence = f"The metric `{entry.metric}` is not computed for {config.output_type}."
            yield Fault(sentence, where, f"Take one of {', '.join(fitting)}.")
        elif isinstance(entry.aggregation, str) and entry.aggregation in AGGREGATIONS - metric.aggregations:
            sentence = f"The aggregation `{entry.aggregation}` cannot be taken over `{entry.metric}`."
            mend = f"Write {' or '.join(f'`{name}`' for name in sorted(metric.aggregations))}."
            yield Fault(sentence, subject.where("metric_list", index, "aggregation"), mend)


@rule(code="M004", level="lint", subject="task")
def repeated_name(subject: TaskSubject) -> Iterator[Fault]:
    """Two metrics or two filters share a name.

    ## What it finds
    Two entries of `metric_list` with one metric, two of `filter_list` with one name, and a filter's name with a comma.

    ## Why it matters
    The harness names a result `metric,filter`. Of two with one name it keeps one and drops the other without a word,
    and a comma in a name makes the two parts unknowable.

    ## How to mend it
    Remove one of the two metrics. Give each filter a name of its own, without a comma.

    ## Example
    ```yaml
    metric_list:
      - {metric: exact_match, ignore_case: true}
      - {metric: exact_match}   # M004: only one of the two is computed
    ```
    """
    config = subject.config
    if config is None:
        return
    metrics = [_name(entry.metric) for entry in config.metric_list or []]
    filters = [entry.name for entry in config.filter_list or []]
    lists = (("metric_list", "metric", metrics, "Remove one of the two."),
             ("filter_list", "name", filters, "Give each filter a name of its own."))
    for key, part, names, mend in lists:
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                sentence = f"`{name}` stands in `{key}` already, and the harness keeps one of the two."
                yield Fault(sentence, subject.where(key, index, part), mend)
            seen.add(name)
    for index, name in enumerate(filters):
        if "," in name:
            sentence = f"The filter's name `{name}` has a comma."
            yield Fault(sentence, subject.where("filter_list", index, "name"), "Write the name without a comma.")
