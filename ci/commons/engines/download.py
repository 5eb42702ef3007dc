"""Getting a model's weights from the Hub, at the pinned revision and nothing else: only when a person or a job asks."""

from __future__ import annotations

import os
from dataclasses import dataclass

from commons.errors import CannotRun
from commons.pool.models import HubWeights, Model

#: What a causal model in transformers is loaded from. Pickled weights can run code when they are read.
PATTERNS = ("*.json", "*.safetensors", "tokenizer*", "*.model", "vocab.*", "merges.txt", "*.jinja")


@dataclass(frozen=True)
class Downloaded:
    """A model and what was done for it; ``folder`` is empty where there was nothing to fetch."""

    model: str
    folder: str
    why: str


def download(model: Model) -> Downloaded:
    """Fetch the weights of a model of the Hub into the Hub's own cache; what is there already is not fetched again.

    Raises:
        CannotRun: the Hub does not give them; the sentence says why.
    """
    weights = model.weights
    if not isinstance(weights, HubWeights):
        return Downloaded(model.id, "", "an endpoint" if weights is None else "its weights come with a package")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

    token = os.environ.get(weights.secret, "") if weights.secret else ""
    try:
        folder = snapshot_download(weights.repository, revision=weights.revision, allow_patterns=list(PATTERNS),
                                   token=token or False)
    except (GatedRepoError, RepositoryNotFoundError) as error:
        mend = (f"Accept its licence on the Hub, and set {weights.secret} to a token that may read it."
                if weights.secret else "Look at the name and the revision in models.yaml.")
        raise CannotRun(f"The Hub does not give the weights of `{model.id}` ({weights.repository}).",
                        mend=mend) from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise CannotRun(f"The weights of `{model.id}` cannot be fetched ({type(error).__name__}).",
                        mend="Look at the network and at the disk, and try again: what was fetched is kept.") from error
    return Downloaded(model.id, folder, "fetched")
