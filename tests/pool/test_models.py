"""models.yaml."""

from pathlib import Path

import pytest

from commons.errors import BadFile
from commons.pool.hashing import model_hash
from commons.pool.models import HubWeights, Model, PackageWeights, read_models
from tests.builders import REPOSITORY_ROOT, endpoint_entry


def shipped() -> dict[str, Model]:
    """The repository's own models by id."""
    return {model.id: model for model in read_models(REPOSITORY_ROOT / "models.yaml")}


def test_the_shipped_models_are_pinned() -> None:
    """Every entry has a commit or a digest, or says that its endpoint is not pinned; two endpoints, many families."""
    models = shipped().values()

    assert sum(model.endpoint is not None for model in models) == 2
    assert len({model.family for model in models}) >= 5
    for model in models:
        if isinstance(model.weights, HubWeights):
            assert len(model.weights.revision) == 40
        elif isinstance(model.weights, PackageWeights):
            assert len(model.weights.sha256) == 64
        else:
            assert model.endpoint is not None
            assert not model.endpoint.pinned
            assert model.endpoint.secret


def test_only_what_changes_an_answer_changes_the_model_hash() -> None:
    """Name, price and notes leave the hash alone; arguments, weights and chat template change it."""
    model = shipped()["smollm2-135m-instruct"]

    assert model_hash(model.model_copy(update={"name": "Other", "notes": "new", "licence": "MIT"})) == model_hash(model)
    assert model_hash(model.model_copy(update={"arguments": {"dtype": "bfloat16"}})) != model_hash(model)
    assert model_hash(shipped()["smollm2-135m-instruct-chat"]) != model_hash(model)
    other = model.weights.model_copy(update={"sha256": "0" * 64})
    assert model_hash(model.model_copy(update={"weights": other})) != model_hash(model)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("snapshot: fake-1", "snapshoot: fake-1", "Did you mean `snapshot`?"),
        ("runs_on: [endpoint]", "runs_on: [cpu]", "endpoint"),
        ("    family: Tests\n", "", "family"),
        ("context_length: 4096", "context_length: many", "context_length"),
        ("id: fake-endpoint", "id: Fake Endpoint", "id"),
    ],
)
def test_a_faulty_entry_is_named_with_its_line(tmp_path: Path, before: str, after: str, words: str) -> None:
    """Each fault gives a sentence and a mend at a line of the file."""
    path = tmp_path / "models.yaml"
    path.write_text("models:\n" + endpoint_entry("http://127.0.0.1:1/v1").replace(before, after))

    with pytest.raises(BadFile) as caught:
        read_models(path)

    assert any(words in str(problem) for problem in caught.value.problems)
    assert all(problem.where.line > 1 for problem in caught.value.problems)


def test_an_id_used_twice_is_a_fault(tmp_path: Path) -> None:
    """Two entries with one id would write one file."""
    path = tmp_path / "models.yaml"
    path.write_text("models:\n" + 2 * endpoint_entry("http://127.0.0.1:1/v1"))

    with pytest.raises(BadFile, match="used twice"):
        read_models(path)


def test_a_key_goes_to_one_provider(tmp_path: Path) -> None:
    """Whoever adds a model cannot have another provider's key sent to a host of their own."""
    path = tmp_path / "models.yaml"
    entries = [endpoint_entry(f"https://{host}.example/v1", f"{host}-model", secret="A_KEY") for host in ("a", "b")]
    path.write_text("models:\n" + "".join(entries))

    with pytest.raises(BadFile, match=r"already that of https://a\.example"):
        read_models(path)


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "COMMONS_SALT", "BOT_PRIVATE_KEY"])
def test_a_variable_of_the_workflow_is_no_key(tmp_path: Path, name: str) -> None:
    """What a job holds for itself is sent to no endpoint."""
    path = tmp_path / "models.yaml"
    path.write_text("models:\n" + endpoint_entry("https://a.example/v1", secret=name))

    with pytest.raises(BadFile, match="the workflow's own"):
        read_models(path)
