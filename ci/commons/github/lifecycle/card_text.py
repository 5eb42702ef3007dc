"""Changing the declared state in the text of a card, and not one byte beside it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TypeGuard

import yaml

from commons.errors import BadFile
from commons.pool.card import Card, Lifecycle, LifecycleState
from commons.pool.validate import parse
from commons.pool.yamlfile import parse_yaml

#: Where something is put in, what it replaces, and the new words.
_Edit = tuple[int, int, str]


def with_lifecycle(text: str, state: LifecycleState, since: datetime.date, reason: str) -> str | None:
    r"""A card's text with another state; None where its lines are not understood to the letter.

    What comes out is read again: it must be the same card but for the state, its date and its reason.
    """
    try:
        edits = _edits(text, state.value, since.isoformat(), reason)
        if edits is None:
            return None
        changed = text
        for start, end, words in sorted(edits, reverse=True):
            changed = changed[:start] + words + changed[end:]
        before, after = (parse(Card, parse_yaml(one, Path("card.yaml"))) for one in (text, changed))
    except (yaml.YAMLError, BadFile, ValueError):
        return None
    wanted = Lifecycle(state=state, since=since, reason=reason, successor=before.lifecycle.successor)
    return changed if after == before.model_copy(update={"lifecycle": wanted}) else None


def _edits(text: str, state: str, since: str, reason: str) -> list[_Edit] | None:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    lifecycle = _value(root, "lifecycle")
    began = _value(lifecycle, "since")
    if not isinstance(lifecycle, yaml.MappingNode) or not _plain(began):
        return None
    edits, missing = [_replaced(began, since)], []
    for name, words in (("state", state), ("reason", json.dumps(reason, ensure_ascii=False))):
        value = _value(lifecycle, name)
        if value is None:
            missing.append(f"{name}: {words}")
        elif not _plain(value):
            return None
        else:
            edits.append(_replaced(value, words))
    if missing and lifecycle.flow_style:
        edits[0] = (edits[0][0], edits[0][1], ", ".join([since, *missing]))
    elif missing:
        end = text.find("\n", began.end_mark.index)
        end = len(text) if end < 0 else end
        start = "\r\n" if text[end - 1 : end] == "\r" else "\n"
        place = end - len(start) + 1
        indent = " " * lifecycle.start_mark.column
        edits.append((place, place, "".join(f"{start}{indent}{one}" for one in missing)))
    return edits


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)


def _plain(node: yaml.Node | None) -> TypeGuard[yaml.ScalarNode]:
    """Whether it is a word or a quoted text on one line."""
    return isinstance(node, yaml.ScalarNode) and node.style in {None, "'", '"'} and (
        node.start_mark.line == node.end_mark.line)


def _replaced(node: yaml.Node, words: str) -> _Edit:
    return node.start_mark.index, node.end_mark.index, words
