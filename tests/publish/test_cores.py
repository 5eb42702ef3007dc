"""Work on several cores: the same bytes, and an error where a process dies."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from commons.errors import CannotRun
from commons.publish import cores, writing
from commons.publish.build import Wishes, build
from commons.publish.cores import spread

from .synthetic import Pool
from .trees import tree


@pytest.fixture(autouse=True)
def worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes also for the small pool of these tests."""
    monkeypatch.setattr(cores, "WORTH_IT", 1)


def doubled(numbers: Iterable[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Twice each number, and the process that says so."""
    for number in numbers:
        yield number, (2 * number, os.getpid())


def test_every_number_is_answered_once_and_by_several_processes() -> None:
    """Each number's answer comes back under it, from two processes that are not this one."""
    found = dict(spread(20, 2, doubled))
    assert {number: made for number, (made, _) in found.items()} == {number: 2 * number for number in range(20)}
    makers = {process for _, process in found.values()}
    assert len(makers) == 2
    assert os.getpid() not in makers


def test_one_core_works_here() -> None:
    """With one core nothing is forked."""
    assert {process for _, (_, process) in spread(5, 1, doubled)} == {os.getpid()}


def test_an_error_of_a_process_comes_with_its_words() -> None:
    """What goes wrong in a child is raised here, as it was."""
    def failing(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
        for number in numbers:
            if number == 7:
                raise CannotRun("It fails at seven.", mend="Leave seven out.")
            yield number, number

    with pytest.raises(CannotRun, match="fails at seven") as caught:
        list(spread(20, 2, failing))
    assert caught.value.mend == "Leave seven out."


@pytest.mark.parametrize("code", [0, 1, 9])
def test_a_process_that_dies_is_an_error(code: int) -> None:
    """A process that ends without its answers, with whatever code, ends the work and is said."""
    def dying(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
        for number in numbers:
            if number == 6:
                os._exit(code)
            yield number, number

    with pytest.raises(CannotRun, match="ended before its work was done"):
        list(spread(20, 2, dying))


def test_two_cores_give_the_bytes_of_one(pool: Pool, site: Path, tmp_path: Path) -> None:
    """How many processes built it is nowhere to be seen."""
    build(pool.repository, tmp_path / "two", Wishes(cores=2, fresh=True))
    assert tree(tmp_path / "two") == tree(site)


def test_a_killed_process_leaves_the_old_site_whole(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a process is killed in the middle of a build, what stood there stands, and no part is left."""
    out = tmp_path / "_site"
    build(pool.repository, out)
    before, here = tree(out), os.getpid()

    def killed(*_: object) -> str:
        assert os.getpid() != here
        os._exit(137)

    monkeypatch.setattr(writing, "render", killed)
    with pytest.raises(CannotRun, match="ended before its work was done"):
        build(pool.repository, out, Wishes(cores=2, fresh=True))
    assert tree(out) == before
    assert list(tmp_path.iterdir()) == [out]
