"""Other ways to write the same prompt: labels, the cue before the answer, what stands between, turned choices."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from commons.gates.material import Material
from commons.gates.policy import FORMATS
from commons.gates.probes import rng
from commons.gates.with_model.copies import Change, rotated

_LABEL = re.compile(r"(?m)^(Question|Q|Problem|Riddle)( ?):[ ]*")
_CUE = re.compile(r"(\s*)\b(Answer|A|Response)( ?):(\s*)\Z")
_LABELS = ("Question: ", "Q: ", "")
_CUES = ("Answer:", "A:", "Response:")
_BETWEEN = ("\n", "\n\n", " ")


@dataclass(frozen=True)
class Format:
    """One way to put the task: a name for reports, the template, and how far the choices are turned round."""

    name: str
    template: str
    rotation: int


def formats_of(material: Material) -> tuple[Format, ...]:
    """Up to nine formats other than the canonical one, drawn by the seed; fewer where the template allows fewer."""
    template = material.task.config.doc_to_text
    if not isinstance(template, str):
        return ()
    different = {(one.template, one.rotation): one for one in _all(material, template)}
    different.pop((template, 0), None)
    several = [different[key] for key in sorted(different)]
    most = int(FORMATS.value) - 1
    return tuple(rng("formats").sample(several, most) if len(several) > most else several)


def change_of(material: Material, one: Format) -> Change:
    """The changed copy that puts the task in a format."""
    fields = material.task.card.fields
    settings = {"doc_to_text": one.template}
    if not one.rotation or not fields.choices or not fields.gold:
        return Change(settings)
    return Change(settings, rotated(fields.choices, fields.gold, one.rotation))


def _all(material: Material, template: str) -> Iterator[Format]:
    labels: tuple[str | None, ...] = _LABELS if _LABEL.search(template) else (None,)
    cues: list[tuple[str, str] | None] = [None]
    if _CUE.search(template):
        cues = list(itertools.product(_CUES, _BETWEEN))
    for label, cue, rotation in itertools.product(labels, cues, range(_rotations(material))):
        said = [f"label {label.strip() or 'none'}" if label is not None else "", f"cue {cue[0]}" if cue else "",
                f"choices turned by {rotation}" if rotation else ""]
        yield Format(", ".join(filter(None, said)) or "as it is", _written(template, label, cue), rotation)


def _written(template: str, label: str | None, cue: tuple[str, str] | None) -> str:
    """The template with another label and another cue, and what stands before the cue."""
    found = _CUE.search(template)
    if cue is not None and found is not None:
        template = f"{template[: found.start()]}{cue[1]}{cue[0]}{found[4]}"
    return template if label is None else _LABEL.sub(label, template)


def _rotations(material: Material) -> int:
    """How many places the choices can be turned to: where the prompt shows them, and columns hold them and the gold.

    Choices that the prompt does not show are asked one by one, and their order changes nothing that is sent.
    """
    fields, template = material.task.card.fields, material.task.config.doc_to_text
    if not (material.chooses and fields.choices and fields.gold and isinstance(template, str)):
        return 1
    if fields.choices not in template:
        return 1
    counts = set()
    for row in material.rows.values():
        several, place = row.values.get(fields.choices), row.values.get(fields.gold)
        if not isinstance(several, list) or not isinstance(place, int) or isinstance(place, bool):
            return 1
        counts.add(len(several))
    return max(1, min(counts, default=1))
