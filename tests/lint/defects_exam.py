"""Planted defects that an examiner found to be missed: few-shot examples, mixed columns, fields that share one."""

from __future__ import annotations

from tests.lint.builders import GENERATE, MULTIPLE_CHOICE
from tests.lint.defects import ROWS, Defect, config

MC, GEN = MULTIPLE_CHOICE, GENERATE
SAMPLES = """\
num_fewshot: 3
fewshot_config:
  sampler: first_n
  samples:
    - {{question: "90 mg and 4 mg?", answer: "94 mg"}}
    - {{question: "91 mg and 4 mg?", answer: "95 mg"}}
    - {{question: "92 mg and 4 mg?", answer: "{}"}}
metadata:"""
DEFECTS = [
    config("T010", MC, "metadata:", "fewshot_config: {fewshot_indices: [0, 9]}\nmetadata:", "fewshot_indices", "to 5"),
    config("T010", MC, "metadata:", "fewshot_config: {fewshot_indices: [0, a]}\nmetadata:", "fewshot_indices", "to 5"),
    config("T010", GEN, "metadata:", SAMPLES.format(""), "92 mg and 4 mg?", "Write the answer"),
    config("D050", MC, "metadata:", "fewshot_config: {doc_to_text: 'Q: {{question}}'}\nmetadata:",
           "fewshot_config", "Remove it"),
    config("D050", MC, "metadata:", "fewshot_config: {doc_to_choice: [1 mg, 2 mg, 3 mg, 4 mg]}\nmetadata:",
           "fewshot_config", "Remove it"),
    config("D050", MC, "metadata:", "fewshot_config: {target_delimiter: ': '}\nmetadata:", "fewshot_config", "Remove"),
    Defect("D021", GEN, ROWS, '"note": "sums"', '"note": ["sums"]', '"test-2"', "Write a text"),
    Defect("D021", GEN, ROWS, '"note": "sums"', '"note": {"of": "sums"}', '"test-2"', "Write a text"),
    Defect("C024", GEN, "card.yaml", "canary: eval", "fields: {gold: id}\ncanary: eval", "fields", "Name the column"),
]
