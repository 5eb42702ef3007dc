"""The trial's report is taken out of an upload that a stranger made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons.github.api import Api, ApiFailed
from commons.github.artifact import fetch_report, latest_run
from commons.github.report import MAX_REPORT_BYTES
from tests.github.fake_api import REPOSITORY, Failure, FakeGitHub, serving

SHA = "a" * 40


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A fake GitHub that runs."""
    with serving(FakeGitHub()) as fake:
        yield fake


def _api(fake: FakeGitHub) -> Api:
    return Api(REPOSITORY, fake.url, "a-token", execute=False, say=lambda _: None, sleep=lambda _: None)


def _upload(fake: FakeGitHub, folder: Path, content: bytes, name: str = "report.json") -> None:
    (folder / "trial").mkdir(parents=True)
    (folder / "trial" / name).write_bytes(content)
    fake.artifacts = folder


def test_the_report_is_read_and_nothing_else(github: FakeGitHub, tmp_path: Path) -> None:
    """Of an artifact with other files, only report.json comes out."""
    _upload(github, tmp_path / "up", b"{}")
    (tmp_path / "up" / "trial" / "more.sh").write_text("rm -rf /", encoding="utf-8")
    with _api(github) as api:
        assert fetch_report(api, 12, "trial", tmp_path / "here") == ""
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["report.json"]
    assert (tmp_path / "here" / "report.json").read_bytes() == b"{}"


def test_the_store_of_artifacts_is_not_told_the_token(github: FakeGitHub, tmp_path: Path) -> None:
    """The place that GitHub leads to gets no credentials of ours."""
    _upload(github, tmp_path / "up", b"{}")
    with _api(github) as api:
        fetch_report(api, 12, "trial", tmp_path / "here")
    told = {one.path: one.authorization for one in github.asked}
    assert told["/blob/1"] == ""
    assert told["/actions/artifacts/1/zip"] == "Bearer a-token"


def test_a_run_without_an_artifact_leaves_nothing(github: FakeGitHub, tmp_path: Path) -> None:
    """Where nothing was uploaded, there is no report, and no complaint."""
    with _api(github) as api:
        assert fetch_report(api, 12, "trial", tmp_path / "here") == ""
    assert not (tmp_path / "here").exists()


def test_a_zip_bomb_is_not_unpacked(github: FakeGitHub, tmp_path: Path) -> None:
    """A small archive whose report is of a huge size is read up to the limit and refused."""
    _upload(github, tmp_path / "up", b"\0" * (MAX_REPORT_BYTES * 3))
    with _api(github) as api:
        said = fetch_report(api, 12, "trial", tmp_path / "here")
    assert said == "The report in the trial's artifact is larger than any that a trial writes."
    assert (tmp_path / "here" / "report.json").read_bytes() == b""


@pytest.mark.parametrize("raw", [b"no zip at all", b"PK\x05\x06" + b"\0" * 18], ids=["no zip", "empty zip"])
def test_an_archive_that_holds_no_report_is_named(github: FakeGitHub, tmp_path: Path, raw: bytes) -> None:
    """What is no archive, or has no report.json at its top, is said to be none."""
    _upload(github, tmp_path / "up", raw, "raw.zip")
    with _api(github) as api:
        assert "holds no report.json that can be read" in fetch_report(api, 12, "trial", tmp_path / "here")


def test_names_that_lead_elsewhere_write_nothing(github: FakeGitHub, tmp_path: Path) -> None:
    """An entry that climbs out of the folder is never written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../escaped.json", "{}")
        archive.writestr("report.json", "{}")
    _upload(github, tmp_path / "up", buffer.getvalue(), "raw.zip")
    with _api(github) as api:
        assert fetch_report(api, 12, "trial", tmp_path / "here" / "deep") == ""
    assert not (tmp_path / "here" / "escaped.json").exists()


def test_an_artifact_that_is_too_large_is_not_fetched(github: FakeGitHub, tmp_path: Path) -> None:
    """The size that GitHub states decides before anything is fetched."""
    _upload(github, tmp_path / "up", bytes(range(256)) * (MAX_REPORT_BYTES // 200), "raw.zip")
    with _api(github) as api:
        said = fetch_report(api, 12, "trial", tmp_path / "here")
    assert "a report has fewer" in said
    assert not any("/zip" in one.path for one in github.asked)


def test_a_place_without_tls_is_refused(github: FakeGitHub) -> None:
    """Where the API leads to another host without TLS, nothing is asked of it."""
    away = Failure(302, {"Location": "http://192.0.2.1/blob"})
    github.failures.append(("GET", "/zip", away))
    with _api(github) as api, pytest.raises(ApiFailed, match="without TLS"):
        api.download("/actions/artifacts/1/zip", 100)


def test_the_newest_run_of_the_one_workflow_is_found(github: FakeGitHub) -> None:
    """Runs of other files and other heads do not count."""
    path = ".github/workflows/pr.yml"
    github.runs = [
        {"id": 4, "path": "other/pr.yml", "head_sha": SHA, "event": "pull_request"},
        {"id": 3, "path": path, "head_sha": SHA, "event": "push"},
        {"id": 2, "path": path, "head_sha": SHA, "event": "pull_request"},
        {"id": 1, "path": path, "head_sha": SHA, "event": "pull_request"},
    ]
    with _api(github) as api:
        assert latest_run(api, path, SHA) == 2
        assert latest_run(api, path, "b" * 40) is None
