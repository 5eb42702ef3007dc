"""Digests and cell keys. Pure functions of what they are given; nothing here reads a clock or a network."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import commons.pool.models as models
from commons.pool.walk import files_below

#: Raised when our own way of rendering, sampling few-shot examples or scoring changes what a number means.
PROTOCOL_VERSION = 1


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, no escapes that depend on settings, finite numbers only."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256_text(text: str) -> str:
    """The sha256 of ``text`` as UTF-8, in hex. Lone surrogates, which models can emit, are kept apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sha256_json(value: Any) -> str:
    """The sha256 of :func:`canonical_json` of ``value``."""
    return sha256_text(canonical_json(value))


def sha256_file(path: Path) -> str:
    """The sha256 of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def folder_digest(folder: Path) -> str:
    """The sha256 over names and contents of all files of a folder: what memoised task hashes are filed under.

    Links are named with their target and never followed; caches that Python writes do not count. Names are taken as
    the bytes they are, and no name, target or digest holds the NUL between them, so no two folders look alike.

    Raises:
        BadFile: the folder is too deep or too full.
    """
    digest = hashlib.sha256()
    named = {os.fsencode(path.relative_to(folder).as_posix()): path for path in files_below(folder, caches=False)}
    for name in sorted(named):
        digest.update(b"\0".join((name, *_content(named[name]), b"")))
    return digest.hexdigest()


def _content(path: Path) -> tuple[bytes, bytes]:
    """What a file is, and what it holds; what is neither file nor link could block whoever opens it."""
    if path.is_symlink():
        return b"link", os.fsencode(path.readlink())
    return (b"file", sha256_file(path).encode()) if path.is_file() else (b"other", b"")


@dataclass(frozen=True)
class CellKey:
    """The identity of a measurement: the three hashes, and the key over them."""

    task_hash: str
    model_hash: str
    protocol_hash: str

    @property
    def key(self) -> str:
        """The cell key: the sha256 over the three hashes."""
        return sha256_json([self.task_hash, self.model_hash, self.protocol_hash])


def model_hash(model: models.Model) -> str:
    """The hash of what decides a model's answers: backend, weights or endpoint, arguments, chat template.

    The name, the licence, the price and the notes change no answer and do not enter; nor does where an endpoint's
    key is kept, or how often a request is tried.
    """
    return sha256_json(_model_spec(model))


def model_parts(model: models.Model) -> dict[str, str]:
    """A short digest of each part of a model's hash, by name: what an explanation compares."""
    return {name: sha256_json(value)[:12] for name, value in _model_spec(model).items()}


def _model_spec(model: models.Model) -> dict[str, object]:
    weights: object = None
    if isinstance(model.weights, models.HubWeights):
        weights = {"repository": model.weights.repository, "revision": model.weights.revision}
    elif isinstance(model.weights, models.PackageWeights):
        weights = {"sha256": model.weights.sha256}
    endpoint = {"base_url": model.endpoint.base_url, "snapshot": model.endpoint.snapshot} if model.endpoint else None
    return {
        "backend": model.backend,
        "weights": weights,
        "endpoint": endpoint,
        "arguments": model.arguments,
        "chat_template": model.chat_template,
    }


def protocol_hash(harness_version: str) -> str:
    """The hash of how tasks are put and scored: the harness's version and our own protocol version."""
    return sha256_json(protocol_parts(harness_version))


def protocol_parts(harness_version: str) -> dict[str, str | int]:
    """What the protocol hash is taken over."""
    return {"lm_eval": harness_version, "commons_protocol": PROTOCOL_VERSION}
