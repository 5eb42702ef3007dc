"""The JSON Schemas of the file formats, and that those in the repository are the ones the program prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commons.cli import cli
from commons.pool.card import Card
from commons.pool.models import Model
from commons.pool.schema import SCHEMA_FILE, SCHEMA_NAMES, SchemaName, schema_text

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_the_repositorys_schemas_are_what_the_command_prints(name: SchemaName) -> None:
    """The schema that editors read is byte for byte what `commons schema` prints; `--write` brings it up to date."""
    result = CliRunner().invoke(cli, ["schema", name])
    assert result.exit_code == 0
    written = (ROOT / SCHEMA_FILE.format(name=name)).read_text(encoding="utf-8")
    assert written == result.output, "run `commons schema --write`"


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_schemas_are_draft_7_with_sorted_keys(name: SchemaName) -> None:
    """Keys are sorted, unknown keys refused, and each reference stands alone and leads somewhere."""
    text = schema_text(name)
    schema = json.loads(text)
    assert text == json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["additionalProperties"] is False
    assert "$defs" not in text
    for found in _references(schema):
        assert list(found) == ["$ref"]
        assert found["$ref"].removeprefix("#/definitions/") in schema["definitions"]


def _references(value: Any) -> list[dict[str, str]]:
    if isinstance(value, list):
        return [found for inner in value for found in _references(inner)]
    if not isinstance(value, dict):
        return []
    return ([value] if "$ref" in value else []) + _references(list(value.values()))


def test_every_field_is_described() -> None:
    """Each field of a card and of a model has its description in the schema or in its type."""
    card, models = (json.loads(schema_text(name)) for name in SCHEMA_NAMES)
    assert set(card["properties"]) == set(Card.model_fields)
    assert set(models["definitions"]["Model"]["properties"]) == set(Model.model_fields)
    for properties in (card["properties"], models["definitions"]["Model"]["properties"]):
        for field, shape in properties.items():
            assert "description" in shape or "$ref" in shape or "allOf" in shape, field


def test_schemas_are_written_into_the_pool(tmp_path: Path) -> None:
    """With --write, both files are made where the editor settings look for them."""
    (tmp_path / "tasks").mkdir()
    (tmp_path / "models.yaml").write_text("models: []\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["schema", "--write", "--root", str(tmp_path)])
    assert result.exit_code == 0
    for name in SCHEMA_NAMES:
        assert (tmp_path / SCHEMA_FILE.format(name=name)).read_text(encoding="utf-8") == schema_text(name)


def test_a_name_or_write_is_needed() -> None:
    """Asked for nothing, the command says what can be asked for."""
    result = CliRunner().invoke(cli, ["schema"])
    assert result.exit_code == 2
    assert "Name one of card, models" in result.output


def test_the_editor_settings_name_the_schemas() -> None:
    """The editor's settings map the card and the models file to the files that are written."""
    settings = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))
    assert settings["yaml.schemas"] == {
        f"./{SCHEMA_FILE.format(name='card')}": "tasks/*/card.yaml",
        f"./{SCHEMA_FILE.format(name='models')}": "models.yaml",
    }
