"""P010: prompts that do not depend on the item."""

from __future__ import annotations

from collections.abc import Iterator

from commons.lint.prompt_parts import SHOWN, Prompt, names_in, prompts, takes_choices_as_prompts, words
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import FunctionRef

#: Columns by which a question is known where the card names none.
_QUESTIONS = ("question", "prompt", "query", "text", "passage", "context", "sentence", "input")


@rule(code="P010", level="lint", subject="task")
def same_prompt(subject: TaskSubject) -> Iterator[Fault]:
    """The prompt does not depend on the item.

    ## What it finds
    Prompts that are the same for all items although the right answers differ (for multiple choice: although nothing
    tells the items apart, or a column called `question`, `text` or the like is used nowhere); and prompts of which
    none uses the column that the card names as the question.

    ## Why it matters
    The model is asked nothing. What it scores is how often it guesses the commonest answer.

    ## How to mend it
    Put the question's column into `doc_to_text`, in double braces.

    ## Example
    ```yaml
    doc_to_text: "Question: question"   # P010: the column is written {{question}}
    ```
    """
    config = subject.config
    if config is None or subject.output_type in {None, "loglikelihood_rolling"}:
        return
    if isinstance(config.doc_to_text, FunctionRef) or takes_choices_as_prompts(config, subject):
        return
    shown = prompts(subject)
    unused = _unused_question(subject, shown)
    if unused and len(shown) > 1:
        sentence = f"No prompt holds the question: the column `{unused}` is used nowhere."
        yield Fault(sentence, subject.where("doc_to_text"), f"Write `{{{{{unused}}}}}` where the question belongs.")
    elif len(shown) > 1 and len({prompt.text for prompt in shown}) == 1 and _differ(shown, config.output_type):
        sentence = f"All {len(shown)} items have the same prompt, and different right answers."
        yield Fault(sentence, subject.where("doc_to_text"), "Use the columns that tell the items apart.")


def _unused_question(subject: TaskSubject, shown: tuple[Prompt, ...]) -> str | None:
    """The column of the question, where no setting uses it and no prompt or choice holds what it says."""
    config = subject.config
    named = subject.fields.question
    settings = [getattr(config, name, None) for name in (*SHOWN, "doc_to_choice", "doc_to_target")]
    if any(isinstance(setting, FunctionRef) for setting in settings):
        return None
    used = frozenset().union(*(names_in(setting, subject.columns) for setting in settings))
    same = len({prompt.text for prompt in shown}) == 1
    candidates = [named] if named else [name for name in _QUESTIONS if same]
    for column in candidates:
        if column not in subject.columns or column in used:
            continue
        values = {row.where: row.values.get(column) for row in subject.items}
        told = [(values.get(prompt.where), prompt) for prompt in shown]
        if len({str(value) for value, _ in told}) < 2:
            continue
        if not any(isinstance(value, str) and words(value) in words(prompt.text) for value, prompt in told):
            return column
    return None


def _differ(shown: tuple[Prompt, ...], output_type: str) -> bool:
    if output_type == "multiple_choice":
        # With choices of its own an item needs no question: which of these sentences is right?
        return len({prompt.choices for prompt in shown}) == 1 and len({prompt.golds for prompt in shown}) > 1
    empty = output_type == "loglikelihood" and not shown[0].text.strip()
    return not empty and len({prompt.golds for prompt in shown}) > 1
