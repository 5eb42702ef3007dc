"""Finding pinned weights on this machine, without importing the packages that carry them, and proving the pin.

A GGUF file is dequantised into torch by transformers, which takes tens of seconds each time; the result is kept by
digest, bit for bit the same, so that the second start takes a few.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import tempfile
from pathlib import Path
from typing import Any

from commons.errors import CannotRun
from commons.pool.cache import cache_folder
from commons.pool.hashing import sha256_file
from commons.pool.models import Model, PackageWeights
from commons.pool.whole import whole_file


def installed_files(weights: PackageWeights) -> list[Path] | None:
    """The weights file (or its parts, in order) inside installed distributions; None where one is missing."""
    wanted = weights.parts or [f"{weights.package}:{weights.file}"]
    found = []
    for part in wanted:
        distribution, _, name = part.partition(":")
        try:
            files = importlib.metadata.distribution(distribution).files or []
        except importlib.metadata.PackageNotFoundError:
            return None
        match = next((file for file in files if file.name == Path(name).name), None)
        path = Path(str(match.locate())) if match is not None else None
        if path is None or not path.is_file():
            return None
        found.append(path)
    return found


def gguf_file(model: Model, weights: PackageWeights) -> Path:
    """The whole GGUF file of ``model``, joined from its parts where it has any, with its digest checked.

    Raises:
        CannotRun: the package is not installed, or the file is not the pinned one.
    """
    files = installed_files(weights)
    if files is None:
        raise CannotRun(f"The weights of `{model.id}` are not installed.", mend=f"Run: {weights.install}")
    path = files[0] if len(files) == 1 else _join(files, cache_folder() / "joined" / weights.sha256 / weights.file)
    actual = sha256_file(path)
    if actual != weights.sha256:
        sentence = f"The weights file of `{model.id}` has the sha256 {actual}, and models.yaml pins {weights.sha256}."
        raise CannotRun(sentence, mend=f"Install the pinned version: {weights.install}")
    return path


def converted(model: Model, weights: PackageWeights) -> Path:
    """A folder with the weights of ``model`` as transformers keeps them (fp32 safetensors and tokenizer).

    Raises:
        CannotRun: as :func:`gguf_file`.
    """
    folder = cache_folder() / "weights" / weights.sha256
    if (folder / "config.json").is_file():
        return folder
    source = gguf_file(model, weights)
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".converting-"))
    try:
        AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(scratch)
        loaded = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32)
        # transformers refuses to save what it dequantised under the name of a quantised model, so the weights move
        # into a plain model of the same shape.
        config = loaded.config
        if hasattr(config, "quantization_config"):
            del config.quantization_config
        plain: Any = AutoModelForCausalLM.from_config(config, dtype=torch.float32)  # type: ignore[no-untyped-call]
        plain.load_state_dict(loaded.state_dict())
        plain.generation_config = loaded.generation_config
        plain.save_pretrained(scratch)
        try:
            scratch.rename(folder)
        except OSError:
            # Another process finished first; its result is the same.
            if not (folder / "config.json").is_file():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def _join(parts: list[Path], target: Path) -> Path:
    if not target.is_file():
        with whole_file(target) as joined:
            for part in parts:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, joined)
    return target
