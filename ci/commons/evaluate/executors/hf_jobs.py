"""``hf-jobs``: shards as Jobs on Hugging Face, which bring their folders back through a dataset repository.

A job's disk is gone when it ends, so its last step uploads the shard's folder to the repository named by
``--set hub-repo``; from there it is downloaded at one commit. The plan goes the same way. Values of secrets travel as
the job's secrets and stand in no command, no file and no log.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from commons.errors import CannotRun
from commons.evaluate.executors.base import Executor, Order, Setting, ShardEnd, Watcher, executor
from commons.evaluate.shard import folder_name
from commons.plan.plan import Shard

if TYPE_CHECKING:
    from huggingface_hub import HfApi, JobInfo

_OVER = {"COMPLETED", "ERROR", "CANCELED", "DELETED"}


def run(order: Order, settings: Mapping[str, str], watcher: Watcher) -> list[ShardEnd]:
    """Start a job for each shard, wait, and download what they left. Ctrl-C stops the waiting only.

    Raises:
        CannotRun: a token or a model's key is missing, the plan's commit is unknown, or the Hub refuses.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    token = _secret(order, settings["token"])
    if order.plan.commit is None or order.plan.commit.endswith("-dirty"):
        raise CannotRun(f"The plan's commit is {order.plan.commit or 'unknown'}: a job cannot check it out.",
                        mend="Commit and push, then make the plan again: commons plan")
    refusals: tuple[type[Exception], ...] = (ValueError, *_raised_by(HfHubHTTPError))
    secrets = {settings["token"]: token, **_model_secrets(order)}
    api = HfApi(token=token)
    try:
        pinned = _upload_plan(api, order, settings["hub-repo"])
        jobs = {shard: api.run_job(
            image=settings["image"], command=["bash", "-c", script(order, settings, shard, pinned)],
            env={"HF_HUB_DISABLE_TELEMETRY": "1"}, secrets=secrets, flavor=settings["flavor"],
            timeout=settings["timeout"], name=f"commons-{order.plan_sha256[:8]}-{shard.number}", token=token,
        ) for shard in order.plan.shards}
        watcher.say(f"{len(jobs)} jobs started: {', '.join(job.url for job in jobs.values())}")
        try:
            ends = _wait(api, jobs, watcher, float(settings["look-seconds"]))
        except KeyboardInterrupt:
            watcher.say(f"The jobs go on. When they have ended, download {folder_of(order)} of the dataset "
                        f"{settings['hub-repo']}, and run: commons collect --plan {order.plan_file} FOLDER")
            raise
        _download(api, order, settings["hub-repo"], watcher)
    except refusals as error:
        raise CannotRun(f"The Hub says: {str(error).strip().splitlines()[0]}",
                        mend="Check the token's rights (write, jobs) and the names given with --set.") from error
    return ends


def folder_of(order: Order) -> str:
    """Where in the dataset repository the shards of this plan go."""
    return f"runs/{order.plan_sha256[:16]}"


def script(order: Order, settings: Mapping[str, str], shard: Shard, pinned: str) -> str:
    """What a job does: check the plan's commit out, run the shard, and upload what it left, even if it failed."""
    repository, place = shlex.quote(settings["hub-repo"]), folder_of(order)
    name = folder_name(shard.number)
    trust = " --trust" if order.trust else ""
    lines = [
        "set -e",
        f"export HF_TOKEN=\"${{{settings['token']}}}\"" if settings["token"] != "HF_TOKEN" else ":",  # noqa: S105
        settings["setup"],
        f"git clone --quiet {shlex.quote(settings['repository'])} pool",
        "cd pool",
        f"git checkout --quiet {shlex.quote(str(order.plan.commit))}",
        "pip install --quiet -c constraints.txt -e '.[run]'",
        (f"hf download {repository} {place}/plan.json --repo-type dataset --revision {shlex.quote(pinned)} "
         "--local-dir ../plan"),
        "code=0",
        f"commons run --plan ../plan/{place}/plan.json --shard {shard.number} --output ../shards{trust} || code=$?",
        f"hf upload {repository} ../shards/{name} {place}/{name} --repo-type dataset",
        "exit $code",
    ]
    return "\n".join(lines)


