"""P003: what should have been replaced before anybody saw it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from commons.lint.prompt_parts import gold_columns, names_in, plain_parts
from commons.lint.reading import texts_of
from commons.lint.registry import Fault, rule
from commons.lint.rendering import FEWSHOT, RenderedRow
from commons.lint.subject import TaskSubject
from commons.pool.yamlfile import Key

#: No more of one text than this is looked at.
_LOOKED_AT = 20_000

_TEMPLATES = ("doc_to_text", "doc_to_target", "doc_to_choice", "description", "gen_prefix")
_DELIMITERS = ("target_delimiter", "fewshot_delimiter")
#: Words that stand for text that somebody meant to write later.
_LATER = re.compile(r"\[INSERT\b|\[YOUR |\blorem ipsum\b|%s|%\(\w{1,40}\)s", re.IGNORECASE)
_TODO = re.compile(r"\A\s*(?:TODO|FIXME)\b|\b(?:TODO|FIXME):")
_JINJA = re.compile(
    r"(?<![\w}\\])\{\{ {0,3}[A-Za-z_]\w{0,60} {0,3}\}\}(?!\})|\{% {0,3}(?:if|for|set|endif|endfor|else)\b"
)
#: What LaTeX begins with these two characters.
_LATEX = re.compile(
    r"n(?:abla|atural|cong|e|ear|earrow|eg|eq|exists|ewline|geq?|i|leq?|less|mid|ot|otin|parallel|prec|rightarrow"
    r"|sim|su[bp]seteq|u|warrow|ormal\w*|o\w+)\b"
)
_BACKSLASHED = re.compile(r"(?<!\\)\\(n\w*)")


@rule(code="P003", level="lint", subject="task")
def placeholder_left(subject: TaskSubject) -> Iterator[Fault]:
    r"""A placeholder or a literal `\n` is left in a prompt, a choice or an answer.

    ## What it finds
    - in the templates: the name of a column in the wrong brackets (`{question}`, `${question}`, `<question>`), `%s`,
      `[INSERT ...]`, `TODO`, `lorem ipsum`;
    - in prompts, choices and answers as they are sent: `{{name}}` and `{% ... %}` (tasks about computing may hold
      these), a backslash followed by `n` (tasks with formulas may), `[INSERT ...]`, `lorem ipsum`, a text that begins
      with `TODO`;
    - a backslash followed by `n` in a template, a delimiter or a stop text, where a line break was meant.

    The first 20,000 characters of a text are looked at.

    ## Why it matters
    The model is asked `{question}` instead of the question, for every item, and answers something. With a literal
    `\n` as its stop text, an answer never stops.

    ## How to mend it
    Write `{{column}}` with two braces. YAML turns `\n` into a line break only in double quotes.

    ## Example
    ```yaml
    doc_to_text: '{{question}}\nAnswer:'   # P003: single quotes keep the backslash
    ```
    """
    config = subject.config
    if config is None:
        return
    for key, text in _settings(subject):
        for sentence, mend in _template_faults(subject, key, text):
            yield Fault(sentence, subject.where(*key), mend)
    for key, text in _delimiters(subject):
        if "\\n" in text or "\\t" in text:
            sentence = f"`{'.'.join(map(str, key))}` holds a backslash and a letter where a line break was meant."
            yield Fault(sentence, subject.where(*key), 'Put it in double quotes: "\\n".')
    yield from _rows(subject)


def _settings(subject: TaskSubject) -> Iterator[tuple[Key, str]]:
    """Every template of the configuration with its key."""
    config = subject.config
    own = (config.fewshot_config if config else None) or {}
    for name in _TEMPLATES:
        for base, value in ((name,), getattr(config, name, None)), ((FEWSHOT, name), own.get(name)):
            for key, text in texts_of(value, base):
                if text not in subject.columns:
                    yield key, text


def _delimiters(subject: TaskSubject) -> Iterator[tuple[Key, str]]:
    config = subject.config
    if config is None:
        return
    for name in _DELIMITERS:
        yield from texts_of(getattr(config, name), (name,))
        yield from texts_of((config.fewshot_config or {}).get(name), (FEWSHOT, name))
    yield from texts_of((config.generation_kwargs or {}).get("until"), ("generation_kwargs", "until"))


def _template_faults(subject: TaskSubject, key: Key, source: str) -> Iterator[tuple[str, str]]:
    name = ".".join(map(str, key))
    plain = "\0".join(plain_parts(source))[:_LOOKED_AT]
    column = _bracketed(plain, subject.columns, names_in(source, subject.columns), _not_meant(subject, key))
    if column:
        yield f"`{name}` holds `{column[0]}`, which stays as it is.", f"Write `{{{{{column[1]}}}}}`."
    elif found := _later(plain):
        yield f"`{name}` still holds `{found}`.", "Write what is meant in its place."
    if _is_escaped(plain):
        sentence = f"`{name}` holds a backslash and an n where a line break was meant."
        yield sentence, 'Put the text in double quotes: YAML makes a line break of "\\n" only there.'


def _is_escaped(text: str) -> bool:
    """Whether a backslash and an n stand in a text, and not as the beginning of a LaTeX command."""
    return any(not _LATEX.match(word[1]) for word in _BACKSLASHED.finditer(text))


def _not_meant(subject: TaskSubject, key: Key) -> frozenset[str]:
    """Columns that a prompt may name in braces: "reply in the form {answer}"."""
    return frozenset() if "doc_to_target" in key or "doc_to_choice" in key else gold_columns(subject)


def _bracketed(
    plain: str, columns: frozenset[str], used: frozenset[str], spared: frozenset[str]
) -> tuple[str, str] | None:
    """A column's name in brackets that Jinja does not know, as written and by name."""
    for column in sorted(columns - spared):
        word = re.escape(column)
        # `\boxed{answer}` is LaTeX; <question> with an end, or beside {{question}}, is a mark around the text.
        found = re.search(rf"(?<![\w\\{{])\$?\{{ ?{word} ?\}}(?!\}})", plain)
        if not found and column not in used and f"</{column}>" not in plain:
            found = re.search(rf"<{word}>", plain)
        if found:
            return found[0], column
    return None


