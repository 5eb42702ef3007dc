"""P007 to P009: prompts that give the answer away."""

from __future__ import annotations

from collections.abc import Iterator

from commons.lint.answer_cues import answers_written_out
from commons.lint.prompt_parts import (
    SHOWN,
    Prompt,
    gold_columns,
    kept,
    printed_in,
    prompts,
    takes_choices_as_prompts,
    without_code,
    words,
)  # fmt: skip
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

#: Skills whose tasks rightly show the answer in the prompt, among other things.
_FOUND_IN_THE_TEXT = frozenset({
    "classification", "coding", "commonsense", "comprehension", "extraction", "fluency", "grammar",
    "instruction-following", "long-context", "planning", "reasoning", "safety", "translation",
})  # fmt: skip
#: The same for multiple choice, where the wrong choices must be missing from the prompt too.
_READ_AND_CHOOSE = frozenset({"classification", "coding", "comprehension", "extraction", "long-context", "translation"})
_CUES = tuple(f" {cue} " for cue in (
    "answer", "the answer is", "answer is", "correct answer", "solution", "the solution is", "gold", "correct", "label",
    "correct choice", "hint",
))  # fmt: skip
_MOST_ITEMS = 2_000
#: Above so many possible answers, only those that can stand in a text are looked for in it.
_MANY = 20
_LOOKED_AT = 20_000
_FEW = 5
#: With fewer different right answers, a list of labels may end in the right one.
_DIFFERENT = 3
_NEARLY_ALL = 0.9
#: So many characters are looked at for what all prompts end with.
_END = 500


@rule(code="P007", level="lint", subject="task")
def gold_in_template(subject: TaskSubject) -> Iterator[Fault]:
    """The template of the prompt prints the column of the right answer.

    ## What it finds
    A `doc_to_text`, `description` or `gen_prefix` that prints a column that `doc_to_target` takes the right answer
    from, or the card's `fields.gold`; also `{{choices[answer]}}`. A template that only cuts the answer out of a text
    (`{{sentence.replace(answer, "___")}}`), counts its letters or shows a part of it is left alone.

    ## Why it matters
    The model copies what it has just read. Every model scores full, and the task measures nothing.

    ## How to mend it
    Take the column out of the prompt. Few-shot examples show their answers by themselves.

    ## Example
    ```yaml
    doc_to_text: "{{question}} ({{answer}})"
    doc_to_target: "{{answer}}"   # P007
    ```
    """
    config = subject.config
    if config is None or subject.output_type in {None, "loglikelihood_rolling"}:
        return
    if takes_choices_as_prompts(config, subject):
        return
    for name, column in _printed_golds(subject):
        sentence = f"`{name}` prints the column `{column}`, which holds the right answer."
        yield Fault(sentence, subject.where(name), f"Take `{column}` out of `{name}`.")


def _printed_golds(subject: TaskSubject) -> Iterator[tuple[str, str]]:
    golds = gold_columns(subject)
    for name in SHOWN:
        for column in sorted(printed_in(getattr(subject.config, name, None), subject.columns) & golds):
            yield name, column


