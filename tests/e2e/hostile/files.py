"""Attacks by files and paths: links, includes, submodules, git's own files, and trees that git would not write."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.e2e.hostile.attack import OWNED, Place, attack
from tests.e2e.hostile.material import config, good, mischief, replace
from tests.e2e.stage import Stage


@attack("failure", "is a link")
def data_that_is_a_link(clone: Path, place: Place) -> None:
    """The data file is a link to a secret of the machine."""
    data = good(clone) / "data" / "test.jsonl"
    data.unlink()
    data.symlink_to(place.secret)


@attack("failure", "is a link")
def a_card_that_is_a_link(clone: Path, place: Place) -> None:
    """Card and README are links: to the environment of whoever reads them, and to a secret."""
    folder = good(clone)
    for name, target in (("card.yaml", "/proc/self/environ"), ("README.md", str(place.secret))):
        (folder / name).unlink()
        (folder / name).symlink_to(target)


@attack("failure", "is a link")
def a_folder_that_is_a_link(clone: Path, place: Place) -> None:
    """The task's folder is a link to another task, its data folder one to a folder of secrets."""
    folder = good(clone)
    (clone / "tasks" / "another").symlink_to("last_word")
    (clone / "tasks" / "outside").symlink_to(place.marker.parent)
    shutil.rmtree(folder / "data")
    (folder / "data").symlink_to(place.marker.parent)


@attack("failure")
def an_include_outside(clone: Path, place: Place) -> None:
    """The settings include files outside of the folder, one of them a secret."""
    folder = good(clone)
    replace(config(folder), "num_fewshot: 0", f"num_fewshot: 0\ninclude: [../last_word/last_word.yaml, "
            f"{place.secret}, ../../../../../../etc/passwd]")


@attack("failure")
def data_files_outside(clone: Path, place: Place) -> None:
    """The data files lie outside of the folder: a secret, another task's, an address, and everything below the root."""
    folder = good(clone)
    replace(config(folder), "{test: data/test.jsonl}", f"{{test: {place.secret}, train: ../last_word/data/test.jsonl, "
            "other: 'http://127.0.0.1:8123/a.json', every: '/**/*.json'}")


@attack("failure", "is a submodule")
def a_submodule(clone: Path, place: Place) -> None:
    """A submodule in the task's folder, whose address is a command."""
    folder = good(clone)
    (clone / ".gitmodules").write_text(
        f'[submodule "x"]\n\tpath = tasks/{folder.name}/sub\n\turl = "ext::sh -c touch% {place.marker}"\n',
        encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", "sub"], cwd=folder, check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--allow-empty",
                    "-m", "a"], cwd=folder / "sub", check=True)


@attack("", refused=True)
def submodules_that_are_options(clone: Path, place: Place) -> None:
    """Submodules whose names, paths and addresses are options and ways up, which git refuses to fetch."""
    good(clone)
    (clone / ".gitmodules").write_text(
        f'[submodule "../../x"]\n\tpath = -u\n\turl = --upload-pack=touch {place.marker}\n'
        f"\tupdate = !touch {place.marker}\n", encoding="utf-8")


@attack("failure")
def a_checkout_that_differs(clone: Path, place: Place) -> None:
    """Attributes by which the files that are tried are others than those that lint and people read."""
    folder = good(clone)
    (folder / ".gitattributes").write_text("* text eol=crlf\n", encoding="utf-8")


@attack("pending")
def git_attributes(clone: Path, place: Place) -> None:
    """Attributes that run filters and merge drivers, and a configuration that defines them."""
    good(clone)
    rules = "* filter=evil diff=evil merge=evil export-subst\n*.none working-tree-encoding=UTF-16\n"
    (clone / ".gitattributes").write_text(rules, encoding="utf-8")
    commands = "".join(f'[{name} "evil"]\n\t{key} = touch {place.marker}\n' for name, key in (
        ("filter", "smudge"), ("filter", "clean"), ("diff", "textconv"), ("merge", "driver")))
    for name in (".gitconfig", ".lfsconfig"):
        (clone / name).write_text(f"[core]\n\tfsmonitor = touch {place.marker}\n{commands}", encoding="utf-8")