def _raised_by(refusal: type[Exception]) -> list[type[Exception]]:
    """What the Hub's library raises: its error's bases are its HTTP library's, another in each version, and OSError."""
    return [kind for kind in refusal.__bases__ if issubclass(kind, Exception)]


def _secret(order: Order, name: str) -> str:
    value = order.environment.get(name)
    if not value:
        raise CannotRun(f"The environment variable {name} is not set.", mend=f"Set it: export {name}=...")
    return value


def _model_secrets(order: Order) -> dict[str, str]:
    """The keys that the planned models name, with their values from the environment, and the salt of this pool."""
    found = {}
    if salt := order.environment.get("COMMONS_SALT"):
        # Withheld item ids can be matched between machines only where all salt them alike.
        found["COMMONS_SALT"] = salt
    for name in sorted(order.plan.models):
        model = order.models.get(name)
        for part in (model.endpoint, model.weights) if model else ():
            if (secret := getattr(part, "secret", None)) is not None:
                found[secret] = _secret(order, secret)
    return found


def _upload_plan(api: HfApi, order: Order, repository: str) -> str:
    """Put the plan where jobs find it; the commit that it stands in."""
    api.create_repo(repository, repo_type="dataset", private=True, exist_ok=True)
    commit = api.upload_file(
        path_or_fileobj=order.plan_file.read_bytes(), path_in_repo=f"{folder_of(order)}/plan.json",
        repo_id=repository, repo_type="dataset", commit_message=f"Plan {order.plan_sha256[:12]}",
    )
    return str(commit.oid)


def _wait(api: HfApi, jobs: Mapping[Shard, JobInfo], watcher: Watcher, seconds: float) -> list[ShardEnd]:
    done: dict[int, ShardEnd] = {}
    while True:
        for shard, job in jobs.items():
            if shard.number in done:
                continue
            status = api.inspect_job(job_id=job.id, namespace=job.owner.name if job.owner else None).status
            stage = str(getattr(status.stage, "value", status.stage)) if status else "UNKNOWN"
            if stage in _OVER:
                message = f": {status.message}" if status and status.message else ""
                ok = stage == "COMPLETED"
                done[shard.number] = ShardEnd(shard.number, ok, "" if ok else f"the job ended as {stage}{message}")
                watcher.say(f"shard {shard.number}: {'done' if ok else done[shard.number].note}")
        if len(done) == len(jobs):
            return [done[number] for number in sorted(done)]
        time.sleep(seconds)


def _download(api: HfApi, order: Order, repository: str, watcher: Watcher) -> None:
    """Download the shards' folders as they are in one commit, whatever is uploaded meanwhile."""
    commit = str(api.dataset_info(repository).sha)
    api.snapshot_download(repository, repo_type="dataset", revision=commit, local_dir=order.output,
                          allow_patterns=[f"{folder_of(order)}/shard-*"])
    watcher.say(f"Downloaded {repository} at {commit[:12]}. Merge it: commons collect --plan {order.plan_file} "
                f"{order.output}/{folder_of(order)}")


executor(Executor(
    name="hf-jobs",
    summary="Jobs on Hugging Face; each uploads its shard's folder to a dataset repository.",
    settings=(
        Setting("hub-repo", "the dataset repository that plan and shards travel through (owner/name)."),
        Setting("repository", "the git address that jobs clone the pool from."),
        Setting("image", "the Docker image of the jobs; it needs git and Python 3.10 or newer.", "python:3.11"),
        Setting("setup", "a command that each job runs first; the sandbox needs bubblewrap.",
                "apt-get -qq update && apt-get -qq install -y bubblewrap > /dev/null"),
        Setting("flavor", "the hardware of the jobs.", "cpu-upgrade"),
        Setting("timeout", "how long a job may take.", "6h"),
        Setting("token", "the name of the environment variable with a token that may write and run jobs.", "HF_TOKEN"),
        Setting("look-seconds", "seconds between two looks at the jobs.", "15"),
    ),
    run=run,
    needs_output=True,
))
