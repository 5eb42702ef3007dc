"""Attacks by code: in hooks, templates, settings and metrics, and in files that Python loads by itself."""

from __future__ import annotations

import py_compile
from pathlib import Path

from tests.e2e.hostile.attack import Place, attack
from tests.e2e.hostile.material import HOOKED, config, good, hook, mischief, replace

_TRIES = "found = reach(SOURCE)['everything']()"


@attack("failure", "S001")
def function_os_system(clone: Path, place: Place) -> None:
    """``!function os.system`` in the settings runs a shell as soon as the harness loads them."""
    folder = good(clone)
    replace(config(folder), "doc_to_choice: choices", "doc_to_choice: !function os.system\nprocess_docs: !function "
            f"subprocess.check_output\nprocess_results: !function builtins.exec # touch {place.marker}")


@attack("failure")
def python_tags_in_yaml(clone: Path, place: Place) -> None:
    """Python objects in the card and in the settings, which an unsafe loader would make."""
    folder = good(clone)
    tag = f"!!python/object/apply:os.system ['touch {place.marker}']"
    replace(folder / "card.yaml", "human_baseline: null", f"human_baseline: {tag}")
    replace(config(folder), "num_fewshot: 0", f"num_fewshot: {tag}")


@attack("failure", "S005")
def code_at_import(clone: Path, place: Place) -> None:
    """Hooks that do everything when they are imported."""
    path = good(clone, HOOKED) / "hooks.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{mischief(place)}\neverything()\n", encoding="utf-8")


@attack("success", "which a person has to read")
def code_in_a_prompt(clone: Path, place: Place) -> None:
    """A prompt hook that lint takes for plain does everything, and puts what it found into the prompts."""
    hook(clone, f"{_TRIES}\nreturn found + doc['note']", mischief(place))


@attack("success", "which a person has to read")
def code_in_a_grader(clone: Path, place: Place) -> None:
    """A grader that lint takes for plain does everything once, and then grades rightly, so that nobody looks."""
    hook(clone, f"if 'everything' not in SEEN:\n    SEEN.append('everything')\n    {_TRIES}", mischief(place),
         grade=True)
    path = clone / "tasks" / HOOKED / "hooks.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n\nSEEN = []\n", encoding="utf-8")


@attack("failure")
def what_was_found_in_an_exception(clone: Path, place: Place) -> None:
    """A grader that raises what it found, among commands, so that gates quote it."""
    hook(clone, f"{_TRIES}\nraise ValueError(SPEECH + found)", mischief(place), grade=True)
    path = clone / "tasks" / HOOKED / "hooks.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n\nSPEECH = '\\n::error::OWNED\\n::set-output name=tasks::"
                    "OWNED\\n@pool/maintainers <img src=https://evil.example/a.png> '\n", encoding="utf-8")


@attack("failure")
def a_template_that_reaches_python(clone: Path, place: Place) -> None:
    """The prompt's template walks from a Jinja object to ``os`` and runs a shell."""
    folder = good(clone)
    replace(config(folder), "{{question}}", "{{ cycler.__init__.__globals__.os.popen('touch "
            f"{place.marker}; cat {place.secret}').read() }}}} {{{{question}}}}")


@attack("failure")
def a_template_that_computes_names(clone: Path, place: Place) -> None:
    """The same with names that are put together while it is rendered, and a format string."""
    folder = good(clone)
    walk = ("{{ (question|attr('__cla' ~ 'ss__')|attr('__mr' ~ 'o__')) }} "
            "{{ '{0.__class__.__init__}'.format(question) }}")
    replace(config(folder), "{{question}}", f"{walk} {{% set x = namespace(a=1) %}}{{{{question}}}}")


@attack("failure")
def a_metric_file(clone: Path, place: Place) -> None:
    """A metric and a filter of the task's own, in files that the harness loads by their names."""
    folder = good(clone)
    (folder / "metric.py").write_text(f"{mischief(place)}\neverything()\n", encoding="utf-8")
    replace(config(folder), "- {metric: acc,", "- {metric: !function metric.everything, hf_evaluate: true,")


