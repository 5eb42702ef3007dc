"""D028, D030 and D031: hints about choices and stems that are hard to key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from commons.errors import Where
from commons.lint.choices import keyed_items
from commons.lint.questions import question_column
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

MAX_TEXT = 5_000
MAX_PLACES = 5

#: "All of the above" and its kin in European languages; short, so that a person can check them.
_REFERRING = re.compile(
    r"\b(?:(?:all|none|both|neither|any|some)(?: of)? the above|none of these|all of these"
    r"|(?:both|neither) \(?[a-e]\)? (?:and|nor) \(?[a-e]\)?"
    r"|(?:alle|keine)(?: der)? (?:oben |vorher)?genannten|(?:alle|keine) der obigen|weder \(?[a-e]\)? noch \(?[a-e]\)?"
    r"|(?:toutes les|aucune des) réponses|aucune de ces réponses|(?:tous|toutes) ci-dessus"
    r"|(?:todas|ninguna) (?:de )?las anteriores|todos los anteriores|ninguno de los anteriores"
    r"|(?:todas|nenhuma) (?:das|as) (?:anteriores|alternativas)"
    r"|(?:tutte le|nessuna delle) precedenti|alle bovenstaande|geen van bovenstaande"
    r"|wszystkie powyższe|żadne z powyższych|yukarıdakilerin hepsi|hiçbiri"
    r"|alla ovanstående|inget av ovanstående)\b",
    re.IGNORECASE,
)
#: Of these words every such choice has one; looking for them is quicker than for the whole table.
_REFERRING_WORDS = (
    "above", "these", " and ", " nor ", "genannten", "obigen", " noch ", "réponses", "ci-dessus", "anterior",
    "alternativas", "precedenti", "bovenstaande", "powyższ", "yukarıdakilerin", "hiçbiri", "ovanstående",
)  # fmt: skip
_NEGATED_CAPITALS = re.compile(r"\b(?:NOT|EXCEPT|LEAST|NICHT|SAUF|EXCEPTO|ECCETTO)\b")
_NEGATED_WHICH = re.compile(
    r"\bwhich (?:one )?of (?:the following|these) (?:\w+ )?(?:is|are|was|were|does|do) not\b", re.IGNORECASE
)
_ALL_BUT = re.compile(r"\ball\b[^.?!]{0,200}\bexcept\b|\bexcept (?:which|for which|for one|one)\b", re.IGNORECASE)


def _places(places: Sequence[Where]) -> str:
    """The lines of some items, the first few by number."""
    if len(places) == 1:
        return f"line {places[0].line}"
    shown = ", ".join(str(place.line) for place in places[:MAX_PLACES])
    return f"lines {shown}" + (" and more" if len(places) > MAX_PLACES else "")


@rule(code="D028", level="hint", subject="task")
def uneven_choices(subject: TaskSubject) -> Iterator[Fault]:
    """The items have different numbers of choices.

    ## What it finds
    A multiple choice task in which some items offer more choices than others.

    ## Why it matters
    A guess is right more often where fewer choices stand. The chance level is then no round number, and a group of
    items with fewer choices looks easier than it is.

    ## How to mend it
    Give every item the same number of choices, or state the mean chance level in the card and the README.

    ## Example
    ```json
    {"question": "2 + 3?", "choices": ["4", "5"], "answer": 1}
    {"question": "4 + 4?", "choices": ["7", "8", "9"], "answer": 1}
    ```
    D028: one item has 2 choices, one has 3.
    """
    items = keyed_items(subject)
    counts = Counter(len(item.choices) for item in items)
    if len(counts) < 2:
        return
    usual = max(counts, key=lambda size: (counts[size], size))
    first = next(item for item in items if len(item.choices) != usual)
    listed = ", ".join(f"{counts[size]} with {size}" for size in sorted(counts))
    chance = sum(item.chance for item in items) / len(items)
    sentence = f"The items have different numbers of choices ({listed}), so that chance is {chance:.1%} on average."
    yield Fault(sentence, first.where, "Give every item as many choices, or say the mean chance in the README.")


@rule(code="D030", level="hint", subject="task")
def referring_choice(subject: TaskSubject) -> Iterator[Fault]:
    """A choice speaks of the other choices.

    ## What it finds
    Choices such as "all of the above", "none of the above" or "both A and B", in the main European languages.

    ## Why it matters
    "Above" changes its meaning when the choices are shuffled. The key becomes a matter of opinion: where "all of the
    above" is right, every other choice is right as well. And such choices are right more often than others.

    ## How to mend it
    Replace it by a choice that says something of its own.

    ## Example
    ```json
    {"question": "Which are prime?", "choices": ["2", "3", "All of the above"], "answer": 2}
    ```
    D030: the third choice.
    """
    found = []
    for item in keyed_items(subject):
        together = "\n".join(choice[:MAX_TEXT] for choice in item.choices).casefold()
        if not any(word in together for word in _REFERRING_WORDS):
            continue
        text = next((one for one in item.choices if _REFERRING.search(one[:MAX_TEXT])), None)
        if text is not None:
            found.append((item.where, text))
    if found:
        count = f"{len(found)} items have choices" if len(found) > 1 else "An item has a choice"
        lines = _places([where for where, _ in found])
        sentence = f"{count} about the other choices, such as `{found[0][1][:60]}` ({lines})."
        yield Fault(sentence, found[0][0], "Write a choice that says something of its own.", "likely")


@rule(code="D031", level="hint", subject="task")
def negated_stem(subject: TaskSubject) -> Iterator[Fault]:
    """A multiple choice question asks what is not so.

    ## What it finds
    Questions with NOT, EXCEPT or LEAST in capitals, "which of the following is not", or "all of these except". The
    column with the question is the one that the card names under `fields.question`.

    ## Why it matters
    A reader who overlooks one word answers the opposite. Such an item measures attention besides its subject, and
    every wrong choice must be a true statement, which authors rarely check.

    ## How to mend it
    Ask what is so. Where the exception is the point, keep it, and check each choice.

    ## Example
    ```json
    {"question": "Which of the following is NOT a metal?", "choices": ["iron", "sulphur"], "answer": 1}
    ```
    D031: ask which is a non-metal.
    """
    if subject.output_type != "multiple_choice":
        return
    column = question_column(subject)
    places = [row.where for row in subject.items if _is_negated(row.values.get(column or ""))] if column else []
    if places:
        count = f"{len(places)} questions ask" if len(places) > 1 else "A question asks"
        sentence = f"{count} what is not so ({_places(places)})."
        yield Fault(sentence, places[0], "Ask what is so, or check that every other choice is true.", "likely")


def _is_negated(question: object) -> bool:
    if not isinstance(question, str):
        return False
    text = question[:MAX_TEXT]
    if "xcept" in text and _ALL_BUT.search(text):
        return True
    return bool(_NEGATED_WHICH.search(text) or (_NEGATED_CAPITALS.search(text) and not text.isupper()))
