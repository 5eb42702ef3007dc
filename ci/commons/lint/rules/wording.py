"""P011 and C018: what the words of the items assume, and of which domain they speak."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from commons.lint.prompt_parts import prompts
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.lint.words import DOMAIN_WORDS, FRAMING, IN_QUESTIONS, STRONG, TRACES
from commons.text.language import primary

#: So many items, and so much of each, are looked at.
_MOST_ITEMS = 2_000
_LOOKED_AT = 2_000
_ENOUGH_HITS = 40
_TIMES_MORE = 4
_WORD = re.compile(r"[a-z]+")
_MARKUP = re.compile(r"</?[a-z][a-z0-9]{0,15}[ />]")
_SENTENCE_END = re.compile(r"[.?!\n]")
_OWN = {word: domain for domain, words in DOMAIN_WORDS.items() for word in words.split()}
_SHARED = {word for word, times in Counter(
    word for words in DOMAIN_WORDS.values() for word in set(words.split())).items() if times > 1}


def _english(subject: TaskSubject) -> bool:
    return subject.card is not None and {primary(tag) for tag in subject.card.languages} == {"en"}


@rule(code="P011", level="hint", subject="task")
def assumed_frame(subject: TaskSubject) -> Iterator[Fault]:
    """The items assume one country, culture or time without saying so.

    ## What it finds
    In English tasks, what only one reader knows ("our president", Thanksgiving) and questions that only one day makes
    clear ("this year", "currently"); and, where they stand in a tenth of the items and more, "the Supreme Court"
    without its country, dollars, Fahrenheit, miles, "football". The first 2,000 items are looked at.

    ## Why it matters
    "Who is our president?" has another answer in another country and in another year. A model from elsewhere is marked
    wrong for being from elsewhere, and the key goes stale.

    ## How to mend it
    Name the country and the year in the question. If the task is about one country, say so in the card under
    `known_biases` and in the title, and suppress the hint with that reason.

    ## Example
    ```json
    {"question": "How many members does the Supreme Court have this year?", "answer": "nine"}
    ```
    P011: of which country, and in which year?
    """
    if not _english(subject) or subject.output_type == "loglikelihood_rolling":
        return
    shown = prompts(subject)[:_MOST_ITEMS]
    found = [(prompt, *assumed) for prompt in shown if (assumed := _assumed(prompt.text[:_LOOKED_AT]))]
    strong = [one for one in found if one[2] in STRONG]
    if strong or len(found) * 10 >= max(len(shown), 1):
        told = strong or found
        if not told or (not strong and len(found) < 3):
            return
        prompt, words, asks = told[0]
        lines = ", ".join(str(one.where.line) for one, _, _ in told[:3])
        sentence = f'{len(told)} of {len(shown)} items assume a place or a time: "{words}" ({asks}), line {lines}.'
        mend = "Name the country, the year or the unit, or say in the card's `known_biases` what is assumed."
        yield Fault(sentence, prompt.where, mend, "possible")


def _assumed(text: str) -> tuple[str, str] | None:
    """The first words that assume something, and what they leave open; those of time only in a question."""
    lower = text.lower()
    if not any(trace in lower for trace in TRACES["en"]):
        return None
    for pattern, asks in FRAMING["en"]:
        for hit in pattern.finditer(text):
            end = _SENTENCE_END.search(text, hit.end())
            if asks not in IN_QUESTIONS or (end is not None and end[0] == "?"):
                return hit[0], asks
    return None


@rule(code="C018", level="hint", subject="task")
def other_domain(subject: TaskSubject) -> Iterator[Fault]:
    """The words of the items are those of another domain.

    ## What it finds
    In English tasks, prompts that hold at least 40 words of one domain (`patient`, `dose`, `diagnosis` ...; for
    computing also marks such as `<p>`) and four times as many as of the domain that the card declares. The domains
    `general`, `education`, `engineering`, `language` and `society` have no words of their own and are left alone. The
    first 2,000 items are looked at.

    ## Why it matters
    The domain is a heading on the site, and suites are made by it. A medical task under law is found by nobody.

    ## How to mend it
    Choose the domain that the items belong to. If the words are a setting and not the subject, leave it.

    ## Example
    ```yaml
    domain: law   # C018: 212 words of medicine, 3 of law
    ```
    """
    card = subject.card
    if card is None or card.domain not in DOMAIN_WORDS or not _english(subject):
        return
    hits: Counter[str] = Counter()
    for prompt in prompts(subject)[:_MOST_ITEMS]:
        text = prompt.text[:_LOOKED_AT].lower()
        hits["computing"] += len(_MARKUP.findall(text)) if "<" in text else 0
        for word in _WORD.findall(text):
            if word in _OWN and word not in _SHARED:
                hits[_OWN[word]] += 1
    if not hits:
        return
    domain, times = max(sorted(hits.items()), key=lambda one: one[1])
    own = hits[card.domain]
    if domain != card.domain and times >= _ENOUGH_HITS and times >= _TIMES_MORE * max(own, 1):
        sentence = f"The prompts hold {times} words of {domain} and {own} of {card.domain}, the card's domain."
        mend = f"Is `domain: {domain}` meant? If the words are a setting and not the subject, leave it."
        yield Fault(sentence, subject.card_where("domain"), mend, "possible")
