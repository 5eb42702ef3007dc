"""Suite files: what the harness's group format says, what stands under ``metadata: commons``, and their faults."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from lm_eval.tasks._yaml_loader import load_yaml

from commons.errors import BadFile
from commons.harness import HARNESS_VERSION
from commons.lint.builtin_names import NAMES_OF, builtin_names
from commons.pool.repository import Repository
from commons.pool.suites import BOARDS, Suite, full_name, read_suite
from commons.stats.across.leaderboard import V1_TASKS, V2_TASKS
from tests.builders import REPOSITORY_ROOT

PLAIN = """\
group: both
task: [sums, words]
aggregate_metric_list:
  - {metric: acc}
"""
MIXED = """\
group: mixed
task:
  - sums
  - task: hellaswag
    num_fewshot: 10
metadata:
  commons:
    title: A mixed suite
    rule: macro mean
    harness: 0.4.13
    built_in:
      - board: HellaSwag
        metrics: [acc_norm, "exact_match,strict-match"]
        shots: 10
        tasks: {hellaswag: 4}
"""


def written(folder: Path, text: str) -> Suite:
    """The suite of a file with this text, called as its group."""
    path = folder / f"{yaml.safe_load(text)['group']}.yaml"
    path.write_text(text, encoding="utf-8")
    return read_suite(path)


def test_a_plain_group_is_a_macro_mean(tmp_path: Path) -> None:
    """Without anything under ``commons`` the harness's own aggregate says the rule."""
    suite = written(tmp_path, PLAIN)

    assert (suite.rule, suite.metric, suite.title) == ("macro mean", "acc", "both")
    assert suite.pool_tasks == suite.names == ("sums", "words")


def test_weight_by_size_is_the_other_mean(tmp_path: Path) -> None:
    """``weight_by_size: true`` is the size-weighted mean."""
    assert written(tmp_path, PLAIN.replace("{metric: acc}", "{metric: acc, weight_by_size: true}")).rule == (
        "size-weighted mean")


