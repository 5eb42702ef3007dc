"""Which column of a table plays which role in a task of each type, told by its name."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from commons.errors import BadFile, Problem, Where
from commons.scaffold.rows import Table

Kind = Literal["multiple_choice", "generate_until", "loglikelihood", "loglikelihood_rolling", "structured"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ALIASES: Mapping[str, Kind] = {"generation": "generate_until"}

#: Kind -> role -> the names a column of that role may have; the first is the role's own name and wins over others.
ROLES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "multiple_choice": {
        "question": ("question", "prompt", "stem", "query", "q"),
        "choices": ("choices", "options", "alternatives", "candidates"),
        "answer": ("answer", "gold", "correct", "correct_answer", "answer_key", "answerkey", "key", "label", "target"),
    },
    "generate_until": {
        "question": ("question", "prompt", "query", "input", "q"),
        "answer": ("answer", "answers", "gold", "target", "reference", "expected", "completion", "output"),
    },
    "loglikelihood": {
        "context": ("context", "prefix", "prompt", "beginning"),
        "target": ("target", "continuation", "completion", "ending", "last_word"),
    },
    "loglikelihood_rolling": {"text": ("text", "document", "passage", "content")},
    "structured": {
        "input": ("input", "question", "note", "text", "document", "passage"),
        "answer": ("answer", "gold", "target", "record", "expected", "output"),
    },
}
_CLUSTERS = ("cluster", "source")
_LETTERED = re.compile(r"(?:(?:choice|option|answer|opt)_?)?([a-z])")
# Without an underscore only a to j, for `options` is a plural.
_PREFIXED = re.compile(r"(?:choice|option|answer|opt)(?:_[a-z]|[a-j])")
_NUMBERED = re.compile(r"(?:choice|option|answer|opt)_?([0-9]{1,2})")

_NOTES: Mapping[tuple[Kind, str], str] = {
    ("multiple_choice", "choices"): " as a JSON list or parted by |; or columns a, b, c ..., choice1, choice2 ..., "
                                    "option_a, option_b ...",
    ("multiple_choice", "answer"): ": the choice's text, or its letter",
    ("structured", "answer"): ": a JSON object; or a column for each field of the record",
}


def columns_help() -> str:
    """The columns that each type needs, with every name they may have; one paragraph for each type."""
    def role(kind: Kind, name: str, names: Sequence[str]) -> str:
        return f"{name} (or {', '.join(names[1:])}){_NOTES.get((kind, name), '')}"

    return "\n\n".join(
        f"{kind}: " + "; ".join(role(kind, name, names) for name, names in roles.items()) + "."
        for kind, roles in ROLES.items()
    )


@dataclass(frozen=True)
class Layout:
    """The columns of a table by role.

    ``roles`` maps a role to its column; ``choice_columns`` are the columns of a choice each, where choices do not
    stand in one column; ``fields`` are the columns that become fields of a record; ``extras`` are kept as they are.
    """

    kind: Kind
    roles: Mapping[str, str]
    choice_columns: tuple[str, ...]
    fields: tuple[str, ...]
    extras: tuple[str, ...]
    cluster: str | None
    own_id: str | None


def layout_of(table: Table, kind: Kind) -> Layout:
    """Find the columns that a task of ``kind`` needs.

    Raises:
        BadFile: a column is missing, or two could play one role, or a name that this program writes itself is taken.
    """
    problems = _taken_names(table)
    roles: dict[str, str] = {}
    choices = _choice_columns(table.columns) if kind == "multiple_choice" else ()
    for role, names in ROLES[kind].items():
        found = _columns_called(table.columns, names)
        if len(found) > 1:
            sentence = f"The columns {_listed(found)} could each be the {role}."
            mend = f"Call the one that is meant `{role}`."
            problems.append(Problem("columns", sentence, _header(table), mend))
        elif found:
            roles[role] = found[0]
        elif not (role == "choices" and choices) and not (role == "answer" and kind == "structured"):
            problems.append(_missing_column(table, kind, role, names))
    if choices and "choices" in roles:
        sentence = f"Choices stand both in `{roles['choices']}` and in {_listed(choices)}."
        problems.append(Problem("columns", sentence, _header(table), "Remove one of the two."))
    if choices and (lost := _beyond_a_gap(table.columns, choices)):
        sentence = f"{_listed(lost)} cannot be a choice after {_listed(choices)}."
        problems.append(Problem("columns", sentence, _header(table), "Letter or number the choices without a gap."))
    if problems:
        raise BadFile(problems)
    cluster = next(iter(_columns_called(table.columns, _CLUSTERS)), None)
    own_id = next(iter(_columns_called(table.columns, ("id",))), None)
    used = {*roles.values(), *choices, own_id}
    rest = tuple(name for name in table.columns if name not in used)
    as_fields = kind == "structured" and "answer" not in roles
    fields = tuple(name for name in rest if name != cluster) if as_fields else ()
    if as_fields and not fields:
        raise BadFile([_missing_column(table, kind, "answer", ROLES[kind]["answer"])])
    extras = tuple(name for name in rest if name not in fields)
    if clash := [name for name in extras if name in (*ROLES[kind], "id")]:
        sentence = f"The column {_listed(clash)} has the name of a column that this command writes."
        raise BadFile([Problem("columns", sentence, _header(table), "Rename it.")])
    return Layout(kind, roles, choices, fields, extras, cluster, own_id)


def guess_kind(table: Table) -> Kind:
    """The type of task that the columns speak of.

    Raises:
        BadFile: they speak of none.
    """
    has = {kind: {role for role, names in roles.items() if _columns_called(table.columns, names)}
           for kind, roles in ROLES.items()}
    if "choices" in has["multiple_choice"] or _choice_columns(table.columns):
        return "multiple_choice"
    if {"input", "answer"} <= has["structured"] and _answers_are_objects(table):
        return "structured"
    if {"question", "answer"} <= has["generate_until"]:
        return "generate_until"
    if {"context", "target"} <= has["loglikelihood"]:
        return "loglikelihood"
    if "text" in has["loglikelihood_rolling"]:
        return "loglikelihood_rolling"
    sentence = f"The columns {_listed(table.columns)} do not say which type of task this is."
    needed = "; ".join(f"{', '.join(roles)} ({kind})" for kind, roles in ROLES.items())
    mend = f"Name the columns {needed}, or say --type."
    raise BadFile([Problem("columns", sentence, _header(table), mend)])


def _answers_are_objects(table: Table) -> bool:
    column = next(iter(_columns_called(table.columns, ROLES["structured"]["answer"])), None)
    if column is None or not table.rows:
        return False
    values = [row.cells[column] for row in table.rows]
    return all(isinstance(value, dict) or (isinstance(value, str) and value.startswith("{")) for value in values)


def _plain(column: str) -> str:
    return re.sub(r"[ _-]+", "_", column.casefold())


def _columns_called(columns: Sequence[str], names: Sequence[str]) -> list[str]:
    """The columns that bear one of ``names``; only those with the first of the names, if there are any."""
    by_name = {name: [column for column in columns if _plain(column) == name] for name in names}
    return by_name[names[0]] or [column for found in by_name.values() for column in found]


def _choice_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of one choice each, in order: lettered from a, or numbered from 0 or 1, without a gap."""
    lettered = {found[1]: column for column in columns if (found := _LETTERED.fullmatch(_plain(column)))}
    numbered = {int(found[1]): column for column in columns if (found := _NUMBERED.fullmatch(_plain(column)))}
    first = 0 if 0 in numbered else 1
    runs = (
        [lettered[letter] for letter in itertools.takewhile(lettered.__contains__, string.ascii_lowercase)],
        [numbered[number] for number in itertools.takewhile(numbered.__contains__, itertools.count(first))],
    )
    return tuple(next((run for run in runs if len(run) >= 2), ()))


