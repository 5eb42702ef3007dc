"""Attacks by the artifact: what a run uploads, which a pull request that edits its workflow decides."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.hostile.attack import OWNED, Place, attack
from tests.e2e.hostile.material import good
from tests.e2e.hostile.reports import loud

_REPORT = "report.json"


def _path(folder: Path) -> Path:
    return folder / "trial" / _REPORT


def _edit(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    """An upload whose report is the true one, changed."""

    def upload(folder: Path) -> None:
        report = json.loads(_path(folder).read_text(encoding="utf-8"))
        change(report)
        _path(folder).write_text(json.dumps(report), encoding="utf-8")

    return upload


def _raw(make: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """An upload that is these bytes in place of an archive; ``make`` gets the true report."""

    def upload(folder: Path) -> None:
        (folder / "trial" / "raw.zip").write_bytes(make(_path(folder).read_bytes()))

    return upload


def _zip(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def _beside(folder: Path) -> None:
    for name in ("8", "pr_number.txt", "NR", "event.json", "comment.md", "status.json", ".git/config", "body"):
        (folder / "trial" / name).parent.mkdir(exist_ok=True)
        (folder / "trial" / name).write_text(f"8\n{OWNED}\n", encoding="utf-8")
    (folder / "a-second-trial").mkdir()
    (folder / "a-second-trial" / _REPORT).write_text("{}", encoding="utf-8")


@attack("success", upload=_beside)
def files_beside_the_report(clone: Path, place: Place) -> None:
    """The artifact also holds files that name another pull request, a comment and a status; there is a second one."""
    good(clone)


@attack("error", upload=_edit(lambda report: report.update(pull=8, number=8, pull_request={"number": 8})))
def a_foreign_number(clone: Path, place: Place) -> None:
    """The report names another pull request."""
    good(clone)


@attack("pending", "the report speaks of another commit", upload=_edit(lambda report: report.update(head_sha="a" * 40)))
def another_head(clone: Path, place: Place) -> None:
    """The report is of another commit."""
    good(clone)


@attack("pending", "is not what this commit holds",
        upload=_edit(lambda report: report["tasks"][0].update(folder="a" * 64)))
def another_folder(clone: Path, place: Place) -> None:
    """The report is of another folder of the same name."""
    good(clone)


@attack("pending", "tasks that were not changed",
        upload=_edit(lambda report: report["tasks"].append({**report["tasks"][0], "task": "last_word"})))
def a_task_that_was_not_changed(clone: Path, place: Place) -> None:
    """The report also speaks of a task of somebody else."""
    good(clone)


@attack("pending", "was tried without the sandbox",
        upload=_edit(lambda report: report["tasks"][0]["check"].update(sandboxed=False)))
def tried_without_the_sandbox(clone: Path, place: Place) -> None:
    """The report was made outside of the sandbox."""
    good(clone)


@attack("error", upload=_edit(lambda report: report["tasks"][0]["check"].update(gates=[])))
def no_gates(clone: Path, place: Place) -> None:
    """The report calls the task ready, and has no gate."""
    good(clone)


@attack("failure", upload=_edit(loud))
def a_loud_report(clone: Path, place: Place) -> None:
    """Every text of the report holds commands, expressions, calls, markup and our marker."""
    good(clone)


@attack("failure", upload=_edit(lambda report: loud(report, size=30)))
def a_long_report(clone: Path, place: Place) -> None:
    """The same a thousand times, to make a comment that GitHub refuses."""
    good(clone)


def _link(report: bytes) -> bytes:
    entry = zipfile.ZipInfo(_REPORT)
    entry.external_attr = 0o120777 << 16
    return _zip((entry, b"../outside/secret.txt"))


@attack("error", upload=_raw(_link))
def a_report_that_is_a_link(clone: Path, place: Place) -> None:
    """The report in the archive is a link to a secret."""
    good(clone)


@attack("error", upload=_raw(lambda report: _zip((f"/{_REPORT}", report), (f"../{_REPORT}", report),
                                                 (f"..\\{_REPORT}", report), (f"./{_REPORT}", report),
                                                 (f"/tmp/{OWNED}", b"x"), (f"../../../../../../tmp/{OWNED}", b"x"))))
def names_that_lead_out(clone: Path, place: Place) -> None:
    """An archive whose names are absolute and lead upwards."""
    good(clone)


@attack("error", upload=_raw(lambda report: _zip((_REPORT, report), (_REPORT, b"{}"))))
def two_reports(clone: Path, place: Place) -> None:
    """An archive with two reports of one name."""
    good(clone)


@attack("error", upload=_raw(lambda _: _zip((_REPORT, bytes(500_000_000)))))
def a_zip_bomb(clone: Path, place: Place) -> None:
    """An archive of half a megabyte whose report unpacks to half a gigabyte."""
    good(clone)


def _lying(report: bytes) -> bytes:
    whole = bytearray(_zip((_REPORT, report)))
    directory = whole.rindex(b"PK\x01\x02")
    struct.pack_into("<I", whole, directory + 24, 10)
    struct.pack_into("<H", whole, directory + 8, 1)
    return bytes(whole)


@attack("error", upload=_raw(_lying))
def an_archive_that_lies(clone: Path, place: Place) -> None:
    """An archive that says it is encrypted, and that its report has ten bytes."""
    good(clone)


@attack("success", upload=_raw(lambda report: _zip(*((f"{number}", b"") for number in range(10_000)),
                                                   (_REPORT, report))))
def ten_thousand_entries(clone: Path, place: Place) -> None:
    """An archive with ten thousand files beside a true report."""
    good(clone)


@attack("error", upload=_raw(lambda _: os.urandom(5_000)))
def no_archive(clone: Path, place: Place) -> None:
    """An artifact that is no archive."""
    good(clone)


@attack("error", upload=_raw(lambda report: _zip((_REPORT, report), ("rest", os.urandom(9_000_000)),
                                                 method=zipfile.ZIP_STORED)))
def a_large_archive(clone: Path, place: Place) -> None:
    """An artifact that is larger than any report."""
    good(clone)


@attack("error", upload=_raw(lambda _: _zip((_REPORT, b"[" * 3_000_000))))
def a_nested_report(clone: Path, place: Place) -> None:
    """A report of three million brackets."""
    good(clone)


def _endless(report: bytes) -> bytes:
    longer = report.replace(b'"items": 72', b'"items": ' + b"9" * 9_000)
    assert longer != report
    return _zip((_REPORT, longer))


@attack("error", upload=_raw(_endless))
def a_number_without_end(clone: Path, place: Place) -> None:
    """A report with a number of nine thousand digits."""
    good(clone)


@attack("error", upload=lambda folder: _path(folder).unlink())
def an_empty_artifact(clone: Path, place: Place) -> None:
    """The artifact holds nothing, as if a trial had nothing to say."""
    good(clone)


@attack("error", "left no report", upload=lambda folder: shutil.rmtree(folder / "trial"))
def no_artifact(clone: Path, place: Place) -> None:
    """The run uploads nothing, so that nothing speaks against the task."""
    good(clone)
