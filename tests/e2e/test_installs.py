"""What a job installs is enough for the verbs that it runs: a job with a token should hold little else."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from tests.builders import REPOSITORY_ROOT

#: What each extra brings, beside the light install. The whole harness comes with ``run`` only.
BRINGS = {
    "": set(),
    "github": {"httpx"},
    "site": {"numpy", "pyarrow", "scipy", "sacrebleu", "sklearn"},
    "cards": {"resvg_py"},
    "run": {"httpx", "numpy", "pyarrow", "scipy", "sacrebleu", "sklearn", "lm_eval", "torch", "transformers",
            "datasets", "huggingface_hub", "tenacity", "gguf", "accelerate"},
}
#: The modules behind each verb, without those that it imports in a process of its own.
MODULES = {
    "github guard": ["commons.cli.github_guard", "commons.github.guard", "commons.lint.render"],
    "github comment": ["commons.cli.github_comment", "commons.github.derive_people", "commons.github.compute",
                       "commons.github.comment", "commons.github.lane_api", "commons.github.artifact"],
    "github merge": ["commons.cli.github_merge", "commons.github.lane_decide", "commons.github.lane_merge",
                     "commons.github.artifact"],
    "github published": ["commons.cli.github_published", "commons.github.afterwards_tell", "commons.plan.planfile"],
    "github labels": ["commons.cli.github_labels", "commons.github.labels_put"],
    "lifecycle": ["commons.cli.lifecycle", "commons.github.lifecycle", "commons.github.lifecycle.execute",
                  "commons.analyse.items", "commons.analyse.refreshes"],
    "site build": ["commons.cli.site", "commons.publish.build", "commons.publish.pages"],
}
_VERB = re.compile(r"commons (github \w+|site build|lifecycle)")
_PROGRAM = """
import importlib, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {refused}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Refuse())
for name in {modules}:
    importlib.import_module(name)
"""


def _jobs() -> list[tuple[str, str, str]]:
    """Workflow and job, a verb that it runs, and the extras that it installs."""
    found = []
    for path in sorted((REPOSITORY_ROOT / ".github" / "workflows").glob("*.yml")):
        for title, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
            extras = [step.get("with", {}).get("extras", "") for step in job["steps"]
                      if step.get("uses") == "./.github/actions/setup"]
            for step in job["steps"]:
                found += [(f"{path.stem}: {title}", verb, extras[0]) for verb in _VERB.findall(step.get("run", ""))]
    return found


@pytest.mark.parametrize(("job", "verb", "extras"), _jobs())
def test_a_job_installs_what_its_verb_needs(job: str, verb: str, extras: str) -> None:
    """The verb's modules load where only the job's extras are installed."""
    if "run" in extras.split(","):
        return
    brought = set().union(*(BRINGS[one] for one in extras.split(",")))
    refused = set().union(*BRINGS.values()) - brought
    program = _PROGRAM.format(refused=refused, modules=MODULES[verb])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{job} runs `commons {verb}` with [{extras}]: {done.stderr[-800:]}"