def _beyond_a_gap(columns: Sequence[str], choices: Sequence[str]) -> list[str]:
    """Columns that are called like a choice but do not follow on the last one (``choice4`` without ``choice3``)."""
    named = [name for name in columns if _NUMBERED.fullmatch(_plain(name)) or _PREFIXED.fullmatch(_plain(name))]
    return [name for name in named if name not in choices]


def _taken_names(table: Table) -> list[Problem]:
    # `self` is the name of the first argument of the harness's template renderer.
    reasons = {"canary": "this command writes that column itself", "self": "the harness cannot read such a column"}
    return [
        Problem("columns", f"There is a column `{column}`: {reasons[column]}.", _header(table), "Rename or remove it.")
        for column in table.columns if column in reasons
    ]


def _missing_column(table: Table, kind: Kind, role: str, names: Sequence[str]) -> Problem:
    sentence = f"No column holds the {role} (the file has {_listed(table.columns)})."
    mend = f"Call it {', '.join(f'`{name}`' for name in names[:-1])}{' or ' if names[:-1] else ''}`{names[-1]}`."
    if role == "choices":
        mend += " Or give each choice a column: a, b, c ... or choice1, choice2 ... or option_a, option_b ..."
    if kind == "structured" and role == "answer":
        mend += " Or give each field of the record a column."
    return Problem("columns", sentence, _header(table), mend)


def _header(table: Table) -> Where:
    return Where(table.path, 1)


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in columns[:12])
    return shown if len(columns) <= 12 else f"{shown} and {len(columns) - 12} more"
