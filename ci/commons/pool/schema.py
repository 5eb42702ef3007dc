"""The file formats as JSON Schema, which editors read to complete, explain and check a file while it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import BaseModel, JsonValue

from commons.pool.card import Card
from commons.pool.models import MODELS_FORMAT

SchemaName = Literal["card", "models"]
SCHEMA_NAMES: tuple[SchemaName, ...] = get_args(SchemaName)

#: Where the schemas stand in the repository, for editors; ``{name}`` is ``card`` or ``models``.
SCHEMA_FILE = "docs/schemas/{name}.schema.json"

_FORMATS: Mapping[SchemaName, tuple[type[BaseModel], str]] = {
    "card": (Card, "Eval Commons task card (card.yaml)"),
    "models": (MODELS_FORMAT, "Eval Commons models (models.yaml)"),
}


def schema_text(name: SchemaName) -> str:
    """The JSON Schema of a format as text: draft 7, which every YAML editor knows, with sorted keys.

    >>> schema_text("card").splitlines()[1]
    '  "$schema": "http://json-schema.org/draft-07/schema#",'
    """
    model, title = _FORMATS[name]
    given = model.model_json_schema(ref_template="#/definitions/{model}")
    definitions = given.pop("$defs", {})
    whole = {**given, "$schema": "http://json-schema.org/draft-07/schema#", "title": title, "definitions": definitions}
    return json.dumps(_draft_7(whole), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _draft_7(value: JsonValue) -> JsonValue:
    """``value`` with each ``$ref`` on its own: draft 7 ignores a description that stands beside one."""
    if isinstance(value, float) and value.is_integer():
        return int(value)  # pydantic's versions write limits as 0 or as 0.0
    if isinstance(value, list):
        return [_draft_7(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _draft_7(one) for key, one in value.items()}
    if "$ref" in inner and len(inner) > 1:
        reference = inner.pop("$ref")
        inner["allOf"] = [{"$ref": reference}]
    return inner
