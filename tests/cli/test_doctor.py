"""``commons doctor`` says what can run here."""

import json
from pathlib import Path

import pytest

from commons.harness.sandbox import fault
from tests.builders import endpoint_entry, write_pool
from tests.cli.running import commons


@pytest.mark.model
def test_the_embedded_model_can_run_here_and_others_say_what_they_need(tmp_path: Path) -> None:
    """With the full install one model at least is ready; each that is not names its reason and its mend."""
    write_pool(tmp_path, [])

    ran = commons("doctor", "--json", cwd=tmp_path)

    found = json.loads(ran.out)
    models = {one["name"]: one for one in found["models"]}
    assert ran.code == 0
    assert models["smollm2-135m-instruct"]["good"]
    assert all(one["good"] or (one["found"] and one["mend"]) for one in models.values())
    assert "ai.google.dev/gemma/terms" in models["gemma-3-270m"]["mend"]
    assert all(one["good"] for one in found["light"] + found["full"])


@pytest.mark.skipif(fault() is not None, reason="no sandbox here")
def test_the_sandbox_is_tried_out_and_its_absence_has_a_mend(tmp_path: Path) -> None:
    """Where it works doctor says so; without bubblewrap it names the package, and goes on to everything else."""
    write_pool(tmp_path, [])

    (works,) = json.loads(commons("doctor", "--json", cwd=tmp_path).out)["sandbox"]
    (missing,) = json.loads(commons("doctor", "--json", cwd=tmp_path, PATH=str(tmp_path)).out)["sandbox"]

    assert works["good"]
    assert not missing["good"]
    assert "apt-get install bubblewrap" in missing["mend"]


def test_a_missing_key_is_named_and_never_shown(tmp_path: Path) -> None:
    """An endpoint without its key names the variable; with it, the key itself is not printed."""
    write_pool(tmp_path, [], endpoint_entry("http://127.0.0.1:1/v1", secret="TEST_KEY"))

    without = commons("doctor", cwd=tmp_path, TEST_KEY="")
    with_key = commons("doctor", cwd=tmp_path, TEST_KEY="sk-never-print-me-please")

    assert without.code == 1
    assert "TEST_KEY" in without.out
    assert with_key.code == 0
    assert "sk-never" not in with_key.out + with_key.err
