"""The formats of a task: ways to write its prompt that say the same, drawn in an order that a committed seed fixes.

The grammar is of the kind of FormatSpread's (Sclar et al. 2023, arXiv 2310.11324, section 3): separators after labels,
the case of labels, what stands between the parts, the signs of options; and options moved round.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from commons.pool.task import Task
from commons.variants.registry import SEED, CannotVary, Change
from commons.variants.shifts import shifted, shifts_of
from commons.variants.template import Template, Way, template_of

#: How many formats beside the canonical one a task is put in, where its template allows as many.
DRAWN = 9

CASES = (None, "upper", "lower")
SEPARATORS = (None, ": ", ":: ", " - ", " : ", ":\n")
GAPS = (None, "\n", "\n\n", " ", " || ")
SIGNS = (None, "A.", "A)", "(A)")

#: Languages in which capitals and small letters follow another rule than Unicode's.
_OTHER_CASES = {"tr", "az"}
_SAID = {"\n": "a line break", "\n\n": "an empty line", " ": "a space", ":\n": "a colon and a line break"}


@dataclass(frozen=True)
class Format:
    """One format of a task: its template, and by how many places the options are moved."""

    words: str
    template: str
    shift: int


def formats_of(task: Task) -> tuple[Format, ...]:
    """The formats of a task beside the canonical one: the first :data:`DRAWN` of the order that the seed gives.

    Every combination of the grammar that the template has a place for is put in an order by a digest over the seed,
    the task's name and the combination; one that gives the canonical prompt or an earlier format is passed over.

    Raises:
        CannotVary: no template in the configuration, or none that the grammar finds a place in.
        BadFile: the rows cannot be read.
    """
    source = _source(task)
    template = template_of(source)
    found: dict[tuple[str, int], Format] = {}
    for way, shift in sorted(_all(task, template), key=lambda one: _rank(task.name, *one)):
        one = Format(_words(_told(way, template), shift), template.put(way), shift)
        if (one.template, shift) != (source, 0):
            found.setdefault((one.template, shift), one)
        if len(found) == DRAWN:
            break
    if not found:
        raise CannotVary("Its template has no label before a field or at its end and shows no options, so there is "
                         "nothing that could be written otherwise.")
    return tuple(found.values())


def change_of(task: Task, number: int) -> Change:
    """What the format of that number (from 1) changes.

    Raises:
        CannotVary: the task has fewer formats; also as :func:`formats_of`.
    """
    formats = formats_of(task)
    if number > len(formats):
        raise CannotVary(f"Its template allows {len(formats)} format{'s' * (len(formats) > 1)} beside the canonical "
                         "one, and no more.")
    one, fields = formats[number - 1], task.card.fields
    settings = {} if one.template == _source(task) else {"doc_to_text": one.template}
    if not one.shift or fields.choices is None or fields.gold is None:
        return Change(one.words, settings)
    return Change(one.words, settings, shifted(fields.choices, fields.gold, one.shift), every_split=True)


def _source(task: Task) -> str:
    config = task.config
    if not config.files_by_split:
        raise CannotVary("Its data lies on the Hub, and only a task with its rows in its own folder can be copied.")
    if not isinstance(config.doc_to_text, str) or config.use_prompt:
        raise CannotVary("Its prompt is made by a hook and not by a template.")
    if "{" not in config.doc_to_text:
        raise CannotVary("Its prompt is a column as it stands, without a template.")
    if config.fewshot_config and "doc_to_text" in config.fewshot_config:
        raise CannotVary("Its examples have a template of their own, and would be put in another format.")
    return config.doc_to_text


def _all(task: Task, template: Template) -> Iterator[tuple[Way, int]]:
    """Every combination that the template has a place for, and some that give the same."""
    cased = template.has_labels and not {tag.split("-")[0] for tag in task.card.languages} & _OTHER_CASES
    ways = itertools.product(
        CASES if cased else (None,), SEPARATORS if template.has_labels else (None,),
        GAPS if template.has_gaps else (None,), SIGNS if template.has_signs else (None,),
        range(shifts_of(task, template)),
    )
    for case, separator, gap, sign, shift in ways:
        yield Way(case, separator, gap, sign), shift


def _rank(task: str, way: Way, shift: int) -> str:
    text = repr((SEED, task, way.case, way.separator, way.gap, way.sign, shift))
    return hashlib.sha256(text.encode()).hexdigest()


def _told(way: Way, template: Template) -> Way:
    """The way without what the template does already."""
    put, told = template.put(way), way
    for part in ("case", "separator", "gap", "sign"):
        without = dataclasses.replace(told, **{part: None})
        if template.put(without) == put:
            told = without
    return told


def _words(way: Way, shift: int) -> str:
    said = []
    if way.case is not None:
        said.append("labels in capitals" if way.case == "upper" else "labels in small letters")
    if way.separator is not None:
        said.append(f"{_shown(way.separator)} after labels")
    if way.gap is not None:
        said.append(f"{_shown(way.gap)} between parts")
    if way.sign is not None:
        said.append(f"options as {way.sign}")
    if shift:
        said.append(f"options moved round by {shift}")
    return ", ".join(said) or "as it is"


def _shown(text: str) -> str:
    return _SAID.get(text, f'"{text}"')
