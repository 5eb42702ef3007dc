"""The names that lm-evaluation-harness 0.4.13 knows, and of those the ones whose results can be recomputed.

Read off ``lm_eval/api/metrics.py``, ``api/task.py`` (which metrics each output type computes) and ``filters/``. They
are written out here because lint imports no harness; ``tests/lint/test_harness_names.py`` compares them with it.
"""

from __future__ import annotations

from dataclasses import dataclass

FEWSHOT_KEYS = (
    "sampler", "split", "process_docs", "fewshot_indices", "samples", "doc_to_text", "doc_to_choice", "doc_to_target",
    "gen_prefix", "fewshot_delimiter", "target_delimiter",
)  # fmt: skip

#: How few-shot examples may be chosen (``lm_eval/api/samplers.py``).
SAMPLERS = ("default", "first_n")

GENERATION_KEYS = (
    "until", "max_gen_toks", "do_sample", "temperature", "top_p", "top_k", "min_p", "repetition_penalty",
)  # fmt: skip

#: What other programs call these arguments.
GENERATION_SYNONYMS = {
    "max_new_tokens": "max_gen_toks",
    "max_tokens": "max_gen_toks",
    "max_completion_tokens": "max_gen_toks",
    "max_length": "max_gen_toks",
    "stop": "until",
    "stop_sequences": "until",
    "stop_strings": "until",
}

#: Aggregations of one score for each item.
OF_SCORES = frozenset({"mean", "nanmean", "median"})

#: Aggregations that can be recomputed from what a cell keeps.
AGGREGATIONS = OF_SCORES | {
    "bits_per_byte", "bleu", "brier_score", "chrf", "chrf++", "f1", "matthews_corrcoef", "perplexity", "ter",
    "weighted_perplexity",
}  # fmt: skip


@dataclass(frozen=True)
class Metric:
    """A metric: which output types compute it, how items may become one number, its arguments, its better end."""

    output_types: frozenset[str]
    aggregations: frozenset[str]
    arguments: frozenset[str] = frozenset()
    higher_is_better: bool = True


def _metric(
    output_types: str, aggregations: frozenset[str] | str, arguments: str = "", *, higher_is_better: bool = True
) -> Metric:
    named = frozenset(aggregations.split()) if isinstance(aggregations, str) else aggregations
    return Metric(frozenset(output_types.split()), named, frozenset(arguments.split()), higher_is_better)


METRICS = {
    "acc": _metric("multiple_choice loglikelihood", OF_SCORES),
    "acc_norm": _metric("multiple_choice", OF_SCORES),
    "acc_bytes": _metric("multiple_choice", OF_SCORES),
    "acc_mutual_info": _metric("multiple_choice", OF_SCORES),
    "brier_score": _metric("multiple_choice", "brier_score", higher_is_better=False),
    "f1": _metric("multiple_choice", "f1"),
    "mcc": _metric("multiple_choice", "matthews_corrcoef"),
    "exact_match": _metric(
        "multiple_choice generate_until", OF_SCORES, "regexes_to_ignore ignore_case ignore_punctuation ignore_numbers"
    ),
    "bleu": _metric("generate_until", "bleu"),
    "chrf": _metric("generate_until", "chrf"),
    "chrf++": _metric("generate_until", "chrf++"),
    "ter": _metric("generate_until", "ter", higher_is_better=False),
    "perplexity": _metric("loglikelihood", "perplexity", higher_is_better=False),
    "word_perplexity": _metric("loglikelihood_rolling", "weighted_perplexity", higher_is_better=False),
    "byte_perplexity": _metric("loglikelihood_rolling", "weighted_perplexity", higher_is_better=False),
    "bits_per_byte": _metric("loglikelihood_rolling", "bits_per_byte", higher_is_better=False),
}

#: Known to the harness and refused here: what they need for recomputing is in no row, or they measure nothing.
REFUSED_METRICS = {
    "acc_all": "it groups items by columns of one particular data set",
    "bypass": "it always gives 999",
    "likelihood": "its items are no scores, so that their mean means nothing",
}


@dataclass(frozen=True)
class Filter:
    """A filter function: the arguments it takes, and those it needs."""

    arguments: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


_REGEX = frozenset({"regex_pattern", "group_select", "fallback"})

FILTERS = {
    "custom": Filter(frozenset({"filter_fn"}), frozenset({"filter_fn"})),
    "format_span": Filter(),
    "lowercase": Filter(),
    "majority_vote": Filter(),
    "map": Filter(frozenset({"mapping_dict", "default_value"}), frozenset({"mapping_dict"})),
    "multi_choice_regex": Filter(_REGEX | {"ignore_case", "ignore_punctuation", "regexes_to_ignore"}),
    "regex": Filter(_REGEX),
    "regex_pos": Filter(_REGEX),
    "remove_whitespace": Filter(),
    "take_first": Filter(),
    "take_first_k": Filter(frozenset({"k"}), frozenset({"k"})),
    "uppercase": Filter(),
}
