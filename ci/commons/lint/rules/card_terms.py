"""C007, C008 and C019: identifiers of the card that stand for something known, and texts that stand for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import langcodes
from langcodes.tag_parser import LanguageTagError

from commons.lint.licences import is_licence, licence_mend
from commons.lint.reading import texts_of
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject

#: Tags that people write by the country's code or by an old name, and the tag of the language meant.
_MEANT = {
    "jp": "ja", "cz": "cs", "gr": "el", "sp": "es", "ua": "uk", "dk": "da", "cn": "zh", "vn": "vi", "iw": "he",
    "in": "id", "ji": "yi", "mo": "ro", "sh": "sr-Latn", "br-pt": "pt-BR",
}  # fmt: skip
_UNTOLD = frozenset({"und", "mul", "mis"})
_PLACEHOLDER = re.compile(
    r"\A(?:your[-_ ](?:handle|name|github[-_ ]?handle)|handle|username|user|owner|name|n/?a|none|unknown|"
    r"x{2,}|\?+|\.{3,}|-+|tbd|tba|fixme|todo|foo|bar|test|asdf\w*|placeholder)\.?\Z"
    r"|\A(?:todo|fixme|tbd)\b|\bTODO\b|\blorem ipsum\b|\bxxx+\b|\byour[- ](?:name|handle)\b|@example\.|\bsomeone@|"
    r"<[a-z][a-z _-]{2,30}>",
    re.IGNORECASE,
)
#: These say something where they are all there is to say.
_ALLOWED = {"ai_use": {"none"}, "known_biases": {"none", "unknown"}, "citation": {"none"}}
#: Only texts that a person writes for people are held against the placeholders.
_PROSE = ("title", "summary", "owners", "provenance", "known_biases", "ai_use", "citation", "human_baseline")


@rule(code="C007", level="lint", subject="task")
def unknown_licence(subject: TaskSubject) -> Iterator[Fault]:
    """The licence is no SPDX identifier.

    ## What it finds
    A `licence` that is not on the SPDX list of licences, and no expression of such names with AND, OR and WITH. A
    licence that is not on the list is written `LicenseRef-` and a name.

    ## Why it matters
    Programs decide by it what may be copied where. "CC-BY-4" is read by none of them, and so nobody may use the data.

    ## How to mend it
    Write the identifier as it stands on https://spdx.org/licenses, for example CC-BY-4.0, CC0-1.0 or MIT.

    ## Example
    ```yaml
    licence: CC-BY-4   # C007: did you mean CC-BY-4.0?
    ```
    """
    card = subject.card
    if card is not None and not is_licence(card.licence):
        sentence = f"The licence `{card.licence}` is not on the SPDX list."
        yield Fault(sentence, subject.card_where("licence"), licence_mend(card.licence))


@rule(code="C008", level="lint", subject="task")
def unknown_language(subject: TaskSubject) -> Iterator[Fault]:
    """A language tag is not registered.

    ## What it finds
    A tag in `languages` whose language, script or region is not registered for BCP 47; a country's code in place of
    the language's (`jp`, `cz`, `gr`); an old or long form of a shorter tag (`iw`, `eng`); `UK` for `GB`; and tags that
    name no language (`und`, `mul`).

    ## Why it matters
    Tasks are found and averages are taken by language. What stands under `jp` is missing under `ja`.

    ## How to mend it
    Take the tag that the finding proposes, or look the language up on https://r12a.github.io/app-subtags.

    ## Example
    ```yaml
    languages: [jp]   # C008: did you mean `ja`?
    ```
    """
    for index, tag in enumerate(subject.card.languages if subject.card else []):
        meant = _meant_tag(tag)
        if meant == tag:
            continue
        known = f"`{tag}` names no language" if tag in _UNTOLD else f"The language tag `{tag}` is not in use"
        mend = f"Did you mean `{meant}`?" if meant else "Write the tag of the language, for example en or pt-BR."
        yield Fault(f"{known}.", subject.card_where("languages", index), mend)


def _meant_tag(tag: str) -> str | None:
    """The tag itself where it is in order, the one that was meant, or nothing where nobody can say."""
    main, *rest = tag.split("-")
    if tag in _UNTOLD:
        return None
    if main in _MEANT:
        return "-".join([_MEANT[main], *rest])
    if "UK" in rest:
        return tag.replace("-UK", "-GB")
    if not langcodes.tag_is_valid(tag):
        return None
    try:
        short = langcodes.Language.get(langcodes.standardize_tag(main)).language or main
    except LanguageTagError:
        return None
    # A longer tag for a language that has a short one: `eng`. The other way round is no fault of the author.
    return "-".join([short, *rest]) if len(short) < len(main) else tag


@rule(code="C019", level="lint", subject="task")
def placeholder_text(subject: TaskSubject) -> Iterator[Fault]:
    """A text of the card is a placeholder.

    ## What it finds
    A title, summary, owner, source or other text of the card that says nothing: `TODO`, `xxx`, `lorem ipsum`,
    `your-name`, `someone@example.org`, `<describe the source>`. What `commons new` leaves to be written begins with
    `EDIT`: in a draft C004 speaks of it, and once the card says that the task is no draft, this rule does.

    ## Why it matters
    Readers trust a number because somebody says where it comes from. Here nobody does.

    ## How to mend it
    Write what is the case, in your own words. "Not known" is an answer too, with the reason.

    ## Example
    ```yaml
    source: TODO   # C019
    ```
    """
    if subject.card is None or subject.card_document is None:
        return
    for key, text in texts_of(subject.card_document.data, ()):
        name = str(key[0])
        waiting = text.startswith("EDIT") or (name == "owners" and text == "your-github-handle")
        if waiting and subject.card.lifecycle.state.value != "draft":
            sentence = f"`{'.'.join(map(str, key))}` still waits for you, and the card says that this is no draft."
            yield Fault(sentence, subject.card_where(*key), "Write what is the case, in your own words.")
        if name not in _PROSE or waiting:
            continue
        allowed = _ALLOWED.get(name, set())
        found = _PLACEHOLDER.search(text[:2_000])
        if found and text.strip(" .").casefold() not in allowed:
            sentence = f"`{'.'.join(map(str, key))}` holds `{found[0]}`, which says nothing yet."
            yield Fault(sentence, subject.card_where(*key), "Write what is the case, in your own words.")
