"""Planted defects of the prompts: joining, placeholders, language, length, answers given away, framing."""

from __future__ import annotations

from tests.lint.builders import GENERATE, LOGLIKELIHOOD, MULTIPLE_CHOICE
from tests.lint.defects import ROWS, Defect, config

MC, GEN, LL = MULTIPLE_CHOICE, GENERATE, LOGLIKELIHOOD
TEXT = 'doc_to_text: "{{question}}\\nAnswer:"'
FRENCH = (
    "Une infirmière prépare deux ampoules pour un malade qui attend depuis le matin, puis elle en ajoute trois autres "
    "parce que la douleur ne passe pas; combien de milligrammes a-t-elle donnés en tout pendant cette longue journée à "
    "l'hôpital de la ville, si chaque ampoule en contient un seul et si rien n'a été perdu en route?"
)
RUSSIAN = "Сколько миллиграммов лекарства получил больной, если утром ему дали два, а вечером ещё три миллиграмма?"

DEFECTS = [
    # P002: how prompt and answer are joined.
    config("P002", MC, 'Answer:"', 'Answer: "', "doc_to_text", "Remove the blank"),
    config("P002", MC, 'Answer:"', 'Answer:\\n"', "doc_to_text", "target_delimiter"),
    config("P002", MC, "doc_to_choice: choices", "doc_to_choice: \"{{[' ' ~ choices[0], ' x', ' y']}}\"",
           "doc_to_choice", "from the choices"),
    config("P002", MC, TEXT, 'doc_to_text: "{{question}} Answer"\ntarget_delimiter: ""', "target_delimiter", "Remove"),
    config("P002", MC, "metadata:", 'description: "Add the doses."\nmetadata:', "description", "line break"),
    config("P002", MC, "metadata:", 'fewshot_delimiter: ""\nmetadata:', "fewshot_delimiter", "\\n\\n"),
    config("P002", GEN, 'Answer:"', 'Answer: "', "doc_to_text", "Remove it"),
    config("P002", GEN, "metadata:", 'gen_prefix: "It is "\nmetadata:', "gen_prefix", "Remove it"),
    config("P002", LL, "doc_to_text: question", 'doc_to_text: "{{question}} "', "doc_to_target", "Remove the one"),
    config("P002", LL, 'doc_to_text: question\ndoc_to_target: " {{answer}}"',
           'doc_to_text: "{{question}} It is"\ndoc_to_target: "{{answer}}"', "doc_to_target", "write the blank"),
    # P003: what should have been replaced.
    config("P003", MC, "{{question}}", "{{question}} {note}", "doc_to_text", "`{{note}}`"),
    config("P003", MC, "{{question}}", "{{question}} ${note}", "doc_to_text", "`{{note}}`"),
    config("P003", MC, "{{question}}", "<note>: {{question}}", "doc_to_text", "`{{note}}`"),
    config("P003", MC, "{{question}}", "{{question}} %s", "doc_to_text", "in its place"),
    config("P003", MC, "{{question}}", "[INSERT TASK] {{question}}", "doc_to_text", "in its place"),
    config("P003", MC, "{{question}}", "TODO: say how. {{question}}", "doc_to_text", "in its place"),
    config("P003", MC, TEXT, "doc_to_text: '{{question}}\\nAnswer:'", "doc_to_text", "double quotes"),
    config("P003", MC, "metadata:", "fewshot_delimiter: '\\n\\n'\nmetadata:", "fewshot_delimiter", "double quotes"),
    config("P003", GEN, 'until: ["\\n"]', "until: ['\\n']", "until:", "double quotes"),
    Defect("P003", MC, ROWS, '"question": "2 mg and 3 mg?"', '"question": "2 mg and {{dose}} mg?"', "test-2",
           "in its place"),
    Defect("P003", MC, ROWS, '"question": "2 mg and 3 mg?"', '"question": "Lorem ipsum dolor"', "test-2", "in its"),
    # P004 and P005: language.
    Defect("P004", MC, "card.yaml", "[en]", "[ru]", "languages", "Correct the languages"),
    Defect("P005", LL, ROWS, '"question": "2 mg and 3 mg?"', f'"question": "{FRENCH[:118]}"', "test-2", "Translate"),
    Defect("P005", LL, ROWS, '"question": "2 mg and 3 mg?"', f'"question": "{RUSSIAN[:33]}?"', "test-2", "Translate"),
    # P006 and P012: length against a pool whose one model reads 2,048 tokens.
    Defect("P006", MC, ROWS, '"question": "2 mg and 3 mg?"', '"question": "' + "on and " * 1_100 + '?"', "test-2",
           "Shorten"),
    Defect("P012", MC, ROWS, '"question": "2 mg and 3 mg?"', '"question": "' + "milligrammes " * 700 + '?"', "test-2",
           "Shorten"),
    # P007 to P010: answers given away, items that are not shown.
    config("P007", GEN, "{{question}}", "{{question}} ({{answer}})", "doc_to_text", "`answer`"),
    config("P007", MC, "{{question}}", "{{question}} {{choices[answer]}}", "doc_to_text", "`answer`"),
    config("P007", MC, "{{question}}", "{{question}} {{'ABC'[answer]}}", "doc_to_text", "`answer`"),
    config("P007", GEN, "metadata:", 'gen_prefix: "{{answer|upper}}"\nmetadata:', "gen_prefix", "`answer`"),
    config("P010", MC, "{{question}}", "Question", "doc_to_text", "{{question}}"),
    config("P010", GEN, "{{question}}", "question", "doc_to_text", "{{question}}"),
    Defect("P008", GEN, f"{GEN}.yaml", "{{question}}", "{{question}} {{answer[0:9]}}", "test-2", "out of the prompts",
           ROWS),
    Defect("P009", MC, ROWS, '"question": "2 mg and 3 mg?"', '"question": "5 mg less nothing?"', "test-2", "Word the"),
    # P011: framing.
    Defect("P011", MC, ROWS, '"question": "2 mg and 3 mg?"', '"question": "How old is our president?"', "test-2",
           "Name the country"),
    Defect("P011", GEN, ROWS, '"question": "2 mg and 3 mg?"', '"question": "What is it currently?"', "test-2", "Name"),
]
