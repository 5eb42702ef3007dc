"""The trial's report, taken out of what a run of the pull request's workflow uploaded.

The upload is a stranger's: any number of files, under any name, of any size. One archive is fetched up to a limit, one
file in it is read up to a limit, and nothing is unpacked.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from pathlib import Path
from typing import Annotated

from pydantic import Field

from commons.errors import CannotRun
from commons.github.api import Api, ApiFailed
from commons.github.event import Outside
from commons.github.report import MAX_REPORT_BYTES, REPORT_FILE

#: A report of the largest size does not shrink to more, and an archive that is larger holds something else.
MAX_ARCHIVE_BYTES = MAX_REPORT_BYTES
_SHA = r"^[0-9a-f]{40}([0-9a-f]{24})?$"


class _Artifact(Outside):
    id: int = Field(gt=0)
    name: str
    size_in_bytes: int = Field(ge=0)
    expired: bool = False


class _Artifacts(Outside):
    artifacts: list[_Artifact]


class _Run(Outside):
    id: int = Field(gt=0)
    path: str = ""
    head_sha: Annotated[str, Field(pattern=_SHA)]
    event: str = ""


class _Runs(Outside):
    workflow_runs: list[_Run]


def latest_run(api: Api, workflow: str, sha: str) -> int | None:
    """The newest run of the workflow file ``workflow`` on the head ``sha``; None where there is none."""
    name = workflow.rpartition("/")[2]
    found = api.get(f"/actions/workflows/{name}/runs", _Runs, head_sha=sha, event="pull_request", per_page=20)
    return next((one.id for one in found.workflow_runs if one.head_sha == sha and one.event == "pull_request"
                 and one.path.partition("@")[0] == workflow), None)


def fetch_report(api: Api, run: int, name: str, folder: Path) -> str:
    """Put the report of a run's artifact into ``folder``; what was wrong with it, or an empty text.

    A run that uploaded none of this name leaves the folder empty, without a word: it may not have ended yet.
    """
    try:
        found = api.get(f"/actions/runs/{run}/artifacts", _Artifacts, name=name, per_page=100).artifacts
        mine = [one for one in found if one.name == name and not one.expired]
        if not mine:
            return ""
        if mine[0].size_in_bytes > MAX_ARCHIVE_BYTES:
            return _planted(folder, f"The trial's artifact has {mine[0].size_in_bytes:,} bytes; a report has fewer.")
        archive = api.download(f"/actions/artifacts/{mine[0].id}/zip", MAX_ARCHIVE_BYTES)
    except ApiFailed as error:
        return error.sentence
    try:
        content = _read(archive)
    except CannotRun as error:
        return _planted(folder, error.sentence)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).write_bytes(content)
    return ""


def _read(archive: bytes) -> bytes:
    """The one file of an archive that is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened, opened.open(REPORT_FILE) as file:
            content = file.read(MAX_REPORT_BYTES + 1)
    except (KeyError, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, lzma.LZMAError,
            zipfile.BadZipFile, zlib.error) as error:
        raise CannotRun(f"The trial's artifact holds no {REPORT_FILE} that can be read ({type(error).__name__}).",
                        mend="Run the trial again.") from error
    if len(content) > MAX_REPORT_BYTES:
        raise CannotRun("The report in the trial's artifact is larger than any that a trial writes.",
                        mend="Run the trial again.")
    return content


def _planted(folder: Path, sentence: str) -> str:
    """Leave an empty report, which nobody can read: something was uploaded, and it was no report."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).write_bytes(b"")
    return sentence