@rule(code="P008", level="lint", subject="task")
def answer_in_prompts(subject: TaskSubject) -> Iterator[Fault]:
    """The right answer stands in the prompts.

    ## What it finds
    A task in which nine of ten prompts end in the right answer (but for what all prompts end with), or begin with it
    where the answers are labels that recur; or in which, for
    at least half of the items and at least 5, the right answer stands in the prompt and no other choice or other
    item's answer does: at the end or behind a word such as "answer" or "hint", or anywhere in it as whole words, where
    the card's skills ask for knowledge or computing alone. For multiple choice that goes for all skills but those of
    reading a given text. Silent where wrong answers stand in the prompts as often. The first 2,000 items and the first
    20,000 characters of a prompt are looked at.

    ## Why it matters
    A model that copies scores as well as one that knows. The trial runs would show it; here is the reason.

    ## How to mend it
    Look at the first prompts named, and take the answer out of the template or the column. If finding the answer in
    the text is the point, name a skill of the card that says so: extraction or comprehension.

    ## Example
    ```json
    {"question": "What is the capital of Chile? Hint: Santiago", "answer": "Santiago"}
    ```
    P008, if half of the items are so.
    """
    found, total = _given_away(subject)
    if len(found) >= max(_FEW, (total + 1) // 2):
        lines = ", ".join(str(prompt.where.line) for prompt in found[:3])
        sentence = f"The right answer stands in the prompt of {len(found)} of {total} items (lines {lines} ...)."
        yield Fault(sentence, found[0].where, "Take the answer out of the prompts, or name the skill `extraction`.")


@rule(code="P009", level="hint", subject="task")
def answer_in_one_prompt(subject: TaskSubject) -> Iterator[Fault]:
    """The right answer of a single item stands in its prompt.

    ## What it finds
    What P008 finds in most of the items, in a few: the right answer as whole words in the prompt, and no other choice
    or other item's answer beside it; also a short answer, such as a number, that is written out behind "Answer:". The
    lines of a program are left alone: what it prints stands in them.

    ## Why it matters
    Such an item is answered by copying. Often it is a question that was made from its own answer.

    ## How to mend it
    Word the question without the answer, or put the other choices into it too.

    ## Example
    ```json
    {"question": "Which organ does a nephrologist, a doctor for the kidney, treat?", "answer": "kidney"}
    ```
    P009: the question holds its answer.
    """
    found, total = _given_away(subject)
    if len(found) >= max(_FEW, (total + 1) // 2):
        return
    mend = "Word the question without the answer."
    if len(found) > _FEW:
        lines = ", ".join(str(prompt.where.line) for prompt in found[:3])
        sentence = f"The right answer, and no other, stands in the question of {len(found)} items (lines {lines} ...)."
        yield Fault(sentence, found[0].where, mend, "possible")
        return
    for prompt in found:
        sentence = "The right answer stands in the question, and no other answer does."
        yield Fault(sentence, prompt.where, mend, "possible")


@kept
def _given_away(subject: TaskSubject) -> tuple[list[Prompt], int]:
    """The items whose prompt gives the answer away, and how many items were looked at; none where P007 speaks."""
    config, card = subject.config, subject.card
    if config is None or card is None or subject.output_type in {None, "loglikelihood_rolling"}:
        return [], 0
    if config.process_results is not None or any(_printed_golds(subject)):
        return [], 0
    shown = prompts(subject)[:_MOST_ITEMS]
    if len({prompt.text for prompt in shown}) < 2:
        return [], 0
    tail = _common_end(shown)
    at_an_end = _beginning_or_ending_in_it(shown, tail)
    if at_an_end:
        return at_an_end, len(shown)
    excused = _READ_AND_CHOOSE if config.doc_to_choice is not None else _FOUND_IN_THE_TEXT
    golds = {words(gold) for prompt in shown for gold in prompt.golds if _telling(gold)}
    finder = _Finder(golds, anywhere=not excused & set(card.skills), tail=tail)
    written_out = answers_written_out(shown)
    found = [prompt for prompt in shown if prompt.where in written_out or finder.gives_away(prompt)]
    # Where wrong answers stand in the prompts as often, the items speak of their answers and do not give them away.
    if found and sum(finder.shows_another(prompt) for prompt in shown) >= len(found):
        return [], len(shown)
    return found, len(shown)


def _beginning_or_ending_in_it(shown: tuple[Prompt, ...], tail: str) -> list[Prompt]:
    """The items whose prompt ends in the right answer, or begins with the right label; none unless nearly all do."""
    different = len({prompt.golds for prompt in shown})
    least = max(_FEW, _NEARLY_ALL * len(shown))
    if different >= _DIFFERENT:
        found = [prompt for prompt in shown if any(_ends_in(prompt, words(gold), tail) for gold in prompt.golds)]
        if len(found) >= least:
            return found
    if 2 <= different <= len(shown) / 2:
        head = _common_start(shown)
        found = [prompt for prompt in shown if any(_starts_with(prompt, words(gold), head) for gold in prompt.golds)]
        if len(found) >= least:
            return found
    return []


def _starts_with(prompt: Prompt, gold: str, head: str) -> bool:
    """Whether a label (as words) is the first that stands in a prompt behind words that all prompts begin with."""
    text = words(prompt.text[: _END + len(gold)])
    place = text.find(gold, len(head) - 1) if gold.strip() else -1
    return place == len(head) - 1


def _common_start(shown: tuple[Prompt, ...]) -> str:
    """The first words of all prompts, as far as they are the same."""
    return _same([words(prompt.text[:_END]).split() for prompt in shown], 1)


def _ends_in(prompt: Prompt, gold: str, tail: str) -> bool:
    """Whether an answer (as words) is the last that stands in a prompt before words that all prompts end with."""
    text = words(prompt.text[-_END - len(gold) :])
    place = text.rfind(gold) if gold.strip() else -1
    # An answer inside what all prompts end with, such as a list of labels, tells nothing.
    return place >= 0 and tail.endswith(text[place + len(gold) - 1 :]) and not tail.endswith(text[place:])


def _common_end(shown: tuple[Prompt, ...]) -> str:
    """The last words of all prompts, as far as they are the same, such as those of a line `Answer:`."""
    return _same([words(prompt.text[-_END:]).split()[::-1] for prompt in shown], -1)


def _same(lists: list[list[str]], step: int) -> str:
    """The words that all lists begin with, as words, turned round where ``step`` is -1."""
    shortest = min(lists, key=len)
    same = 0
    while same < len(shortest) and all(one[same] == shortest[same] for one in lists):
        same += 1
    return f" {' '.join(shortest[:same][::step])} " if same else " "


def _telling(answer: str) -> bool:
    return sum(character.isalnum() for character in answer[:20]) >= 3


class _Finder:
    """Looks for the answer of an item in its prompt; ``golds`` are the answers of all items, as words."""

    def __init__(self, golds: set[str], *, anywhere: bool, tail: str) -> None:
        self._golds = golds
        self._first: dict[str, list[str]] = {}
        for gold in golds:
            self._first.setdefault(gold.split(" ")[1], []).append(gold)
        self._anywhere = anywhere
        self._tail = tail

    def gives_away(self, prompt: Prompt) -> bool:
        """Whether an answer of the item stands in its prompt where it tells something."""
        own = [words(gold) for gold in prompt.golds if _telling(gold)]
        # A quick look, which most prompts do not pass, before the words are taken apart.
        folded = prompt.text[:_LOOKED_AT].casefold()
        if not any(gold.split(" ")[1] in folded for gold in own):
            return False
        text = words(folded)
        if not any(gold in text for gold in own):
            return False
        # A program says what it will print somewhere; to find where is what is asked.
        if not any(gold in words(without_code(folded)) for gold in own):
            return False
        every = {words(choice) for choice in prompt.choices} if prompt.choices else self._golds
        if self._lists_others(text, own, every - set(own)):
            return False
        return self._anywhere or any(self._pointed_at(gold, prompt, text) for gold in own)

    def shows_another(self, prompt: Prompt) -> bool:
        """Whether a wrong choice, or the answer of another item, stands in a prompt."""
        own = [words(gold) for gold in prompt.golds]
        every = {words(choice) for choice in prompt.choices if _telling(choice)} if prompt.choices else self._golds
        return self._lists_others(words(prompt.text[:_LOOKED_AT]), own, every - set(own))

    def _lists_others(self, text: str, own: list[str], others: set[str]) -> bool:
        if len(others) > _MANY:
            # Only answers whose first word stands in the prompt can stand in it: that keeps this linear.
            present = self._first.keys() & set(text.split(" "))
            others = {gold for first in present for gold in self._first[first]} - set(own)
        return any(other in text for other in others if not any(other in gold for gold in own))

    def _pointed_at(self, gold: str, prompt: Prompt, text: str) -> bool:
        return _ends_in(prompt, gold, self._tail) or any(cue + gold[1:] in text for cue in _CUES)
