"""Licences by their SPDX identifiers, and what people write instead. The list is the one that `packaging` carries."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

#: What people call licences that have an identifier.
_CALLED = {
    "public domain": "CC0-1.0", "pd": "CC0-1.0", "cc0": "CC0-1.0", "cc-zero": "CC0-1.0", "cc-by": "CC-BY-4.0",
    "cc-by-sa": "CC-BY-SA-4.0", "cc-by-nc": "CC-BY-NC-4.0", "apache": "Apache-2.0", "apache2": "Apache-2.0",
    "apache-2": "Apache-2.0", "gpl": "GPL-3.0-or-later", "gplv3": "GPL-3.0-only", "gpl-3": "GPL-3.0-only",
    "gpl3": "GPL-3.0-only", "bsd": "BSD-3-Clause", "lgpl": "LGPL-3.0-or-later", "odbl": "ODbL-1.0",
}  # fmt: skip


def is_licence(written: str) -> bool:
    """Whether a text is an SPDX identifier, an expression of such, or a `LicenseRef-` of its own."""
    try:
        canonicalize_license_expression(written)
    except InvalidLicenseExpression:
        return False
    return True


def licence_mend(written: str) -> str:
    """What to write in place of a licence that is no SPDX identifier."""
    known = _licences()
    plain = re.sub(r"\b(?:the|licen[cs]e|version|v(?=\d))\b ?|,", "", written.strip().casefold())
    dashed = re.sub(r"[\s_]+", "-", plain.strip())
    guess = _CALLED.get(written.strip().casefold()) or _CALLED.get(dashed) or known.get(dashed)
    if guess is None and f"{dashed}.0" in known:
        guess = known[f"{dashed}.0"]
    if guess is None:
        close = difflib.get_close_matches(dashed, known, n=1, cutoff=0.75)
        guess = known[close[0]] if close else None
    if guess:
        return f"Did you mean `{guess}`? The list is at https://spdx.org/licenses."
    return "Write an identifier of https://spdx.org/licenses, for example CC-BY-4.0, or `LicenseRef-` and a name."


@lru_cache(maxsize=1)
def _licences() -> dict[str, str]:
    """The identifiers of the SPDX list by their lower case."""
    from packaging.licenses._spdx import LICENSES

    return {key: entry["id"] for key, entry in LICENSES.items() if not entry["deprecated"]}