def _later(text: str) -> str | None:
    found = _LATER.search(text) or _TODO.search(text)
    return found[0].strip() if found else None


def _rows(subject: TaskSubject) -> Iterator[Fault]:
    """What the rows bring; what the templates bring is said once, at the template."""
    card = subject.card
    programs = card is not None and (card.domain in {"computing", "security"} or "coding" in card.skills)
    formulas = programs or (card is not None and card.domain in {"chemistry", "mathematics", "physics"})
    if any(_later(part) or _is_escaped(part) for _, source in _settings(subject) for part in plain_parts(source)):
        return
    for row in subject.rendered_items:
        for part, text in _sent(row):
            head = text[:_LOOKED_AT]
            found = None
            if "{" in head and not programs:
                braces = _JINJA.search(head)
                found = braces[0] if braces else None
            if found is None and "\\n" in head and not formulas and _is_escaped(head):
                found = "\\n"
            if found is None and not programs and (late := _LATER.search(head)) and not late[0].startswith("%"):
                found = late[0]
            if found is None and part != "prompt" and (todo := _TODO.match(head)):
                found = todo[0].strip()
            if found:
                sentence = f"The {part} holds `{found}`, which somebody meant to replace."
                yield Fault(sentence, row.where, "Write what is meant in its place.")
                break


def _sent(row: RenderedRow) -> Iterator[tuple[str, str]]:
    for part, known in ("prompt", row.text), ("choices", row.choices), ("right answer", row.target):
        values: Iterable[object] = ()
        if known is not None:
            values = known.value if isinstance(known.value, list) else [known.value]
        for value in values:
            if isinstance(value, str):
                yield part, value
