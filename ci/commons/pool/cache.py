"""Where this machine keeps what can always be made again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """``$COMMONS_CACHE``, else this program's folder among the user's caches.

    Raises:
        RuntimeError: the user has no home folder.
    """
    if given := os.environ.get("COMMONS_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "eval-commons"
