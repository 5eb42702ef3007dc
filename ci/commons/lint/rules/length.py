"""P006 and P012: prompts against what models can read at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from commons.errors import Where
from commons.lint.prompt_parts import Prompt, kept, prompts
from commons.lint.reading import attempt
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.templates import is_template
from commons.pool.models import MODELS_FILE, read_models
from commons.text.language import SPACELESS, scripts

#: Characters a token, as tokenizers of today have it for prose; fewer in most languages but English.
_PER_TOKEN = 4


@rule(code="P006", level="lint", subject="task")
def too_long_for_all(subject: TaskSubject) -> Iterator[Fault]:
    """A prompt is longer than any model of the pool can read.

    ## What it finds
    The longest prompt of the task, with its few-shot examples, where even a low count of its tokens (a token a word,
    or one for two characters in scripts without spaces) is above the `context_length` of every model in `models.yaml`.

    ## Why it matters
    No model could be run on the task: a prompt is never cut to fit.

    ## How to mend it
    Shorten the text, take fewer few-shot examples, or add a model that reads as much.

    ## Example
    ```yaml
    num_fewshot: 500   # P006: about 40,000 words stand before each question
    ```
    """
    windows = _windows(subject)
    longest = _longest(subject)
    if not windows or longest is None:
        return
    where, text = longest
    tokens = _fewest_tokens(text) if len(text) > windows[-1] else 0
    if tokens > windows[-1]:
        sentence = f"The longest prompt has at least {tokens:,} tokens, and no model reads more than {windows[-1]:,}."
        yield Fault(sentence, where, "Shorten the text, or take fewer few-shot examples.")


@rule(code="P012", level="hint", subject="task")
def too_long_for_some(subject: TaskSubject) -> Iterator[Fault]:
    """A prompt is longer than some models of the pool can read.

    ## What it finds
    The longest prompt of the task, with its few-shot examples, where a token for every four characters gives more than
    the `context_length` of a model in `models.yaml`. The finding says how many models are left out.

    ## Why it matters
    On these models the task is inapplicable: their cells stay empty, and they are compared on fewer tasks.

    ## How to mend it
    Shorten the longest texts if the task allows it. If long texts are the point, leave it.

    ## Example
    ```json
    {"question": "(the whole of a contract, 9,000 characters) Who bears the cost of repairs?"}
    ```
    P012, where a model reads 2,048 tokens.
    """
    windows = _windows(subject)
    longest = _longest(subject)
    if not windows or longest is None:
        return
    where, text = longest
    tokens = max(len(text) // _PER_TOKEN, _fewest_tokens(text) if len(text) > windows[0] else 0)
    short = sum(window < tokens for window in windows)
    if short and _fewest_tokens(text) <= windows[-1]:
        sentence = f"The longest prompt has about {tokens:,} tokens, too many for {short} of {len(windows)} models."
        yield Fault(sentence, where, "Shorten the longest texts, if the task allows it.", "likely")


@kept
def _windows(subject: TaskSubject) -> tuple[int, ...]:
    """How many tokens each model of the pool reads, fewest first; none where the file cannot be read."""
    path = subject.folder.parent.parent / MODELS_FILE
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return ()
    return _read_windows(path, changed)


@lru_cache(maxsize=8)
def _read_windows(path: Path, _changed: int) -> tuple[int, ...]:
    models, _ = attempt(lambda: read_models(path), path)
    return tuple(sorted(model.context_length for model in models or () if model.context_length))


@kept
def _longest(subject: TaskSubject) -> tuple[Where, str] | None:
    """The longest prompt as it is sent: description, the shortest few-shot examples, the item."""
    config = subject.config
    shown: tuple[Prompt, ...] = prompts(subject)
    if config is None or not shown:
        return None
    longest = max(shown, key=lambda prompt: len(prompt.text))
    examples = sorted((row.text.value for row in subject.rendered_examples
                       if row.text and isinstance(row.text.value, str)), key=len)
    before = examples[: config.num_fewshot or 0]
    description = config.description if isinstance(config.description, str) else ""
    parts = ["" if is_template(description) else description, *before, longest.text]
    return longest.where, config.fewshot_delimiter.join(parts)


def _fewest_tokens(text: str) -> int:
    """A number of tokens that no tokenizer of today stays below."""
    found = scripts(text)
    without_spaces = sum(times for script, times in found.items() if script in SPACELESS)
    if without_spaces * 2 > sum(found.values()):
        return len(text) // 2
    return len(text.split())
