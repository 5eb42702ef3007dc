"""Planted defects of the card's identifiers, numbers and pointers."""

from __future__ import annotations

from tests.lint.builders import GENERATE, LOGLIKELIHOOD, MULTIPLE_CHOICE, ROLLING
from tests.lint.defects import Defect

MC, GEN, LL, ROLL = MULTIPLE_CHOICE, GENERATE, LOGLIKELIHOOD, ROLLING
CARD = "card.yaml"


def card(code: str, old: str, new: str, at: str, mend: str, task: str = MC) -> Defect:
    """A defect in the card."""
    return Defect(code, task, CARD, old, new, at, mend)


def fields(code: str, new: str, at: str, mend: str, task: str = MC) -> Defect:
    """A defect in keys that the correct card leaves out."""
    return Defect(code, task, CARD, "shuffle_seed: 7", f"{new}\nshuffle_seed: 7", at, mend)


DEFECTS = [
    # C007: licences.
    card("C007", "CC-BY-4.0", "CC-BY-4", "licence", "`CC-BY-4.0`"),
    card("C007", "CC-BY-4.0", "cc0", "licence", "`CC0-1.0`"),
    card("C007", "CC-BY-4.0", "Apache-2", "licence", "`Apache-2.0`"),
    card("C007", "CC-BY-4.0", "CC-BY-AS-4.0", "licence", "`CC-BY-SA-4.0`"),
    card("C007", "CC-BY-4.0", "MIT AND CC-BY", "licence", "https://spdx.org/licenses"),
    card("C007", "CC-BY-4.0", "proprietary", "licence", "LicenseRef-"),
    # C008: languages.
    card("C008", "[en]", "[en-UK]", "languages", "`en-GB`"),
    card("C008", "[en]", "[en, jp]", "languages", "`ja`"),
    card("C008", "[en]", "[en, cz]", "languages", "`cs`"),
    card("C008", "[en]", "[gr, en]", "languages", "`el`"),
    card("C008", "[en]", "[eng]", "languages", "`en`"),
    card("C008", "[en]", "[en, qq]", "languages", "pt-BR"),
    card("C008", "[en]", "[und]", "languages", "pt-BR"),
    # C009, C020: chance.
    card("C009", "chance: 0.333", "chance: 0.25", "chance", "chance: 0.333"),
    card("C009", "chance: 0.333", "chance: 0.0", "chance", "chance: 0.333"),
    card("C020", "chance: 0.333", "chance: null", "headline:", "chance: 0.333"),
    # C010, C011: claims. Six items show .809 between independent models and .567 at the very best.
    card("C010", "smallest_difference: 0.9", "smallest_difference: 0.5", "smallest_difference", "0.81"),
    card("C010", "smallest_difference: 0.9", "smallest_difference: 0.02", "smallest_difference", "more items", GEN),
    card("C011", "smallest_difference: 0.9", "smallest_difference: 0.7", "smallest_difference", "0.81"),
    card("C011", "smallest_difference: 0.9", "smallest_difference: 0.6", "smallest_difference", "0.81", LL),
    # C014: scales.
    fields("C014", "human_baseline: {score: 87, n: 12, source: measured}", "human_baseline", "0.87"),
    fields("C014", "human_baseline: {score: 0.2, n: 12, source: measured}", "human_baseline", "the chance"),
    fields("C014", "human_baseline: {score: .nan, n: 12, source: measured}", "human_baseline", "Write a number"),
    card("C014", "  direction: higher", "  ceiling: 0.2\n  direction: higher", "ceiling", "Correct"),
    card("C014", "  direction: higher\n  chance: null",
         "  direction: higher\n  ceiling: 0.8\n  chance: null\nhuman_baseline: {score: 0.9, n: 3, source: measured}",
         "human_baseline", "the ceiling", GEN),
    # C015: columns.
    fields("C015", "fields: {question: qestion}", "fields", "`question`"),
    fields("C015", "fields: {cluster: source}", "fields", "The columns are"),
    fields("C015", "fields: {gold: anwser}", "fields", "`answer`", GEN),
    # C016: answer types.
    card("C016", "type: choice", "type: text", "type:", "`choice`"),
    card("C016", "type: choice", "type: none", "type:", "`choice`"),
    card("C016", "type: number", "type: none", "type:", "number", GEN),
    card("C016", "type: number", "type: choice", "type:", "number", GEN),
    card("C016", "type: number", "type: json", "type:", "right answers have", GEN),
    card("C016", "type: none", "type: choice", "type:", "`none`", LL),
    card("C016", "type: none", "type: number", "type:", "`none`", ROLL),
    # C017: pointers.
    fields("C017", "known_broken: [{item: test-12, reason: two answers}]", "known_broken", "Did you mean"),
    fields("C017", "generator: make.py", "generator", "or null"),
    fields("C017", "generator: ../other.py", "generator", "or null"),
    card("C017", "  state: draft", "  successor: dose_check\n  state: draft", "successor", "or null"),
    card("C017", "  state: draft", "  successor: dose_wrds\n  state: draft", "successor", "`dose_words`"),
    # C018: domains.
    Defect("C018", GEN, "data/test.jsonl", '"question": "2 mg and 3 mg?"',
           f'"question": "{" ".join(f"Clause {n}: tenant, landlord and court." for n in range(20))} 2 mg and 3 mg?"',
           "domain", "law", CARD),
    # C019: placeholders.
    card("C019", "source: written for this test", "source: TODO", "source", "in your own words"),
    card("C019", "collected: by hand", "collected: lorem ipsum dolor", "collected", "in your own words"),
    card("C019", "annotators: one person", "annotators: xxx", "annotators", "in your own words"),
    card("C019", "[someone]", "[your-handle]", "owners", "in your own words"),
    card("C019", "source: written for this test", "source: ask someone@example.org", "source", "in your own words"),
    card("C019", "known_biases: small numbers only", "known_biases: <describe the biases>", "known_biases", "own"),
]
