"""The table of planted defects: what is changed in a correct task, and the finding that must come of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.lint.builders import CANARY, GENERATE, LOGLIKELIHOOD, MULTIPLE_CHOICE, ROLLING

ROWS = "data/test.jsonl"


@dataclass(frozen=True)
class Defect:
    """A planted defect, the code it must give, the words on its line (none: the whole file), and part of the mend."""

    code: str
    task: str
    file: str
    old: str | None
    new: str | None
    at: str | None
    mend: str
    reported_in: str | None = None

    def __str__(self) -> str:
        return f"{self.code}-{self.file}-{(self.new or 'deleted')[:24]!r}"


def config(code: str, task: str, old: str, new: str, at: str | None, mend: str) -> Defect:
    """A defect in the harness configuration."""
    return Defect(code, task, f"{task}.yaml", old, new, at, mend)


MC, GEN, LL, ROLL = MULTIPLE_CHOICE, GENERATE, LOGLIKELIHOOD, ROLLING
ROW_2 = '"id": "test-2"'
MC_2 = '"choices": ["4 mg", "5 mg", "6 mg"], "answer": 1'

DEFECTS = [
    # The form of the configuration.
    config("T001", MC, "output_type: m", "output_type m", "doc_to_text", "Check indentation"),
    config("T001", MC, "num_fewshot: 2", "test_split: dev\nnum_fewshot: 2", "test_split: dev", "keep one"),
    config("T001", MC, "num_fewshot: 2", "num_fewshot: !!int two", "!!int", "in quotes"),
    config("T001", MC, "metadata:", "tag: !!set {a}\nmetadata:", "!!set", "Remove it"),
    config("T001", MC, "test_split: test", "test_split: test\ninclude: gone.yaml", "include", "gone.yaml"),
    config("T001", MC, "test_split: test", "test_split: test\ninclude: ../x.yaml", "include", "inside the task"),
    config("T001", MC, "test_split: test", "test_split: test\ninclude: dose_check.yaml", "include", "Remove one"),
    config("T002", MC, "test_split: test", "test_spilt: test", "test_spilt", "`test_split`"),
    config("T002", MC, "metadata:", "fewshot_config: {samplr: first_n}\nmetadata:", "samplr", "`sampler`"),
    config("T003", MC, "multiple_choice", "multiple-choice", "output_type", "multiple_choice"),
    config("T003", MC, "num_fewshot: 2", "num_fewshot: two", "num_fewshot", "Correct"),
    config("T003", MC, "doc_to_text: \"{{question}}\\nAnswer:\"", "doc_to_text: [question]", "doc_to_text", "Correct"),
    config("T003", MC, "metadata:", "process_docs: {name: os.system}\nmetadata:", "process_docs", "!function"),
    config("T004", MC, "task: dose_check", "task: dose_checks", "task:", "task: dose_check"),
    # Settings.
    config("T005", MC, "task: dose_check\n", "", "dataset_path", "Add `task:`"),
    config("T005", MC, "dataset_path: json\n", "", "task:", "dataset_path: json"),
    config("T005", MC, "test_split: test\n", "", "task:", "test_split"),
    config("T005", MC, "output_type: multiple_choice\n", "", "task:", "multiple_choice"),
    config("T005", MC, "doc_to_choice: choices\n", "", "task:", "doc_to_choice: choices"),
    config("T005", MC, "doc_to_target: answer\n", "", "task:", "doc_to_target: answer"),
    config("T005", LL, "doc_to_text: question\n", "", "task:", "question"),
    config("T005", MC, "    aggregation: mean\n", "", "metric: acc", "aggregation: mean"),
    config("T005", MC, "    higher_is_better: true\n", "", "metric: acc", "higher_is_better: true"),
    config("T005", MC, "fewshot_split: dev\n", "", "num_fewshot", "fewshot_split"),
    config("T005", MC, "fewshot_split: dev", "fewshot_split: test", "fewshot_split", "of their own"),
    config("T005", MC, "dev: data/dev", "dev: data/test", "fewshot_split", "of their own"),
    config("T005", MC, "fewshot_split: dev", "fewshot_config: {split: test}", "fewshot_config", "of their own"),
    config("T005", GEN, '  until: ["\\n"]\n', "", "generation_kwargs", "until:"),
    config("T005", GEN, 'until: ["\\n"]', "until: []", "until:", "list of texts"),
    config("T005", GEN, 'until: ["\\n"]', 'until_: ["\\n"]', "until_:", "`until`"),
    config("T005", GEN, 'until: ["\\n"]', 'stop: ["\\n"]', "stop:", "`until`"),
    config("T005", GEN, "  max_gen_toks: 16\n", "", "generation_kwargs", "max_gen_toks: 64"),
    config("T005", GEN, "max_gen_toks: 16", "max_gen_toks: 0", "max_gen_toks", "for example 64"),
    config("T005", GEN, "max_gen_toks", "max_new_tokens", "max_new_tokens", "`max_gen_toks`"),
    config("T005", GEN, "max_gen_toks", "max_tokens", "max_tokens", "`max_gen_toks`"),
    config("T005", GEN, "do_sample", "banana", "banana", "known here"),
    # Files.
    Defect("T006", MC, "dose_check.yaml", None, None, None, "dose_check.yaml"),
    Defect("T006", MC, "card.yaml", None, None, None, "Add it"),
    Defect("T006", MC, "README.md", None, None, None, "Write a page"),
    Defect("T006", MC, "README.md", None, "", None, "Write a page"),
    # The card.
    Defect("C001", MC, "card.yaml", "title: \"Doses: dose_check\"", "title: Doses: sums", "title", "Check indentation"),
    Defect("C001", MC, "card.yaml", "ai_use: none", "ai_use: none\ntitle: Again", "title: Again", "line 1"),
    Defect("C002", MC, "card.yaml", "ai_use", "license: MIT\nai_use", "license: MIT", "`licence`"),
    Defect("C003", MC, "card.yaml", "licence: CC-BY-4.0\n", "", "title", "Add `licence:`"),
    Defect("C003", MC, "card.yaml", "domain: medicine", "domain: cooking", "domain", "medicine"),
    Defect("C003", MC, "card.yaml", "published: 2026-02-01", "published: spring", "first_published", "date"),
    Defect("C004", MC, "card.yaml", "by hand", '"EDIT: how"', "collected", "your own words"),
    Defect("C004", MC, "card.yaml", "[someone]", "[your-github-handle]", "owners", "without @"),
    Defect("C004", MC, "README.md", "What it", "EDIT: what it", "EDIT", "your own words"),
    Defect("C006", MC, "card.yaml", "chance: 0.333", "chance: 25", "chance", "0 to 1"),
    Defect("C006", MC, "card.yaml", "  direction: higher", "  direction: higher\n  ceiling: .inf", "ceiling", "null"),
    Defect("C006", MC, "card.yaml", "published: 2026-02-01", "published: 2999-01-01", "first_pub", "Correct"),
    # Where the data are.
    config("D001", MC, "test: data/test.jsonl", "test: data/tset.jsonl", "tset", "correct the name"),
    config("D001", MC, "test: data/test.jsonl", "test: ../other/test.jsonl", "../other", "inside the task folder"),
    config("D001", MC, "test: data/test.jsonl", "test: /etc/passwd", "/etc/passwd", "inside the task folder"),
    config("D001", MC, "test_split: test", "test_split: tests", "test_split", "`dev`"),
    config("D001", MC, "fewshot_split: dev", "fewshot_split: devel", "fewshot_split", "`dev`"),
    Defect("D002", MC, ROWS, '{"id": "test-3"', '{id: "test-3"', "{id:", "quotes"),
    Defect("D002", MC, ROWS, '{"id": "test-3"', '{"id": "a", "id": "test-3"', '"a"', "Keep one"),
    Defect("D002", MC, ROWS, '{"id": "test-3"', '["list"]\n{"id": "test-3"', "list", "object"),
    Defect("D002", MC, ROWS, '"note": "sums"', '"note": NaN', "NaN", "quotes"),
    Defect("D002", MC, ROWS, ROW_2, '"id": ' + "9" * 5000, "9999", "quotes"),
    Defect("D002", MC, ROWS, '{"id": "test-2"', '\ufeff{"id": "test-2"', "test-2", "byte order mark"),
    Defect("D003", MC, ROWS, None, "\n\n", "test: data", "one JSON object a line", f"{MC}.yaml"),
    Defect("D004", MC, ROWS, '"note": "sums", ', "", "test-2", "Add it"),
    Defect("D004", MC, ROWS, '"note"', '"not"', "test-2", "`not`"),
    Defect("D004", MC, ROWS, '"note": "sums"', '"note": "sums", "hint": "x"', "hint", "Remove it"),
    Defect("D005", MC, ROWS, "456789abc", "456789abd", "test-2", "eval-commons:"),
    Defect("D005", MC, "data/dev.jsonl", f', "canary": "{CANARY}"', "", "dev-20", "eval-commons:"),
    Defect("D006", MC, ROWS, ROW_2, '"id": "test-3"', '"3 mg and', "no other row"),
    Defect("D006", MC, ROWS, ROW_2, '"id": ""', '"id": ""', "no other row"),
    Defect("D006", MC, ROWS, ROW_2, '"id": null', '"id": null', "no other row"),
    Defect("D006", MC, ROWS, '"id": "test-2", ', "", "2 mg", "no other row"),
    config("D008", MC, "dataset_path: json", "dataset_path: csv", "dataset_path", "json"),
    config("D008", MC, "dataset_path: json", "dataset_path: ./data", "dataset_path", "json"),
    config("D008", MC, "dataset_path: json", "dataset_path: someone/doses", "dataset_path", "40 hexadecimal"),
    config("D008", MC, "  data_files:\n    test: data/test.jsonl\n    dev: data/dev.jsonl\n", "  revision: main\n",
           "revision", "40 hexadecimal"),
    config("D008", MC, "dataset_kwargs:\n  data_files:\n    test: data/test.jsonl\n    dev: data/dev.jsonl\n", "",
           "dataset_path", "data_files"),
    # Right answers.
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ": 3"), "test-2", "from 0"),
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ": -1"), "test-2", "from 0"),
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ': "1"'), "test-2", "without quotes"),
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ': "B"'), "test-2", "Write 1"),
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ': "5 MG "'), "test-2", "Write 1"),
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ': "seven"'), "test-2", "from 0"),
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ": true"), "test-2", "from 0"),
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ": null"), "test-2", "from 0"),
    Defect("D007", MC, ROWS, MC_2, MC_2.replace(": 1", ": 1.5"), "test-2", "from 0"),
    Defect("D007", MC, ROWS, '"answer": 1, "note": "sums", "canary"', '"answer": [1, 7], "note": "sums", "canary"',
           "test-2", "from 0"),
    Defect("D007", MC, ROWS, '6 mg and 3 mg?", "choices": ["9 mg", "10 mg", "8 mg"], "answer": 0',
           '6 mg and 3 mg?", "choices": ["9 mg", "10 mg", "8 mg"], "answer": [0]', "test-6", "every row a list"),
    Defect("D007", MC, ROWS, '"4 mg", "5 mg"', '"5 mg", "5 mg"', "test-2", "different"),
    Defect("D007", MC, ROWS, '"4 mg", "5 mg"', '"", "5 mg"', "test-2", "remove it"),
    Defect("D007", MC, ROWS, '"4 mg", "5 mg"', '4, "5 mg"', "test-2", "double quotes"),
    Defect("D007", MC, ROWS, '["4 mg", "5 mg", "6 mg"]', '"4, 5, 6"', "test-2", "list of texts"),
    Defect("D007", MC, ROWS, '["4 mg", "5 mg", "6 mg"], "answer": 1', '["5 mg"], "answer": 0', "test-2", "Add"),
    config("D007", MC, "doc_to_choice: choices", 'doc_to_choice: ["yes", "yes"]', "doc_to_choice", "different"),
    Defect("D009", GEN, ROWS, '"answer": "5 mg"', '"answer": ""', "test-2", "Write the answer"),
    Defect("D009", GEN, ROWS, '"answer": "5 mg"', '"answer": null', "test-2", "Write the answer"),
    Defect("D009", GEN, ROWS, '"answer": "7 mg"', '"answer": ["7 mg"]', "test-4", "Give every row"),
    Defect("D009", LL, ROWS, '"answer": "5 mg"', '"answer": ""', "test-2", "Write the answer"),
    Defect("D009", ROLL, ROWS, '"answer": "5 mg"', '"answer": " "', "test-2", "Write the answer"),
    Defect("D009", ROLL, ROWS, '"answer": "5 mg"', '"answer": 5', "test-2", "double quotes"),
    # Prompts.
    config("P001", MC, "{{question}}", "{{queston}}", "doc_to_text", "`question`"),
    config("P001", MC, "{{question}}", "{{question", "doc_to_text", "closed"),
    config("P001", MC, "{{question}}", "{% if question %}", "doc_to_text", "closed"),
    config("P001", MC, "{{question}}", "{{question.author}}", "doc_to_text", "Correct"),
    config("P001", MC, "{{question}}", "{{question / 2}}", "doc_to_text", "Correct"),
    config("P001", MC, "{{question}}", "{{ 'a' * 900000000 }}", "doc_to_text", "Correct"),
    config("P001", MC, "{{question}}", "{% for n in range(999999) %}x{% endfor %}", "doc_to_text", "Correct"),
    config("P001", MC, "{{question}}", "{{question}}" + " x" * 10_001, "doc_to_text", "closed"),
    config("P001", MC, "doc_to_choice: choices", 'doc_to_choice: "{{question}}"', "doc_to_choice", "Correct"),
    config("P001", MC, "metadata:", 'description: "{{topic}}"\nmetadata:', "description", "columns"),
    config("P001", MC, "metadata:", 'fewshot_config: {doc_to_text: "{{nots}}"}\nmetadata:', "nots", "`note`"),
    config("P001", MC, "metadata:", 'fewshot_config: {gen_prefix: "{{"}\nmetadata:', "gen_prefix", "closed"),
    config("P001", LL, 'doc_to_target: " {{answer}}"', 'doc_to_target: " {{anwser}}"', "doc_to_target", "`answer`"),
    Defect("P001", LL, ROWS, '"question": "2 mg and 3 mg?"', '"question": 5', "doc_to_text", "Correct", f"{LL}.yaml"),
    # Metrics.
    Defect("M001", MC, "card.yaml", "metric: acc", "metric: accuracy", "metric:", "Did you mean `acc`?"),
    Defect("M001", GEN, "card.yaml", "filter: number", "filter: none", "filter:", "number"),
    Defect("M001", ROLL, "card.yaml", "direction: lower", "direction: higher", "direction:", "higher_is_better"),
    config("M002", MC, "metric: acc_norm", "metric: acc_nrom", "acc_nrom", "`acc_norm`"),
    config("M002", MC, "  - metric: acc_norm\n    aggregation: mean", "  - metric: acc_norm\n    aggregation: maen",
           "maen", "`mean`"),
    config("M002", MC, "  - metric: acc_norm\n    aggregation: mean\n", "  - metric: acc_norm\n    aggregation: mean\n"
           "    ignore_case: true\n", "ignore_case", "no arguments"),
    config("M002", GEN, "ignore_case", "ignore_cases", "ignore_cases", "`ignore_case`"),
    config("M002", MC, "metric: acc_norm", "metric: likelihood", "likelihood", "acc"),
    config("M002", LL, "metric: perplexity", "metric: acc_all", "acc_all", "acc"),
    config("M002", GEN, "    ignore_case: true\n", "  - {metric: bypass, aggregation: mean, higher_is_better: true}\n",
           "bypass", "exact_match"),
    config("M002", GEN, "ignore_case: true", "hf_evaluate: true", "hf_evaluate", "Remove"),
    config("M002", GEN, "function: take_first", "function: take_frist", "take_frist", "`take_first`"),
    config("M002", GEN, "regex_pattern", "regex_patern", "regex_patern", "`regex_pattern`"),
    config("M002", GEN, "'(\\d+)'", "'(\\d+'", "regex_pattern", "single quotes"),
    config("M002", GEN, "function: take_first", "function: take_first_k", "take_first_k", "`k:`"),
    config("M002", GEN, "function: take_first", "functoin: take_first", "functoin", "function:"),
    config("M003", MC, "  - metric: acc_norm\n    aggregation: mean", "  - metric: bleu\n    aggregation: bleu", "bleu",
           "acc_norm"),
    config("M003", LL, "  - metric: perplexity\n    aggregation: perplexity",
           "  - metric: acc_norm\n    aggregation: mean", "acc_norm", "perplexity"),
    config("M003", MC, "  - metric: acc_norm\n    aggregation: mean", "  - metric: acc_norm\n    aggregation: f1", "f1",
           "`mean`"),
    config("M004", MC, "metric: acc_norm", "metric: 'acc'", "'acc'", "Remove one"),
    config("M004", GEN, "metric_list:", "  - {name: number, filter: [{function: take_first}]}\nmetric_list:", "{name",
           "of its own"),
    # Safety.
    Defect("S004", MC, "hooks.pyc", None, "x", None, "Delete it"),
    config("S003", MC, "{{question}}", "{{question[question ~ 'x']}}", "doc_to_text", "columns"),
    config("S003", MC, "{{question}}", "{{[question]|map(attribute=note)|list}}", "doc_to_text", "columns"),
    config("S001", MC, "metadata:", "process_docs: !function os.system\nmetadata:", "os.system", "!function file.name"),
    config("S001", MC, "metadata:", "process_docs: !function system\nmetadata:", "!function", "!function file.name"),
    config("S001", MC, "metadata:", "process_docs: !function ..os.system\nmetadata:", "!function", "file.name"),
    config("S003", MC, "{{question}}", "{{question.__class__}}", "doc_to_text", "columns"),
    config("S003", MC, "{{question}}", "{{question['__class__']}}", "doc_to_text", "columns"),
    config("S003", MC, "{{question}}", "{{question|attr('x')}}", "doc_to_text", "columns"),
    config("S003", MC, "{{question}}", "{{[question]|map(attribute='__class__')|list}}", "doc_to_text", "columns"),
    config("S003", MC, "{{question}}", "{{lipsum()}}{{question}}", "doc_to_text", "columns"),
    config("S003", MC, "metadata:", 'doc_to_decontamination_query: "{{cycler._x}}"\nmetadata:', "decontam", "columns"),
]
