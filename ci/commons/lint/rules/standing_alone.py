"""D041 to D044 and D047: questions that were not finished, or that cannot be answered as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from commons.lint.questions import Question, all_questions, lines_of, questions
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.text.language import primary

_PICTURE = "picture|image|photo|photograph|figure|diagram|drawing|illustration|map|graph|chart"
#: What is not there for who reads the item alone; in six languages, short, so that a person can check them.
_MISSING = re.compile(
    rf"\b(?:shown|seen|pictured|depicted|illustrated|displayed|marked) (?:in|on) (?:the|this) (?:{_PICTURE})\b"
    rf"|\b(?:{_PICTURE}) (?:below|above|(?:on|to) the (?:left|right))\b"
    r"|\b(?:previous|preceding|last) (?:question|item|problem|exercise)\b|\bquestion (?:before|above)\b"
    r"|\byour (?:previous )?answer to (?:question|item|problem|exercise|part)\b"
    r"|\b(?:im|auf dem|in der) (?:bild|foto|abbildung|grafik|zeichnung) (?:oben|unten|gezeigt)\b"
    r"|\b(?:obige|folgende|nebenstehende|abgebildete)[nrsm]? (?:bild|foto|abbildung|grafik|zeichnung)\b"
    r"|\b(?:vorige|vorherige|letzte)[nrsm]? (?:frage|aufgabe)\b"
    r"|\b(?:image|photo|figure|carte) ci-(?:dessous|dessus|contre)\b|\bla question précédente\b"
    r"|\b(?:imagen|figura|foto) (?:de abajo|de arriba|siguiente|anterior|adjunta)\b|\bla pregunta anterior\b"
    r"|\b(?:yukarıdaki|aşağıdaki) (?:resim|şekil|fotoğraf|grafik)|\b(?:önceki|bir önceki) soru"
    r"|\b(?:figura|imagem|immagine) (?:abaixo|acima|sotto|sopra)\b",
    re.IGNORECASE,
)
#: One of these stands, in lower case, in whatever the pattern finds.
_TRACES = (
    "shown ", "seen ", "pictured ", "depicted ", "illustrated ", "displayed ", "marked ", " below", " above", " left",
    " right", "previous", "preceding", "last ", "question", "answer to", "bild", "foto", "grafik", "zeichnung",
    "frage", "aufgabe", " ci-", "imagen", "figura", "anterior", "resim", "şekil", "fotoğraf", "soru", "imagem",
    "immagine",
)  # fmt: skip
_OPINION = re.compile(
    r"\b(?:do you (?:think|believe|feel|prefer)|in your (?:own )?(?:opinion|view)|your favou?rite|would you prefer"
    r"|(?:the )?(?:most beautiful|prettiest|nicest|best[- ]looking|most boring|most delicious))\b",
    re.IGNORECASE,
)
_OPINION_TRACES = (
    "do you ", "in your ", "your fav", "would you", "most beautiful", "prettiest", "nicest", "looking", "most boring",
    "most delicious",
)
_SECOND = re.compile(r"\?\s+And (?:also )?(?:who|what|when|where|which|why|how|by whom)\b[^?]{3,300}\?\s*\Z")
_LAST_SENTENCE = re.compile(r"[^.?!\n]{1,400}\?\s*\Z")
_UNWRITTEN = re.compile(r"\s*(?:TODO|TBD|FIXME|XXX)\b(?!\w)")
#: In these languages `TODO` is a word.
_TODO_IS_A_WORD = frozenset({"es", "pt", "gl", "it", "ca", "oc", "ast", "an"})
_TRIALS = frozenset({
    "test", "testing", "test test", "asdf", "foo", "bar", "foo bar", "bla", "blah", "bla bla", "xxx", "xx", "abc",
    "dummy", "example", "sample", "question", "placeholder", "hello world", "qwerty", "123", "item", "new item",
})  # fmt: skip
_LONG_ENOUGH = 20
_LONGEST_TRIAL = 40
_NUMBERED = re.compile(r"\s*(?:(?:Question|Q|Frage|Nr\.?|No\.?) ?)?\(?[0-9]{1,3}[.):](?![0-9])\s")


@rule(code="D041", level="hint", subject="task")
def trial_item(subject: TaskSubject) -> Iterator[Fault]:
    """A question looks like a trial.

    ## What it finds
    A question that is one word such as `test` or `asdf`, or that holds neither a letter nor a digit, where half of the
    questions have more than 20 characters. The first 2,000 items are looked at.

    ## Why it matters
    Such rows are typed to see whether a program works, and forgotten. Nobody can answer them, and they count.

    ## How to mend it
    Remove the row, or write the question.

    ## Example
    ```json
    {"question": "test", "answer": "x"}
    ```
    D041: remove it.
    """
    asked = questions(subject)
    if not asked or median(len(one.text) for one in asked) <= _LONG_ENOUGH:
        return
    for one in asked:
        if len(one.text) > _LONGEST_TRIAL:
            continue
        text = " ".join(one.text.split()).casefold().strip(".?! ")
        if text in _TRIALS or (one.text.strip() and not any(map(str.isalnum, one.text))):
            sentence = f"The question is `{one.text.strip()[:40]}`, which looks like a trial."
            yield Fault(sentence, one.where, "Remove the row, or write the question.", "likely")


@rule(code="D042", level="hint", subject="task")
def does_not_stand_alone(subject: TaskSubject) -> Iterator[Fault]:
    """A question points to what is not there.

    ## What it finds
    Questions about "the picture below", "the figure above" and the like in a task without pictures, and questions that
    lean on another one ("the previous question", "your answer to question 3"), in English and five other languages.
    The column with the question is the one that the card names under `fields.question`. The first 2,000 items are
    looked at.

    ## Why it matters
    Each item is asked by itself. Without the picture, or the question before, it has no answer, and a model is right by
    chance alone.

    ## How to mend it
    Describe in words what the picture shows, or repeat what the other question established. Else remove the item.

    ## Example
    ```json
    {"question": "Which organ is marked in the figure above?", "choices": ["liver", "spleen"], "answer": 0}
    ```
    D042: there is no figure.
    """
    config = subject.config
    if config is None or config.doc_to_image is not None:
        return
    asked = all_questions(subject)
    traces = [trace for trace in _TRACES if trace in asked]
    found = [(one, hit[0]) for one in questions(subject) if (hit := _missing(one, traces)) is not None]
    if found:
        where = [one.where for one, _ in found]
        sentence = f'What "{found[0][1]}" points to is not there ({lines_of(where)}): each item is asked by itself.'
        yield Fault(sentence, where[0], "Write into the question what the reader must know.", "likely")


def _missing(one: Question, traces: list[str]) -> re.Match[str] | None:
    lower = one.text.lower() if traces else ""
    # A drawing in letters, or a table, has lines of its own.
    if not any(trace in lower for trace in traces) or one.text.count("\n") > 2:
        return None
    return _MISSING.search(one.text)


@rule(code="D043", level="hint", subject="task")
def no_one_answer(subject: TaskSubject) -> Iterator[Fault]:
    """A question asks for an opinion, or for two things.

    ## What it finds
    In English tasks, items whose last sentence asks what somebody thinks or likes ("do you think", "the most
    beautiful"), and items that end in a second question with "And". The first 2,000 items are looked at.

    ## Why it matters
    An opinion has no right answer. Of two questions the gold answers one, and an answer to both does not match.

    ## How to mend it
    Ask for a fact, and make two items of two questions.

    ## Example
    ```json
    {"question": "Which measuring instrument do you think is the most beautiful?", "answer": "astrolabe"}
    ```
    D043: ask which one measures the height of stars.
    """
    if subject.card is None or {primary(tag) for tag in subject.card.languages} != {"en"}:
        return
    opinions, double = [], []
    asked = all_questions(subject)
    likely = "? and " in asked or any(trace in asked for trace in _OPINION_TRACES)
    for one in questions(subject) if likely else ():
        if "?" not in one.text:
            continue
        last = _LAST_SENTENCE.search(one.text)
        if last is not None and _OPINION.search(last[0]):
            opinions.append(one.where)
        elif "? And " in one.text and _SECOND.search(one.text):
            double.append(one.where)
    if opinions:
        sentence = f"A question asks for an opinion ({lines_of(opinions)})."
        yield Fault(sentence, opinions[0], "Ask for something that can be right or wrong.", "possible")
    if double:
        yield Fault(f"An item asks two questions ({lines_of(double)}).", double[0], "Make two items of it.", "possible")


@rule(code="D044", level="lint", subject="task")
def unwritten_item(subject: TaskSubject) -> Iterator[Fault]:
    """A question was never written.

    ## What it finds
    A question that begins with `TODO`, `TBD`, `FIXME` or `XXX` in capitals. In Spanish, Portuguese, Italian and their
    kin, where "todo" is a word, and in tasks about computing nothing is said. The first 2,000 items are looked at.

    ## Why it matters
    The model is asked to do somebody's homework, and its answer is scored.

    ## How to mend it
    Write the question, or remove the row.

    ## Example
    ```json
    {"question": "TODO write this one", "answer": "?"}
    ```
    D044: write it.
    """
    card = subject.card
    if card is None or card.domain in {"computing", "security"} or "coding" in card.skills:
        return
    if {primary(tag) for tag in card.languages} & _TODO_IS_A_WORD:
        return
    for one in questions(subject):
        if _UNWRITTEN.match(one.text):
            sentence = f"This question was never written: `{one.text.strip()[:40]}`."
            yield Fault(sentence, one.where, "Write it, or remove the row.")


@rule(code="D047", level="hint", subject="task")
def numbered_questions(subject: TaskSubject) -> Iterator[Fault]:
    """The questions carry the numbers of a worksheet.

    ## What it finds
    At least 8 items, of which four fifths and more have a question that begins with a number such as `12.` or `(3)`.
    The first 2,000 items are looked at.

    ## Why it matters
    The numbers come from where the questions were copied. They mean nothing to who is asked one of them, they tell
    where to look the answers up, and a model may take them for part of the question.

    ## How to mend it
    Remove the numbers. An order that matters belongs into a column of its own.

    ## Example
    ```json
    {"question": "17. Which metal is liquid at 20 degrees Celsius?", "answer": "mercury"}
    ```
    D047, where it goes on like this.
    """
    asked = questions(subject)
    numbered = [one.where for one in asked if _NUMBERED.match(one.text)]
    if len(asked) >= 8 and len(numbered) * 5 >= len(asked) * 4:
        sentence = f"{len(numbered)} of {len(asked)} questions begin with a number, as on a worksheet."
        yield Fault(sentence, numbered[0], "Remove the numbers.", "likely")
