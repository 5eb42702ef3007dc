"""Weights are fetched from the Hub at the pinned revision; its real client asks, and a transport of ours answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import huggingface_hub
import pytest
from click.testing import CliRunner
from huggingface_hub.utils import _http

from commons.cli.weights import command
from commons.engines.download import download
from commons.errors import CannotRun
from commons.pool.models import HubWeights, Model
from tests.builders import REPOSITORY_ROOT

FILES = {"config.json": b"{}", "model.safetensors": b"weights", "pytorch_model.bin": b"pickled", "README.md": b"words"}


@dataclass
class Hub:
    """What was asked of it, and whether it opens its gate."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)
    gated: bool = False


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A Hub behind the real client."""
    library = _library()
    asked = Hub()

    def answer(request: Any) -> Any:
        path = unquote(request.url.path)
        asked.asked.append((request.method, path, request.headers.get("authorization", "")))
        if asked.gated and request.headers.get("authorization") != "Bearer hf_mine":
            return library.Response(403, headers={"X-Error-Code": "GatedRepo", "X-Error-Message": "gated"})
        if "/tree/" in path:
            return library.Response(200, json=[{"type": "file", "path": name, "size": len(content), "oid": "e" * 40}
                                               for name, content in FILES.items()])
        if path.startswith("/api/models/"):
            return library.Response(200, json={"id": "some/model", "sha": path.rpartition("/")[2], "siblings": [
                {"rfilename": name} for name in FILES]})
        content = FILES[path.rpartition("/")[2]]
        headers = {"ETag": f'"{path.rpartition("/")[2]}"', "X-Repo-Commit": path.split("/")[-2],
                   "Content-Length": str(len(content))}
        return library.Response(200, headers=headers, content=content if request.method == "GET" else b"")

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub._snapshot_download.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    before = _http._GLOBAL_CLIENT_FACTORY
    huggingface_hub.set_client_factory(lambda: library.Client(transport=library.MockTransport(answer)))
    yield asked
    huggingface_hub.set_client_factory(before)


def _library() -> Any:
    """The library that the client speaks with, whose name differs between its versions."""
    return getattr(_http, "httpx2", None) or _http.httpx


def _model(name: str) -> Model:
    from commons.pool.models import read_models

    return next(one for one in read_models(REPOSITORY_ROOT / "models.yaml") if one.id == name)


def test_weights_come_at_the_pinned_revision_and_pickles_stay_away(hub: Hub) -> None:
    """Configuration and safetensors are fetched, at the commit of models.yaml, without a token."""
    model = _model("gpt2")
    done = download(model)
    assert isinstance(model.weights, HubWeights)
    assert done.folder.endswith(model.weights.revision)
    assert sorted(path.name for path in Path(done.folder).iterdir()) == ["config.json", "model.safetensors"]
    assert {token for _, _, token in hub.asked} == {""}
    assert all(model.weights.revision in path for _, path, _ in hub.asked if "gpt2" in path)


def test_a_gate_names_the_secret_that_opens_it(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gated repository is refused with the name of the token, and opens with it."""
    hub.gated = True
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(CannotRun) as refused:
        download(_model("llama-3.2-1b-instruct"))
    assert "HF_TOKEN" in str(refused.value)
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    assert download(_model("llama-3.2-1b-instruct")).folder


def test_models_of_packages_and_endpoints_need_nothing(hub: Hub) -> None:
    """Nothing is asked of the Hub for them."""
    assert download(_model("smollm2-135m-instruct")).why == "its weights come with a package"
    assert download(_model("gpt-4.1-mini-2025-04-14")).why == "an endpoint"
    assert hub.asked == []


def test_the_verb_says_what_it_did_for_each_model(hub: Hub) -> None:
    """One line a model, and a failure of one stops no other."""
    hub.gated = True
    done = CliRunner().invoke(command, ["--root", str(REPOSITORY_ROOT), "gpt2", "smollm2-135m-instruct"],
                              standalone_mode=False)
    assert done.return_value == 1
    assert "smollm2-135m-instruct: nothing to fetch: its weights come with a package" in done.output
