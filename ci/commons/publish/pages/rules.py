"""The rules of lint: one page each, and the list of all. They say what ``commons lint --explain`` says."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from commons.lint.registry import Rule, all_rules
from commons.pool.hashing import sha256_json
from commons.publish.addresses import RULES, rule_path
from commons.publish.documents import RULES_FOLDER, document, rule_texts
from commons.publish.pages import Page, pool_pages
from commons.publish.prose import ProseView
from commons.publish.snapshot import Snapshot


@pool_pages
class Rules:
    """A page for each rule, and the list of them."""

    name = "rules"

    def of_pool(self, snapshot: Snapshot) -> Iterable[Page]:  # noqa: ARG002 - the same for every pool
        """All of them."""
        texts = rule_texts()
        index = f"{RULES_FOLDER}/README.md"
        yield Page(RULES, "The rules of lint", "What is checked of every task before anything of it is run.",
                   "prose.html", partial(_view, index, texts[index], ()), key=sha256_json([texts[index]]))
        for rule in all_rules():
            file = f"{RULES_FOLDER}/{rule.code}.md"
            yield Page(rule_path(rule.code), f"Rule {rule.code}", _description(rule), "prose.html",
                       partial(_view, file, texts[file], ((RULES, "Rules"),)), key=sha256_json([texts[file]]))


def _description(rule: Rule) -> str:
    return f"{rule.title.rstrip('.')}: what the rule finds, why it matters, and how to mend it."


def _view(file: str, text: str, crumbs: tuple[tuple[str, str], ...]) -> ProseView:
    found = document(file, text)
    return ProseView(found.title, found.body, crumbs)