def test_a_suite_may_mix_its_own_and_built_in_tasks(tmp_path: Path) -> None:
    """Members described under ``built_in`` are the harness's; all others are the pool's."""
    suite = written(tmp_path, MIXED)
    (task,) = suite.built_in.values()

    assert (suite.names, suite.pool_tasks) == (("sums", "hellaswag"), ("sums",))
    assert (task.board, task.shots, task.choices) == ("HellaSwag", 10, 4)
    assert task.metrics == ("acc_norm,none", "exact_match,strict-match")
    assert full_name("acc") == "acc,none"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("rule: macro mean", "rule: macro maen", 9, "must be one of"),
        ("title: A mixed", "titel: A mixed", 8, "`title`"),
        ("board: HellaSwag", "name: HellaSwag", 12, "known here"),
        ("    harness: 0.4.13\n", "", 7, "`harness:`"),
        ("num_fewshot: 10", "num_fewshot: 5", 4, "Let both say the same"),
        ("{hellaswag: 4}", "{hellaswag: 4, boolq: 2}", 14, "Add it to `task:`"),
        ("{hellaswag: 4}", "{hellaswag: 1}", 15, "Correct the value"),
        ("tasks: {hellaswag: 4}", "tasks: {hellaswag: 4}\n    near_duplicates: [[sums, smus]]", 15, "Correct the name"),
        ("  - sums", "  - {task: sums, num_fewshot: 2}", 3, "put in one way everywhere"),
        ("rule: macro mean", "rule: open_llm_leaderboard_v2", 2, "Describe it under `built_in:`"),
        ("rule: macro mean", "rule: size-weighted mean", 9, "weight_by_size"),
        ("    rule: macro mean\n", "", 1, "aggregate_metric_list"),
        ("group: mixed", "group: hard", 1, "Choose another"),
        ("group: mixed", "extras: {}\ngroup: mixed", 1, "under `metadata:`"),
        ("metrics: [acc_norm,", "metrics: [acc norm,", 13, "`metric,filter`"),
    ],
)
def test_a_fault_has_its_line_and_its_mend(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    """Every key is checked, also those under ``metadata: commons``, and each fault is named at its line."""
    assert old in MIXED
    with pytest.raises(BadFile) as caught:
        written(tmp_path, MIXED.replace(old, new))

    assert any(problem.where is not None and abs(problem.where.line - line) <= 1 and words in problem.mend
               for problem in caught.value.problems), caught.value.problems


def test_a_member_described_twice_is_a_fault(tmp_path: Path) -> None:
    """A task that is part of two boards would count twice."""
    again = "      - {board: B, metrics: [acc], shots: 10, tasks: {hellaswag: 4}}\n"
    with pytest.raises(BadFile, match="described twice"):
        written(tmp_path, MIXED + again)


def committed() -> dict[str, Suite]:
    """The suites of this repository."""
    return {suite.group: suite for suite in Repository(REPOSITORY_ROOT).suites()}


@pytest.mark.parametrize(("name", "tasks", "members"), [("open_llm_leaderboard_v2", V2_TASKS, 39),
                                                        ("open_llm_leaderboard_v1", V1_TASKS, 62)])
def test_the_boards_resolve_to_the_pinned_harness(name: str, tasks: tuple[str, ...], members: int) -> None:
    """Each board names its six tasks, and every member is built into the harness that this repository pins."""
    suite = committed()[name]

    assert suite.rule == name in BOARDS
    assert suite.extras.harness == HARNESS_VERSION == NAMES_OF
    assert tuple(dict.fromkeys(task.board for task in suite.built_in.values())) == tasks
    assert len(suite.names) == members
    assert set(suite.names) == set(suite.built_in) <= builtin_names()


def installed(names: set[str]) -> dict[str, dict[str, object]]:
    """The harness's own configurations of some tasks, with what they include, read and not loaded."""
    import lm_eval.tasks

    root = Path(lm_eval.tasks.__file__).parent
    folders = ["leaderboard", "arc", "hellaswag", "winogrande", "gsm8k", "truthfulqa", "mmlu/default"]
    found = {}
    for path in sorted(one for folder in folders for one in (root / folder).rglob("*.yaml")):
        config = load_yaml(path, resolve_func=False)
        if isinstance(config, dict) and isinstance(config.get("task"), str) and config["task"] in names:
            found[config["task"]] = config
    return found


@pytest.mark.parametrize("name", ["open_llm_leaderboard_v2", "open_llm_leaderboard_v1"])
def test_the_boards_say_what_the_harness_does(name: str) -> None:
    """Shots, metrics and the number of options of every member are those of the installed configuration."""
    suite = committed()[name]
    configs = installed(set(suite.names))
    put = {one.task: one.num_fewshot for one in suite.task if not isinstance(one, str)}
    options = {"leaderboard_musr_murder_mysteries": 2, "leaderboard_musr_object_placements": 5,
               "leaderboard_musr_team_allocation": 3, "leaderboard_mmlu_pro": 10, "arc_challenge": 4, "hellaswag": 4,
               "winogrande": 2}

    assert set(configs) == set(suite.names)
    for task in suite.built_in.values():
        config = configs[task.name]
        assert put.get(task.name, config.get("num_fewshot") or 0) == task.shots, task
        filters = {one["name"] for one in config.get("filter_list") or [{"name": "none"}]}
        for metric, chosen in (one.split(",") for one in task.metrics):
            assert metric in {one["metric"] for one in config["metric_list"]}, task
            assert chosen in filters, task
        choices = config.get("doc_to_choice")
        known = len(choices) if isinstance(choices, list) else options.get(task.name)
        assert task.choices == known, task


def test_the_members_of_version_2_are_those_of_the_harness_group() -> None:
    """No subtask of the harness's `leaderboard` group is missing, and none is added."""
    import lm_eval.tasks

    root = Path(lm_eval.tasks.__file__).parent / "leaderboard"
    groups = {config["group"]: config["task"] for path in root.rglob("*.yaml")
              if "group" in (config := load_yaml(path, resolve_func=False))}
    members = {inner for name in groups["leaderboard"] for inner in groups.get(name, [name])}

    assert members == set(committed()["open_llm_leaderboard_v2"].names)


def test_the_harness_reads_every_suite_as_a_group() -> None:
    """What stands under ``metadata: commons`` is ignored by the harness: each file is a group of its names."""
    from lm_eval.tasks import TaskManager

    folder = REPOSITORY_ROOT / "tasks" / "_suites"
    known = TaskManager(include_path=str(folder), include_defaults=False)

    assert known.all_groups == sorted(committed())
    for name, suite in committed().items():
        config = known.task_index[name].cfg
        assert [one if isinstance(one, str) else one["task"] for one in config["task"]] == list(suite.names)
