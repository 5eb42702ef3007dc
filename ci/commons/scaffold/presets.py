"""What a new task of each type begins with: its harness YAML, its headline, and how its answers are read."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from commons.scaffold.items import ItemSet
from commons.scaffold.yamltext import filled, quoted, scalar

#: A number as people write it: 7, -3.5, 12,000. Not the second half of `10-3`.
NUMBER = r"(?<![0-9])-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"

_SHORTEST_GENERATION = 64
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True)
class Preset:
    """The parts of a task that follow from its type and its items.

    ``harness`` is the harness YAML. ``question``, ``choices`` and ``gold`` are the columns the card names;
    ``chance`` is what guessing scores, and ``chance_comment`` says how it was reckoned.
    """

    harness: str
    metric: str
    filter: str
    direction: Literal["higher", "lower"]
    unit: str
    chance: float | None
    chance_comment: str
    answer_type: Literal["choice", "text", "number", "json", "none"]
    accepts: tuple[str, ...]
    skill: str
    question: str | None
    choices: str | None
    gold: str | None


def preset_of(name: str, items: ItemSet) -> Preset:
    """The preset for a task called ``name`` with these items."""
    makers: dict[str, Callable[[str, ItemSet], Preset]] = {
        "multiple_choice": _multiple_choice,
        "generate_until": _generation,
        "loglikelihood": _loglikelihood,
        "loglikelihood_rolling": _rolling,
        "structured": _structured,
    }
    return makers[items.kind](name, items)


def _multiple_choice(name: str, items: ItemSet) -> Preset:
    counts = [len(choices) for item in items.items if isinstance(choices := item.core["choices"], list)]
    chance = round(sum(1 / count for count in counts) / len(counts), 6)
    constant = len(set(counts)) == 1
    comment = f"1 of {counts[0]} choices" if constant else "the mean over the items of 1 / number of choices"
    return Preset(
        harness=filled("multiple_choice.yaml", {"task": scalar(name)}),
        metric="acc", filter="none", direction="higher", unit="proportion", chance=chance, chance_comment=comment,
        answer_type="choice", accepts=(), skill="knowledge", question="question", choices="choices", gold="answer",
    )


def _generation(name: str, items: ItemSet) -> Preset:
    golds = [_accepted(item.core["answer"]) for item in items.items]
    every = [answer for accepted in golds for answer in accepted]
    values = {"task": scalar(name), "max_gen_toks": str(_enough_tokens(every))}
    chance, comment = _chance_of_text(golds)
    if all(re.fullmatch(NUMBER, answer) for answer in every):
        harness, chain = filled("generate_number.yaml", {**values, "number": NUMBER}), "number"
        answer_type: Literal["number", "text"] = "number"
        accepts: tuple[str, ...] = ("whitespace", "thousands")
    else:
        case = _keeps_apart(every, str.lower)
        punctuation = _keeps_apart(every, lambda answer: answer.translate(_NO_PUNCTUATION).strip())
        if case and punctuation:
            punctuation = _keeps_apart(every, lambda answer: answer.lower().translate(_NO_PUNCTUATION).strip())
        settings = {"ignore_case": str(case).lower(), "ignore_punctuation": str(punctuation).lower()}
        harness, chain = filled("generate_text.yaml", {**values, **settings}), "stripped"
        answer_type = "text"
        accepts = ("whitespace", *(("case",) if case else ()), *(("punctuation",) if punctuation else ()))
    return Preset(
        harness=harness, metric="exact_match", filter=chain, direction="higher", unit="proportion", chance=chance,
        chance_comment=comment, answer_type=answer_type, accepts=accepts, skill="knowledge", question="question",
        choices=None, gold="answer",
    )


def _loglikelihood(name: str, _items: ItemSet) -> Preset:
    return Preset(
        harness=filled("loglikelihood.yaml", {"task": scalar(name)}),
        metric="acc", filter="none", direction="higher", unit="proportion", chance=None,
        chance_comment="what guessing scores; nothing is guessed here", answer_type="none", accepts=(),
        skill="comprehension", question="context", choices=None, gold="target",
    )


def _rolling(name: str, _items: ItemSet) -> Preset:
    return Preset(
        harness=filled("loglikelihood_rolling.yaml", {"task": scalar(name)}),
        metric="bits_per_byte", filter="none", direction="lower", unit="bits per byte", chance=None,
        chance_comment="what guessing scores; nothing is guessed here", answer_type="none", accepts=(),
        skill="fluency", question=None, choices=None, gold=None,
    )


def _structured(name: str, items: ItemSet) -> Preset:
    keys = ", ".join(f'"{field}"' for field in items.fields)
    prompt = (
        "Text: {{input}}\n\n"
        f"Answer with one JSON object with the keys {keys}. Use null for what the text does not say.\nJSON:"
    )
    records = [str(item.core["answer"]) for item in items.items]
    flat = all(record.count("}") == 1 for record in records)
    stop = ("}", "the object's end; hooks.py puts the brace back") if flat else (
        "\n\nText:", "where a model begins to make up the next item")
    values = {
        "task": scalar(name), "prompt": quoted(prompt), "until": quoted(stop[0]), "until_comment": stop[1],
        # Twice what the record takes, for a model that writes it with line breaks and indentation.
        "max_gen_toks": str(2 * _enough_tokens(records)),
    }
    return Preset(
        harness=filled("structured.yaml", values),
        metric="exact_record", filter="none", direction="higher", unit="proportion", chance=0.0,
        chance_comment="a whole record is not guessed", answer_type="json", accepts=("whitespace",),
        skill="extraction", question="input", choices=None, gold="answer",
    )


def _accepted(answer: object) -> list[str]:
    return [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]


def _enough_tokens(answers: Sequence[str]) -> int:
    """Enough tokens for the longest answer, in steps of 64: no tokenizer needs more tokens than bytes."""
    longest = max(len(answer.encode()) for answer in answers)
    return _SHORTEST_GENERATION * max(1, -(-longest // _SHORTEST_GENERATION))


def _keeps_apart(answers: Sequence[str], change: Callable[[str], str]) -> bool:
    """Whether answers that differ still differ, and say something, after ``change``."""
    different = set(answers)
    changed = {change(answer) for answer in different}
    return "" not in changed and len(changed) == len(different)


def _chance_of_text(golds: Sequence[Sequence[str]]) -> tuple[float, str]:
    different = len({accepted[0].lower() for accepted in golds})
    if 4 * different <= len(golds):
        return round(1 / different, 6), f"1 of the {different} answers that occur"
    return 0.0, "an open answer is not guessed; raise it if the answers come from a short list"
