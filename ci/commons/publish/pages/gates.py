"""The gates: what a task must show before it is accepted, with every number, and one page for each gate."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from commons.gates.acceptance import ACCEPTANCE, GATES_FOLDER
from commons.gates.catalogue import all_gates, model_gates
from commons.pool.hashing import sha256_json
from commons.publish.addresses import GATES, gate_path
from commons.publish.documents import document, gate_texts
from commons.publish.pages import Page, pool_pages
from commons.publish.prose import ProseView
from commons.publish.snapshot import Snapshot


@pool_pages
class Gates:
    """A page for each gate, and what all of them ask."""

    name = "gates"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:  # noqa: ARG002 - the same for every pool
        """All of them."""
        texts = gate_texts()
        yield Page(GATES, "What a task must show", "The gates that every task passes before it is accepted.",
                   "prose.html", partial(_view, ACCEPTANCE, texts[ACCEPTANCE], ()),
                   key=sha256_json([texts[ACCEPTANCE]]))
        for gate in (*all_gates(), *model_gates()):
            file = f"{GATES_FOLDER}/{gate.name}.md"
            yield Page(gate_path(gate.name), f"Gate {gate.name}", f"{gate.title}: what the gate asks, and why.",
                       "prose.html", partial(_view, file, texts[file], ((GATES, "Gates"),)),
                       key=sha256_json([texts[file]]))


def _view(file: str, text: str, crumbs: tuple[tuple[str, str], ...]) -> ProseView:
    found = document(file, text)
    return ProseView(found.title, found.body, crumbs)
