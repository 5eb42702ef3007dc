"""Planted defects of choices, examples, lookalikes, templates and the card's roles."""

from __future__ import annotations

from tests.lint.builders import MULTIPLE_CHOICE
from tests.lint.defects import MC_2, ROW_2, ROWS, Defect, config

MC = MULTIPLE_CHOICE
CARD = "card.yaml"
SENTENCE = "It is six mg, as anyone can count on the fingers of two hands."
TEXT = 'doc_to_text: "{{question}}\\nAnswer:"'


def row(code: str, old: str, new: str, at: str, mend: str, task: str = MC, file: str = ROWS) -> Defect:
    """A defect in a row."""
    return Defect(code, task, file, old, new, at, mend)


DEFECTS = [
    # D007: choices that are one to a reader; golds of several; few-shot examples.
    row("D007", '["4 mg", "5 mg", "6 mg"]', '["4 mg", "5 mg", "5  mg"]', ROW_2, "different"),
    row("D007", '["22 mg", "23 mg", "24 mg"], "answer": 1', '["22 mg", "23 mg", "24 mg"], "answer": 3',
        '"id": "dev-20"', "from 0", file="data/dev.jsonl"),
    # D035, D037, D038: an odd choice, missing examples, letters of another alphabet.
    row("D035", MC_2, MC_2.replace('"6 mg"', f'"{SENTENCE}"'), ROW_2, "one form"),
    config("D037", MC, "num_fewshot: 2", "num_fewshot: 12", "num_fewshot", "Write 6 more"),
    row("D038", '"note": "sums"', '"note": "s\u0443ms"', ROW_2, "anew"),
    row("D038", '"note": "sums"', '"note": "su\u0308ms"', ROW_2, "NFC"),
    # P001: what would never end.
    config("P001", MC, TEXT, 'doc_to_text: "{{question|center(1000000000)}}\\nAnswer:"', "doc_to_text", "Correct"),
    config("P001", MC, TEXT,
           'doc_to_text: "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}{{question}}"',
           "doc_to_text", "Correct"),
    config("P001", MC, TEXT, "doc_to_text: \"{{question|regex_replace('(.+)+#', '')}}\\nAnswer:\"", "doc_to_text",
           "Correct"),
    # P013, P015, P016: templates that draw, show the canary, or speak another language.
    config("P013", MC, TEXT, 'doc_to_text: "{{ [question, question]|random }}\\nAnswer:"', "doc_to_text", "Draw once"),
    config("P015", MC, TEXT, 'doc_to_text: "{{canary}} {{question}}\\nAnswer:"', "doc_to_text", "Take it out"),
    config("P016", MC, "num_fewshot: 2",
           'description: "Lisez la question avec attention et choisissez la bonne réponse parmi les doses.\\n"\n'
           "num_fewshot: 2", "description", "in the language of the items"),
    # The card.
    row("C003", "owners: [someone]", "owners: [some--one]", "owners", "for example [ana-perez]", file=CARD),
    row("C006", "first_published: 2026-02-01", "first_published: 2025-02-01", "first_published", "two dates",
        file=CARD),
    row("C006", "since: 2026-02-01", "since: 2926-02-01", "since", "Correct the date", file=CARD),
    row("C006", "smallest_difference: 0.9", "smallest_difference: 90", "smallest_difference", "0.23", file=CARD),
    row("C021", "CC-BY-4.0", "LicenseRef-House-Rules", "licence", "add the text", file=CARD),
    row("C021", "CC-BY-4.0", "LicenseRef-All-Rights-Reserved", "licence", "Take a licence", file=CARD),
    row("C022", "skills: [arithmetic]", "skills: [arithmetic, arithmetic]", "skills", "Remove one", file=CARD),
    row("C024", "shuffle_seed: 7", "fields: {choices: note}\nshuffle_seed: 7", "fields", "with the list", file=CARD),
    row("C024", "shuffle_seed: 7", "fields: {question: choices}\nshuffle_seed: 7", "fields", "the question", file=CARD),
]