@attack("failure")
def the_harness_handed_over(clone: Path, place: Place) -> None:
    """The settings name a class, a loader and a data set script of the task's own."""
    folder = good(clone)
    (folder / "loader.py").write_text(f"{mischief(place)}\neverything()\n", encoding="utf-8")
    replace(config(folder), "dataset_path: json", "dataset_path: ./loader.py\ncustom_dataset: !function "
            "loader.everything\nclass: !function loader.everything")
    replace(config(folder), "data_files:", "trust_remote_code: true\n  data_files:")


@attack("failure")
def modules_that_python_loads(clone: Path, place: Place) -> None:
    """Files in the task folder that Python, pytest or the harness would take for their own."""
    folder = good(clone)
    source = f"{mischief(place)}\neverything()\n"
    for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "commons/__init__.py", "lm_eval/__init__.py",
                 "json.py", "evil.pth", "__init__.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(source if name.endswith(".py") else f"import os; os.system('touch {place.marker}')",
                                   encoding="utf-8")


@attack("failure")
def bytecode_that_nobody_reads(clone: Path, place: Place) -> None:
    """Innocent hooks beside bytecode of the same name that does everything."""
    folder = good(clone, HOOKED)
    source = clone / "evil.py"
    source.write_text(f"{mischief(place)}\neverything()\nfrom json import *\n", encoding="utf-8")
    for name in ("__pycache__/hooks.cpython-311.pyc", "hooks.pyc", "json.pyc"):
        py_compile.compile(str(source), str(folder / name), invalidation_mode=py_compile.PycInvalidationMode(2))
    source.unlink()


@attack("failure", slow=True)
def a_hook_that_never_ends(clone: Path, place: Place) -> None:
    """A grader that forks without end, holds memory, fills the disk and then sleeps."""
    source = """
import os, time
def everything():
    for _ in range(200):
        try:
            if os.fork() == 0:
                try:
                    held = bytearray(10**9)
                    with open('/tmp/full', 'ab') as file:
                        while True:
                            file.write(bytes(10**6))
                except Exception:
                    time.sleep(3600)
        except OSError:
            pass
    time.sleep(3600)
"""
    hook(clone, _TRIES, source, grade=True)


@attack("failure")
def a_hook_that_kills(clone: Path, place: Place) -> None:
    """A grader that kills every process it can see, its own group first."""
    source = """
import os, signal
def everything():
    for number in range(2, 40000):
        try:
            os.kill(number, signal.SIGKILL)
        except OSError:
            pass
    os.killpg(0, signal.SIGKILL)
"""
    hook(clone, _TRIES, source, grade=True)


@attack("failure")
def a_hook_that_writes_the_result(clone: Path, place: Place) -> None:
    """A grader that writes the worker's result file itself, puts a link in its place, and leaves."""
    source = f"""
import os
def everything():
    for step in (lambda: os.unlink('/exchange/result.json'),
                 lambda: os.symlink({str(place.secret)!r}, '/exchange/result.json'),
                 lambda: open('/exchange/result.json', 'w').write('{{"state": ' + '[' * 100000)):
        try:
            step()
        except OSError:
            pass
    os._exit(0)
"""
    hook(clone, _TRIES, source, grade=True)


@attack("failure")
def a_hook_that_talks_without_end(clone: Path, place: Place) -> None:
    """A grader that prints commands and gigabytes, to fill the log and the disk of the runner."""
    source = """
import os
def everything():
    for _ in range(2000):
        os.write(1, b'\\n::error::OWNED\\n' + b'x' * 10**6)
        os.write(2, b'\\n::set-output name=tasks::OWNED\\n' + b'x' * 10**6)
    raise ValueError('said')
"""
    hook(clone, _TRIES, source, grade=True)
