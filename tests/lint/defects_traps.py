"""Planted defects of comparisons and filters that cannot tell right from nothing, and of settings that do nothing."""

from __future__ import annotations

from tests.lint.builders import GENERATE, LOGLIKELIHOOD, MULTIPLE_CHOICE
from tests.lint.defects import config

MC, GEN, LL = MULTIPLE_CHOICE, GENERATE, LOGLIKELIHOOD
REGEX = "regex_pattern: '(\\d+)'"

DEFECTS = [
    config("M008", GEN, 'regexes_to_ignore: [" mg"]', 'regexes_to_ignore: ","', "regexes_to_ignore", "list"),
    config("M009", GEN, "ignore_case: true", "ignore_numbers: true", "ignore_numbers", "no meaning"),
    config("M009", GEN, '[" mg"]', '[".*"]', "regexes_to_ignore", "no meaning"),
    config("M010", GEN, REGEX, "regex_pattern: '^((\\d+)+) mg$'", "regex_pattern", "no repetition"),
    config("M010", GEN, REGEX, "regex_pattern: '(?:\\w|\\d+)*=(\\d+)'", "regex_pattern", "no repetition"),
    config("M010", GEN, '[" mg"]', "['(a+)+$', ' mg']", "regexes_to_ignore", "no repetition"),
    config("M011", GEN, REGEX, REGEX + "\n        fallback: '5'", "fallback", "no gold"),
    config("M011", GEN, REGEX, "regex_pattern: '(\\d*)'", "regex_pattern", "at least one"),
    config("M012", GEN, "max_gen_toks: 16", "max_gen_toks: 90000", "max_gen_toks", "longest right answer"),
    config("M012", GEN, "do_sample: false", "do_sample: false\n  temperature: 0.8", "temperature", "do_sample: true"),
    config("M012", MC, "metadata:", 'generation_kwargs: {until: ["x"]}\nmetadata:', "generation_kwargs", "Remove it"),
    config("M012", LL, "metadata:", "repeats: 3\nmetadata:", "repeats", "Remove it"),
]