@attack("failure")
def a_bare_repository_inside(clone: Path, place: Place) -> None:
    """A folder that git takes for a bare repository, whose configuration runs a command."""
    folder = good(clone)
    for target in (folder, clone / "tasks"):
        (target / "objects").mkdir()
        (target / "refs").mkdir()
        for name in ("objects/keep", "refs/keep"):
            (target / name).write_text("", encoding="utf-8")
        (target / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
        (target / "config").write_text(
            f'[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsmonitor = "touch {place.marker}"\n'
            f'\tpager = "touch {place.marker}"\n\tsshCommand = "touch {place.marker}"\n', encoding="utf-8")


def _tree(stage: Stage, clone: Path) -> str:
    """A commit whose tree holds a ``.git`` folder and a way up; its head."""

    def ask(*arguments: str, given: str = "") -> str:
        # A fork's own push, which the remote does not ask for our token.
        return subprocess.run(["git", "-C", str(clone), *arguments], input=given, capture_output=True, text=True,
                              env={**os.environ, "STAGE": "the-test"},
                              check=True).stdout.strip()

    stage.commit(clone, "Add a task", "refs/heads/scratch")
    ask("push", "--quiet", str(stage.origin), ":refs/heads/scratch")
    blob = ask("hash-object", "-w", "--stdin", given=f"[core]\n\tfsmonitor = touch {OWNED}\n")
    inner = ask("mktree", given=f"100644 blob {blob}\tconfig\n")
    whole = ask("ls-tree", "HEAD") + f"\n040000 tree {inner}\t.git\n040000 tree {inner}\t..\n"
    tree = ask("mktree", given=whole)
    sha = ask("-c", "user.name=a", "-c", "user.email=a@example.org", "commit-tree", tree, "-p", "HEAD", "-m", "Add")
    ask("push", "--quiet", str(stage.origin), f"{sha}:refs/pull/7/head")
    return sha


@attack("", forge=_tree, refused=True)
def a_tree_with_a_git_folder(clone: Path, place: Place) -> None:
    """A tree with a folder ``.git`` and a folder ``..``, which no git writes."""
    good(clone)


@attack("failure")
def files_that_are_options(clone: Path, place: Place) -> None:
    """Files of the task whose names are options, commands, expressions, pictures, and letters that turn the line."""
    folder = good(clone)
    for name in ("-rf", "--output=OWNED", "$(touch OWNED)", "`touch OWNED`", ";touch OWNED;", "a\nb::error::OWNED",
                 "\n::error::OWNED\n::set-output name=tasks::OWNED\n", "%0A::error::OWNED",
                 "${{ secrets.GITHUB_TOKEN }}", "a\u202egnp.py", "<img src=x onerror=alert(1)>",
                 "![a](https:evil.example)", "@pool", "\\\\host\\x", "con.txt", "a\u200bb", "|touch OWNED",
                 "\x1b[31mred", "::stop-commands::OWNED", "' or 1=1", '"', "data ",
                 os.fsdecode(b"no-\xff-text")):
        (folder / name).write_text(f"{OWNED}\n", encoding="utf-8")


@attack("pending")
def files_that_pass_for_ours(clone: Path, place: Place) -> None:
    """Files outside of tasks that have the names of a report, of an event and of the program's own places."""
    good(clone)
    for name in ("trial/report.json", "report.json", "event.json", ".commons/store.sqlite", ".cache/commons/x.json"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text('{"schema_version": 1, "tasks": []}', encoding="utf-8")


@attack("pending")
def modules_at_the_root(clone: Path, place: Place) -> None:
    """What Python, pytest and pip load by themselves, at the root of the pull request's checkout."""
    good(clone)
    for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "commons/__init__.py", "lm_eval/__init__.py",
                 "change.py", "evil.pth", "pytest.ini", "setup.py", ".python-version", "pip.conf"):
        (clone / name).parent.mkdir(exist_ok=True)
        (clone / name).write_text(f"{mischief(place)}\neverything()\n", encoding="utf-8")
