"""Sentences that more than one page needs."""

from __future__ import annotations

from commons.pool.models import HubWeights, Model, PackageWeights


def what_it_takes(model: Model) -> str:
    """What a person needs to run a model, from its entry alone."""
    needs = []
    if model.endpoint is not None:
        host = model.endpoint.base_url.split("/")[2]
        needs.append(f"a connection to {host}")
        if model.endpoint.secret:
            needs.append(f"a key in {model.endpoint.secret}")
    elif "cpu" not in model.runs_on:
        needs.append("a CUDA GPU")
    if isinstance(model.weights, HubWeights):
        needs.append(f"the weights of {model.weights.repository} from the Hub")
    elif isinstance(model.weights, PackageWeights):
        needs.append(f"the package {model.weights.package} {model.weights.version}")
    return "Needs " + " and ".join(needs) + "."
