"""Reading from GitHub for the verbs that only look: a client that cannot write."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from commons.github.api import Api


def reading(name: str | None, token_env: str) -> Api:
    """A client for the repository ``name``, or the one that the environment names; without a token where none is set.

    Raises:
        CannotRun: it is not known which repository is meant.
    """
    from commons.github.api import Api
    from commons.github.event import API, repository_name, take_token

    return Api(repository_name(name), os.environ.get(API, "https://api.github.com"), take_token(token_env),
               execute=False, say=lambda text: click.echo(text, err=True), sleep=time.sleep)
