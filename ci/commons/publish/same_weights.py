"""Which models are one set of weights that is asked in several ways: they are no models of different making."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from commons.pool.hashing import sha256_json
from commons.pool.models import HubWeights, Model, PackageWeights
from commons.publish.numbers import count


def weights_key(model: Model) -> str | None:
    """What names the weights themselves: a file's digest, or a repository's commit; None where nobody can say."""
    weights = model.weights
    if isinstance(weights, PackageWeights):
        return weights.sha256
    if isinstance(weights, HubWeights):
        return sha256_json([weights.repository, weights.revision])
    return None


def groups(models: Iterable[Model]) -> tuple[tuple[Model, ...], ...]:
    """The models that share their weights with another one of them, group by group."""
    found: dict[str, list[Model]] = {}
    for model in models:
        if (key := weights_key(model)) is not None:
            found.setdefault(key, []).append(model)
    return tuple(tuple(some) for some in found.values() if len(some) > 1)


def words(models: Sequence[Model], which: str) -> str:
    """Several models of one set of weights, in a sentence; ``which`` is not empty where there are no others beside."""
    templates = {model.chat_template for model in models}
    ways = ", with and without the chat template" if len(templates) == 2 else ""
    if which:
        return f"The {count(len(models))} {which} are 1 set of weights, asked in {count(len(models))} ways{ways}."
    names = ", ".join(model.name for model in models)
    return f"1 set of weights, asked in {count(len(models))} ways{ways}: {names}."


def said(models: Sequence[Model], which: str = "models") -> tuple[str, ...]:
    """What is to be said of models that stand beside each other; ``which`` is what all of them are called."""
    return tuple(words(some, which if len(some) == len(models) else "") for some in groups(models))
