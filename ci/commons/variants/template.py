"""Prompt templates as literal text and code: the text between code can be put otherwise, the code never."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError

from commons.variants.registry import CannotVary

#: Stands for a piece of code in a masked template; no template may hold it.
CODE = "\ue000"

_LEXER = Environment(keep_trailing_newline=True, autoescape=True)
_WORD = r"[^\W\d_][^\W_]*"
#: A field's label: a few words and a colon before code, or at the end of the template, where the answer begins. What
#: stands before it is the gap between two parts of the prompt.
_LABEL = re.compile(
    rf"(?P<gap>\A\s*|(?<={CODE})\s*|[^\S\n]*\n\s*)(?P<label>{_WORD}(?: {_WORD}){{0,3}})(?P<mark> ?:)(?P<after>\s*)"
    rf"(?={CODE}|\Z)"
)
#: The sign of an option: a letter, or code that counts a loop, with a full stop or a bracket.
_SIGN = re.compile(rf"(?P<before>\A|\n|(?<={CODE})\s*)(?P<open>\(?)(?P<name>[A-Z]|{CODE})(?P<close>[.)])(?= {CODE})")


@dataclass(frozen=True)
class Way:
    """How literal text is put; None leaves a part as it is.

    ``case`` is of labels (``upper``, ``lower``), ``separator`` stands between a label and its field, ``gap`` between a
    field and the next label, ``sign`` is of options, with ``A`` for the letter.
    """

    case: str | None = None
    separator: str | None = None
    gap: str | None = None
    sign: str | None = None


@dataclass(frozen=True)
class Template:
    """A template with its code masked: ``text`` holds :data:`CODE` for each piece of ``code``, in order."""

    text: str
    code: tuple[str, ...]

    @property
    def has_labels(self) -> bool:
        """Whether there is a label that can be put otherwise."""
        return _LABEL.search(self.text) is not None

    @property
    def has_gaps(self) -> bool:
        """Whether there is white space between a field and the next label."""
        return any(_is_gap(self.text, found) for found in _LABEL.finditer(self.text))

    @property
    def has_signs(self) -> bool:
        """Whether options are named by letters or by the count of a loop."""
        return bool(_signs(self))

    def names(self, column: str) -> bool:
        """Whether any of its code uses ``column``."""
        return any(re.search(rf"(?<!\w){re.escape(column)}(?!\w)", one) for one in self.code)

    def put(self, way: Way) -> str:
        """The template with its literal text put in this way, and its code as it is."""
        text = self.text
        if way.sign is not None:
            text = _with_signs(self, way.sign)
        text = _LABEL.sub(lambda found: _label(found, text, way), text)
        pieces = text.split(CODE)
        return pieces[0] + "".join(code + piece for code, piece in zip(self.code, pieces[1:], strict=True))


def template_of(source: str) -> Template:
    """Take a template apart.

    Raises:
        CannotVary: Jinja cannot read it, or it trims white space, so that its text is not what stands there.
    """
    try:
        _LEXER.parse(source)
        tokens = [(kind, text) for _, kind, text in _LEXER.lex(source)]
    except TemplateSyntaxError as error:
        raise CannotVary(f"Its template cannot be read: {error.message}.") from error
    if "".join(text for _, text in tokens) != source or CODE in source or any(kind[:3] == "raw" for kind, _ in tokens):
        raise CannotVary("Its template trims white space or holds raw text, which the formats leave alone.")
    text, code = "", []
    for kind, piece in tokens:
        if kind == "data":
            text += piece
        elif kind.endswith("_begin"):
            text += CODE
            code.append(piece)
        else:
            code[-1] += piece
    return Template(text, tuple(code))


def _is_gap(text: str, found: re.Match[str]) -> bool:
    return bool(found["gap"]) and text[: found.start("gap")].endswith(CODE)


def _label(found: re.Match[str], text: str, way: Way) -> str:
    gap, label, after = found["gap"], found["label"], found["mark"] + found["after"]
    if way.gap is not None and _is_gap(text, found):
        gap = way.gap
    if way.case is not None:
        label = label.upper() if way.case == "upper" else label.lower()
    if way.separator is not None:
        # The answer follows the last label after the harness's own delimiter, which stays.
        after = way.separator if found.end() < len(text) else way.separator.rstrip() + found["after"]
    return gap + label + after


def _signs(template: Template) -> list[re.Match[str]]:
    """The signs of options: letters from A on, at least two, or counts of a loop."""
    found = list(_SIGN.finditer(template.text))
    letters = [one for one in found if one["name"] != CODE]
    if [one["name"] for one in letters[:2]] != ["A", "B"]:
        letters = []
    counts = [one for one in found if one["name"] == CODE and "loop.index" in _code_at(template, one.start("name"))]
    return letters + counts


def _with_signs(template: Template, sign: str) -> str:
    places = {one.start() for one in _signs(template)}

    def put(found: re.Match[str]) -> str:
        return found["before"] + sign.replace("A", found["name"]) if found.start() in places else found[0]

    return _SIGN.sub(put, template.text)


def _code_at(template: Template, place: int) -> str:
    return template.code[template.text.count(CODE, 0, place)]
