"""A file is written whole or not at all, whoever fails or is killed meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commons.pool.whole import whole_file, write_whole


def test_a_text_is_written_as_it_is_and_others_may_read_it(tmp_path: Path) -> None:
    """Folders are made, line ends and half characters are kept, and nothing else is left beside the file."""
    path = tmp_path / "new" / "folder" / "file.txt"

    write_whole(path, "é\r\n\ud800\n")

    assert path.read_bytes() == b"\xc3\xa9\r\n\xed\xa0\x80\n"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """While the block writes, readers see the old content; the new file has the mode that was asked for."""
    path = tmp_path / "file"
    path.write_text("old")

    with whole_file(path, 0o600) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"

    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_writer_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path, failure: type[BaseException]) -> None:
    """An error is raised as it is, and so is a person's Ctrl-C."""
    path = tmp_path / "file"
    path.write_text("old")

    def fail() -> None:
        with whole_file(path) as file:
            file.write(b"half of the n")
            raise failure

    with pytest.raises(failure):
        fail()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_cannot_put_its_file_in_place_leaves_no_litter(tmp_path: Path) -> None:
    """Where a folder has the name, the write fails and the folder stands."""
    path = tmp_path / "taken"
    path.mkdir()

    with pytest.raises(OSError, match="taken"):
        write_whole(path, "new")

    assert list(tmp_path.iterdir()) == [path]
    assert list(path.iterdir()) == []


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    """Nobody cleans up after a kill, so what is left has a name that readers pass over."""
    path = tmp_path / "file"
    path.write_text("old")
    code = (
        "import os, pathlib, signal, sys\nfrom commons.pool.whole import whole_file\n"
        "with whole_file(pathlib.Path(sys.argv[1])) as file:\n"
        "    file.write(b'half of the n')\n    file.flush()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)

    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    [left] = set(tmp_path.iterdir()) - {path}
    assert (left.name[0], left.suffix) == (".", ".part")


@pytest.mark.parametrize("leads_to", ["target", "nothing"])
def test_a_link_in_the_place_is_replaced_and_not_followed(tmp_path: Path, leads_to: str) -> None:
    """What a link leads to may be anybody's file, so it keeps its content."""
    (tmp_path / "target").write_text("theirs")
    path = tmp_path / "file"
    path.symlink_to(leads_to)

    write_whole(path, "new")

    assert not path.is_symlink()
    assert path.read_text() == "new"
    assert (tmp_path / "target").read_text() == "theirs"
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("letter", ["n", "é"])
def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path, letter: str) -> None:
    """The file that is written first needs a name too, and finds room for it."""
    path = tmp_path / (letter * (255 // len(os.fsencode(letter))))

    write_whole(path, "new")

    assert path.read_text() == "new"
