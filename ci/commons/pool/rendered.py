"""The rendered items of a task: what readers see beside the rows (``results/rendered/<task>.jsonl``).

The first line holds what all items share, the header (description and few-shot examples, where they are the same for
every item) once; each further line is one item as put to a model, before any chat template. The file is written
with a task's first results and cut by the card's publish level: only the level ``samples`` has one.
"""

from __future__ import annotations

import json
import os.path
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from commons.errors import BadFile, Problem, Where
from commons.pool.items import MAX_DATA_BYTES
from commons.pool.validate import Strict
from commons.pool.yamlfile import read_text

Kind = TypeVar("Kind", bound=Strict)


class RenderedHeader(Strict):
    """The first line of the file. ``own_grader`` says that a hook grades the items, by rules of its own."""

    schema_version: int = 1
    task: str
    task_hash: str
    output_type: str
    canary: str
    header: str
    own_grader: bool = False


class RenderedItem(Strict):
    """One item: ``header + prompt`` is what was put to the model."""

    item: str
    prompt: str
    choices: tuple[str, ...] | None
    gold: int | str | tuple[str, ...] | None


@dataclass(frozen=True)
class RenderedItems:
    """The file's content."""

    header: RenderedHeader
    items: tuple[RenderedItem, ...]

    def by_id(self) -> dict[str, RenderedItem]:
        """The items by their id."""
        return {item.item: item for item in self.items}


def shared_header(prompts: list[str]) -> str:
    """The longest beginning, in whole lines, that all prompts share; empty for a single prompt."""
    if len(prompts) < 2:
        return ""
    common = os.path.commonprefix(prompts)  # noqa: RUF071  (characters are what prompts are made of)
    return common[: common.rfind("\n") + 1]


def to_text(rendered: RenderedItems) -> str:
    """The file's text."""
    lines = [rendered.header.model_dump(mode="json")]
    lines += [item.model_dump(mode="json") for item in rendered.items]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read_rendered(path: Path) -> RenderedItems:
    """Read the file.

    Raises:
        BadFile: a line that is not what the format asks for.
    """
    lines = read_text(path, MAX_DATA_BYTES).removesuffix("\n").split("\n")
    header = _line(RenderedHeader, lines[0], Where(path, 1))
    items = [_line(RenderedItem, line, Where(path, number)) for number, line in enumerate(lines[1:], start=2)]
    return RenderedItems(header, tuple(items))


def _line(kind: type[Kind], text: str, where: Where) -> Kind:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        mend = "Restore the file from git, or run the task again."
        raise BadFile([Problem("rendered", "This line does not fit the format.", where, mend)]) from error
