"""P002: how description, prompt and answer are joined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from commons.errors import Where
from commons.lint.prompt_parts import takes_choices_as_prompts
from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT, RenderedRow
from commons.lint.subject import TaskSubject
from commons.lint.templates import is_template
from commons.pool.harness_config import HarnessConfig
from commons.pool.yamlfile import Key
from commons.text.language import SPACELESS, scripts


@rule(code="P002", level="lint", subject="task")
def badly_joined(subject: TaskSubject) -> Iterator[Fault]:
    r"""Prompt and answer are joined with two blanks, or with none.

    ## What it finds
    - a blank or a line break at the end of the prompt and another at the start of `target_delimiter`, or at the end
      of the delimiter and the start of the choices or of the target;
    - a prompt that runs into the answer: a letter, a digit or a stop, and then at once a letter or digit;
    - for generated answers, a prompt (or `gen_prefix`) that ends in a blank;
    - a `description` that runs into the prompt, and few-shot examples with nothing between them.

    Where the harness puts the delimiter differs: multiple choice has it before every choice, few-shot examples before
    the answer, log-likelihood tasks nowhere (there the target itself begins with the blank).

    ## Why it matters
    A model reads `Answer:  5` with two blanks as something it has rarely seen, and the score falls for a reason that
    has nothing to do with the task. Two papers with different blanks report different scores for one model.

    ## How to mend it
    End the prompt with a word or a colon, leave `target_delimiter` as it is (one blank), and begin choices and
    answers with a letter. End a `description` with `\n\n`.

    ## Example
    ```yaml
    doc_to_text: "{{question}}\nAnswer: "   # P002: a blank, and target_delimiter is a blank too
    ```
    """
    config = subject.config
    if config is None or subject.output_type in {None, "loglikelihood_rolling"}:
        return
    rows = [row for row in subject.rendered_items if row.text is not None]
    yield from _description(subject, config, rows)
    if takes_choices_as_prompts(config, subject):
        return
    if config.output_type == "multiple_choice":
        yield from _choices(subject, config, rows)
    elif config.output_type == "loglikelihood":
        yield from _log_likelihood(subject, rows)
    else:
        yield from _generated(subject, config, rows)
    if config.num_fewshot and not config.gen_prefix and subject.rendered_examples:
        yield from _examples(subject, config)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _prompt(row: RenderedRow) -> str:
    return _text(row.text.value) if row.text else ""


def _ends(text: str) -> bool:
    return text[-1:].isspace()


def _begins(text: str) -> bool:
    return text[:1].isspace()


def _run_together(left: str, right: str) -> bool:
    """Whether a word or its stop meets a word, in a script that puts blanks between them."""
    edge = left[-1:] + right[:1]
    if len(edge) < 2 or not edge[1].isalnum() or set(scripts(left[-20:] + right[:20])) & SPACELESS:
        return False
    return edge[0].isalnum() or edge[0] in ":.?!;,"


def _description(subject: TaskSubject, config: HarnessConfig, rows: list[RenderedRow]) -> Iterator[Fault]:
    written = config.description
    if not isinstance(written, str) or not written.strip() or is_template(written) or written in subject.columns:
        return
    starts = [_prompt(row) for row in rows]
    if rows and not _ends(written) and all(start and not _begins(start) for start in starts):
        sentence = "The description runs into the prompt without a blank or a line break between them."
        yield Fault(sentence, subject.where("description"), 'End it with a line break, in double quotes: "...\\n\\n".')


def _choices(subject: TaskSubject, config: HarnessConfig, rows: list[RenderedRow]) -> Iterator[Fault]:
    delimiter = config.target_delimiter
    key: Key = ("gen_prefix",) if config.gen_prefix else ("doc_to_text",)
    prefix = _text(config.gen_prefix)
    doubled = [row for row in rows if _ends(prefix or _prompt(row))]
    if _begins(delimiter) and doubled:
        sentence = f"The prompt ends in a blank or a line break{_of(doubled, rows)}, and `target_delimiter` adds one."
        place = _place(doubled, rows, subject.where(*key))
        yield Fault(sentence, place, _remove_mend(prefix or _prompt(doubled[0])))
    offered = [(row, [_text(choice) for choice in row.choices.value])
               for row in rows if row.choices and isinstance(row.choices.value, list) and row.choices.value]
    # Where only some choices of an item begin with a blank, they are unequal, which is another rule's matter.
    blank = [row for row, choices in offered if all(map(_begins, choices))]
    if blank and _ends(delimiter):
        sentence = f"Choices begin with a blank{_of(blank, rows)}, and `target_delimiter` adds one."
        place = _place(blank, rows, subject.where("doc_to_choice"))
        yield Fault(sentence, place, "Remove the blank from the choices.")
    if not delimiter:
        glued = [row for row, choices in offered if all(_run_together(prefix or _prompt(row), one) for one in choices)]
        if len(glued) * 2 > len(rows):
            sentence = f"Nothing stands between the prompt and the choices{_of(glued, rows)}."
            mend = 'Remove `target_delimiter: ""`: one blank is what stands there without it.'
            yield Fault(sentence, subject.where("target_delimiter"), mend)


def _log_likelihood(subject: TaskSubject, rows: list[RenderedRow]) -> Iterator[Fault]:
    pairs = [(row, _prompt(row), _text(row.target.value)) for row in rows if row.target]
    doubled = [row for row, prompt, target in pairs if _ends(prompt) and _begins(target)]
    if doubled:
        sentence = f"The prompt ends in a blank or a line break and the target begins with one{_of(doubled, rows)}."
        yield Fault(sentence, _place(doubled, rows, subject.where("doc_to_target")), "Remove the one or the other.")
    glued = [row for row, prompt, target in pairs if _run_together(prompt, target)]
    if len(glued) * 2 > len(rows):
        sentence = f"Nothing stands between the prompt and the target{_of(glued, rows)}."
        mend = 'Log-likelihood tasks add no delimiter: write the blank, for example doc_to_target: " {{answer}}".'
        yield Fault(sentence, subject.where("doc_to_target"), mend)


def _generated(subject: TaskSubject, config: HarnessConfig, rows: list[RenderedRow]) -> Iterator[Fault]:
    prefix = _text(config.gen_prefix)
    key = ("gen_prefix",) if prefix else ("doc_to_text",)
    blank = [row for row in rows if (prefix or _prompt(row)).endswith((" ", "\t"))]
    if blank:
        sentence = f"The prompt ends in a blank{_of(blank, rows)}."
        mend = "Remove it: models write the blank before the answer themselves."
        yield Fault(sentence, _place(blank, rows, subject.where(*key)), mend)


def _examples(subject: TaskSubject, config: HarnessConfig) -> Iterator[Fault]:
    own = config.fewshot_config or {}
    key: Key = (FEWSHOT, "fewshot_delimiter") if "fewshot_delimiter" in own else ("fewshot_delimiter",)
    between = _text(own.get("fewshot_delimiter", config.fewshot_delimiter))
    rows = [row for row in subject.rendered_examples if row.text is not None]
    if not between and rows and not any(_begins(_prompt(row)) for row in rows):
        sentence = "Nothing stands between one few-shot example and the next."
        yield Fault(sentence, subject.where(*key), 'Write "\\n\\n", or remove the key: that stands there without it.')
    delimiter = _text(own.get("target_delimiter", config.target_delimiter))
    if config.output_type == "multiple_choice":
        return  # the items say the same
    doubled = [
        row for row in rows
        if (_begins(delimiter) and _ends(_prompt(row)) and not _prompt(row).endswith((" ", "\t")))
        or (_ends(delimiter) and row.target and _begins(_text(row.target.value)))
    ]
    if doubled:
        sentence = f"In the few-shot examples prompt and answer are joined with two blanks{_of(doubled, rows)}."
        mend = 'Write `target_delimiter: ""`: prompt or answer has a blank of its own.'
        yield Fault(sentence, subject.where("target_delimiter"), mend)


def _of(found: list[RenderedRow], rows: list[RenderedRow]) -> str:
    """In how many of the rows, and where the first is, unless it is all of them."""
    if len(found) == len(rows):
        return ""
    return f" in {len(found)} of {len(rows)} rows (first on line {found[0].where.line})"


def _place(found: list[RenderedRow], rows: list[RenderedRow], setting: Where) -> Where:
    """The setting where it makes the fault in every row, else the first row that has it."""
    return setting if len(found) == len(rows) else found[0].where


def _remove_mend(prompt: str) -> str:
    if prompt.endswith("\n"):
        return 'End the prompt with a word or a colon, or write `target_delimiter: ""`.'
    return "Remove the blank at the end."
