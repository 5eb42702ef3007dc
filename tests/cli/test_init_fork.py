"""``commons init-fork``: the upstream's results, owners, name and addresses go, and the program stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commons.github.owners import read_maintainers
from commons.github.owners_fork import Wish, readdressed
from commons.pool.repository import Repository
from commons.pool.task import read_card
from tests.builders import REPOSITORY_ROOT
from tests.cli.running import commons

FORK = ("init-fork", "ana/our-pool", "--owner", "ana-perez", "--name", "Our pool")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a fork begins with: this repository's own files, with addresses of its upstream planted."""
    for name in ("tasks", "results", "site", ".github"):
        shutil.copytree(REPOSITORY_ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("models.yaml", "README.md", "MAINTAINERS", "SECURITY.md"):
        shutil.copyfile(REPOSITORY_ROOT / name, tmp_path / name)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text("https://github.com/eval-commons/eval-commons/issues\n"
                                           "https://eval-commons.github.io/eval-commons/t/x.html\n"
                                           "https://github.com/eval-commons/eval-commons-tools\n")
    (tmp_path / "results/amendments.jsonl").write_text("")
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/program.py").write_text("# Eval Commons, https://github.com/eval-commons/eval-commons\n")
    return tmp_path


def state(root: Path) -> dict[str, bytes]:
    """Every file and what it holds."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_it_is_shown_first(clone: Path) -> None:
    """Without --yes nothing changes, and what would is said."""
    before = state(clone)

    ran = commons(*FORK, cwd=clone)

    assert ran.code == 0, ran.err
    assert state(clone) == before
    assert "+owners: [ana-perez]" in ran.out
    assert "- results/amendments.jsonl" in ran.out
    assert "with --yes" in ran.out


def test_nothing_of_the_upstream_stays_but_the_program_and_the_tasks(clone: Path) -> None:
    """Results are gone; every card, MAINTAINERS and CODEOWNERS name the new owner; name and addresses are new."""
    before = state(clone)

    ran = commons(*FORK, "--yes", cwd=clone)

    pool, after = Repository(clone), state(clone)
    assert ran.code == 0, ran.err
    assert not (clone / "results").exists()
    assert pool.task_folders()
    assert all(read_card(folder)[0].owners == ["ana-perez"] for folder in pool.task_folders())
    assert read_maintainers(clone) == ("ana-perez",)
    assert "@eval-commons" not in (clone / ".github/CODEOWNERS").read_text()
    assert "Eval Commons" not in (clone / "site/templates/layout.html").read_text()
    assert "Our pool" in (clone / "site/templates/layout.html").read_text()
    assert (clone / "docs/page.md").read_text() == (
        "https://github.com/ana/our-pool/issues\nhttps://ana.github.io/our-pool/t/x.html\n"
        "https://github.com/eval-commons/eval-commons-tools\n")
    data = {name for name in before if name.startswith(("ci/", "models.yaml")) or "/data/" in name}
    assert {name: after[name] for name in data} == {name: before[name] for name in data}


def test_the_rest_of_a_card_stays_as_it_was(clone: Path) -> None:
    """One line of a card changes, comments and order included."""
    before = (clone / "tasks/last_word/card.yaml").read_text().splitlines()

    commons(*FORK, "--yes", cwd=clone)

    after = (clone / "tasks/last_word/card.yaml").read_text().splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ("owners: [eval-commons]", "owners: [ana-perez]")]


def test_done_twice_it_finds_nothing_left(clone: Path) -> None:
    """The second time there is nothing to do, and the fork's site can be built at once."""
    commons(*FORK, "--yes", cwd=clone)
    done = state(clone)

    again = commons(*FORK, "--yes", cwd=clone)
    built = commons("site", "build", "--out", "_site", cwd=clone)

    assert "Nothing is left to do here." in again.out
    ours = {name: text for name, text in state(clone).items() if not name.startswith(("_site/", ".commons/"))}
    assert ours == done
    assert built.code == 0, built.err
    assert "Our pool" in (clone / "_site/index.html").read_text()


def test_the_tasks_can_go_too(clone: Path) -> None:
    """With --without-tasks no task folder is left, and CODEOWNERS names none."""
    commons(*FORK, "--without-tasks", "--yes", cwd=clone)

    assert Repository(clone).task_folders() == []
    assert "/tasks/last_word/" not in (clone / ".github/CODEOWNERS").read_text()


def test_a_link_is_not_followed_and_a_name_that_is_none_is_refused(clone: Path, tmp_path_factory: pytest.TempPathFactory
                                                                   ) -> None:
    """What lies behind a link outside of the clone is neither deleted nor written."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "kept.json").write_text("kept")
    shutil.rmtree(clone / "results/cells/last_word")
    (clone / "results/cells/last_word").symlink_to(outside, target_is_directory=True)

    ran = commons(*FORK, "--yes", cwd=clone)
    bad = commons("init-fork", "no-slash", cwd=clone)
    nobody = commons("init-fork", "ana/pool", "--owner", "org/team", cwd=clone)

    assert ran.code == 0, ran.err
    assert (outside / "kept.json").read_text() == "kept"
    assert (bad.code, nobody.code) == (2, 2)


def test_an_address_that_only_begins_alike_is_another() -> None:
    """Whole names are replaced."""
    wish = Wish("ana/pool", "ana", "Pool", upstream="up/stream")

    assert readdressed("github.com/up/stream.git", wish) == "github.com/ana/pool.git"
    assert readdressed("github.com/up/streams", wish) == "github.com/up/streams"
    assert readdressed("see https://github.com/up/stream.", wish) == "see https://github.com/ana/pool."
