"""The rules' pages and their index, in Markdown, made from the docstrings."""

from __future__ import annotations

from collections.abc import Sequence

from commons.lint.registry import Rule, page_of, section
from commons.lint.suppression import may_suppress

#: What the first letter of a code stands for.
FAMILIES = {
    "T": ("Task", "the folder's files and the form of the harness configuration"),
    "C": ("Card", "who made the task, its licence, and what its number claims"),
    "D": ("Data", "the files of items, and the items in them"),
    "P": ("Prompt", "the templates, and the prompts that they give"),
    "M": ("Metric", "metrics, filters, and how an answer is cut out and graded"),
    "S": ("Security", "code, secrets and personal data"),
    "R": ("Repository", "the pool as a whole: names, suites, and the checking itself"),
    "N": ("Models", "the entries of models.yaml"),
}

_MADE = "<!-- Made by `commons docs` from the rules' docstrings. Change those, not this file. -->"
_ABOUT = (
    "A **lint** must be mended before a merge. A **hint** advises and blocks nothing.\n"
    "`commons lint --explain CODE` prints a page; `commons lint --fix` mends what a program can mend."
)
#: The families whose findings may speak of single items.
_OF_ITEMS = frozenset("DP")


def rule_page(rule: Rule) -> str:
    """The page of one rule: what it finds, why, the mend, an example, and how a card may explain a finding."""
    return f"{_MADE}\n\n{page_of(rule)}\n## When it does not apply\n{_explaining(rule)}\n\n[All rules](README.md)\n"


def _explaining(rule: Rule) -> str:
    if not may_suppress(rule.code):
        return "It always applies: no card can explain it away."
    items = ['    items: ["item-id"]   # without this line, the whole task is meant']
    lines = [
        "Say so in `card.yaml`, with a reason that readers will see. An entry that explains nothing is a finding too.",
        "", "```yaml", "suppress:", f"  - code: {rule.code}", '    reason: "Why the finding does not apply."',
        *(items if rule.code[0] in _OF_ITEMS else []), "```",
    ]
    return "\n".join(lines)


def by_family(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """The rules by the first letter of their codes, in the order of :data:`FAMILIES`."""
    families: dict[str, list[Rule]] = {letter: [] for letter in FAMILIES}
    for rule in rules:
        families[rule.code[0]].append(rule)
    return {letter: found for letter, found in families.items() if found}


def index(rules: Sequence[Rule]) -> str:
    """The page that lists every rule: code, level, title, and the first sentence of what it finds, by family."""
    blocks = [
        _MADE,
        "# The rules of lint",
        _ABOUT,
    ]
    for letter, found in by_family(rules).items():
        name, about = FAMILIES[letter]
        rows = [f"| [{one.code}]({one.code}.md) | {one.level} | {_cell(one.title)} | {_cell(_first(one))} |"
                for one in found]
        table = "\n".join(["| Code | Level | Title | What it finds |", "|---|---|---|---|", *rows])
        blocks += [f"## {letter}: {name}", f"About {about}.", table]
    return "\n\n".join(blocks) + "\n"


def _first(rule: Rule) -> str:
    """The first sentence of what a rule finds; of a list, its first point."""
    text = section(rule.page, "What it finds").split("\n\n")[0]
    points = text.split("\n- ")
    line = " ".join(points[0].removeprefix("- ").split())
    more = " ..." if len(points) > 1 else ""
    sentence, stop, _ = line.partition(". ")
    return (sentence + stop.strip() if stop else line.rstrip(";")) + more


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
