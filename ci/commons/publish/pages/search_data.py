"""The list that the search in the header reads."""

from __future__ import annotations

from collections.abc import Iterable

from commons.publish.addresses import SEARCH
from commons.publish.data.search import text_of_search
from commons.publish.pages import Data, pool_pages
from commons.publish.snapshot import Snapshot


@pool_pages
class SearchData:
    """Names of tasks, models, suites, domains, languages and owners."""

    name = "search-data"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Data]:
        """One file."""
        yield Data(SEARCH, text_of_search(snapshot))
