"""``hf-jobs``: shards as Jobs on Hugging Face, which bring their folders back through a dataset repository.

A job's disk is gone when it ends, so its last step uploads the shard's folder to the repository named by
``--set hub-repo``; from there it is downloaded at one commit. The plan goes the same way. Values of secrets travel as
the job's secrets and stand in no command, no file and no log.
"""

from __future__ import annotations

import shlex
import shutil
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from commons.errors import CannotRun
from commons.evaluate.executors.base import Executor, Order, ShardEnd, Watcher, executor
from commons.evaluate.executors.settings import Setting, Settings
from commons.evaluate.shard import folder_name
from commons.plan.plan import Shard

if TYPE_CHECKING:
    from huggingface_hub import HfApi, JobInfo

_OVER = {"COMPLETED", "ERROR", "CANCELED", "DELETED"}

#: So many looks in a row may be lost on the way before the waiting ends; the jobs go on all the same.
_LOST_LOOKS = 20


def run(order: Order, settings: Settings, watcher: Watcher) -> list[ShardEnd]:
    """Start a job for each shard, wait, and download what they left. Ctrl-C stops the waiting only.

    Raises:
        CannotRun: a token or a model's key is missing, the plan's commit is unknown, or the Hub refuses.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    token = _secret(order, settings.text("token"))
    if order.plan.commit is None or order.plan.commit.endswith("-dirty"):
        raise CannotRun(f"The plan's commit is {order.plan.commit or 'unknown'}: a job cannot check it out.",
                        mend="Commit and push, then make the plan again: commons plan")
    if not order.plan.shards:
        return []
    secrets = {settings.text("token"): token, **_model_secrets(order)}
    started = _Started(HfApi(token=token), order, settings, watcher, _raised_by(HfHubHTTPError))
    try:
        started.start(secrets, token)
        started.wait()
        started.download()
    except started.refusals as error:
        started.say_what_runs()
        sentence = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CannotRun(f"The Hub says: {sentence}",
                        mend="Check the token's rights (write, jobs) and the names given with --set. "
                             + ("What was started goes on, as said above." if started.jobs else "Nothing was started.")
                        ) from error
    except BaseException:
        started.say_what_runs()
        raise
    return started.ends


class _Started:
    """The jobs of a plan that were started, and what is known of their ends."""

    def __init__(
        self, api: HfApi, order: Order, settings: Settings, watcher: Watcher, refusals: tuple[type[Exception], ...]
    ) -> None:
        self.refusals = refusals
        self.jobs: dict[Shard, JobInfo] = {}
        self._api = api
        self._order = order
        self._settings = settings
        self._repository = settings.text("hub-repo")
        self._watcher = watcher
        self._done: dict[int, ShardEnd] = {}
        self._downloaded = False

    @property
    def ends(self) -> list[ShardEnd]:
        """How each shard ended, by number."""
        return [self._done[number] for number in sorted(self._done)]

    def start(self, secrets: Mapping[str, str], token: str) -> None:
        """Start a job for each shard, and say each at once: from then on it costs money."""
        order, settings = self._order, self._settings
        pinned = _upload_plan(self._api, order, self._repository)
        for shard in order.plan.shards:
            job = self._api.run_job(
                image=settings.text("image"), command=["bash", "-c", script(order, settings, shard, pinned)],
                env={"HF_HUB_DISABLE_TELEMETRY": "1"}, secrets=dict(secrets), flavor=settings.text("flavor"),
                timeout=settings.text("timeout"), name=f"commons-{order.plan_sha256[:8]}-{shard.number}", token=token,
            )
            self.jobs[shard] = job
            self._watcher.say(f"shard {shard.number}: job {job.id} started: {job.url}")

    def wait(self) -> None:
        """Wait until all have ended. A look that the network loses is looked again; a refusal is raised."""
        lost = 0
        while True:
            try:
                self._look()
                lost = 0
            except self.refusals as error:
                lost += 1
                if lost >= _LOST_LOOKS or not _may_pass(error):
                    raise
            if len(self._done) == len(self.jobs):
                return
            time.sleep(self._settings.number("look-seconds") or 0)

    def _look(self) -> None:
        for shard, job in self.jobs.items():
            if shard.number in self._done:
                continue
            status = self._api.inspect_job(job_id=job.id, namespace=job.owner.name if job.owner else None).status
            stage = str(getattr(status.stage, "value", status.stage)) if status else "UNKNOWN"
            if stage in _OVER:
                message = f": {status.message}" if status and status.message else ""
                ok = stage == "COMPLETED"
                end = ShardEnd(shard.number, ok, "" if ok else f"the job ended as {stage}{message}")
                self._done[shard.number] = end
                self._watcher.say(f"shard {shard.number}: {'done' if ok else end.note}")

    def download(self) -> None:
        """Bring the shards' folders to the order's output, as they are in one commit, whatever is uploaded meanwhile.

        They lie deeper in the repository than in the output, so they come by way of the folder for notes.
        """
        order, output = self._order, self._order.output
        commit = str(self._api.dataset_info(self._repository).sha)
        here = order.work / "download"
        self._api.snapshot_download(self._repository, repo_type="dataset", revision=commit, local_dir=here,
                                    allow_patterns=[f"{folder_of(order)}/shard-*"])
        names = [folder_name(shard.number) for shard in order.plan.shards]
        for name in names:
            source = here / folder_of(order) / name
            if output is not None and source.is_dir():
                output.mkdir(parents=True, exist_ok=True)
                shutil.rmtree(output / name, ignore_errors=True)
                shutil.move(source, output / name)
        self._downloaded = True
        self._watcher.say(f"Downloaded {self._repository} at {commit[:12]} into {output}.")

    def say_what_runs(self) -> None:
        """Say which jobs go on, how they are stopped, and how what they leave is collected; they cost money."""
        order = self._order
        missing = [shard.number for shard in order.plan.shards if shard not in self.jobs]
        if not self.jobs or self._downloaded:
            return
        for shard, job in self.jobs.items():
            if shard.number not in self._done:
                self._watcher.say(f"shard {shard.number}: job {job.id} goes on: {job.url}; "
                                  f"to stop it: hf jobs cancel {job.id}")
        if missing:
            self._watcher.say(f"Not started, as far as is known: shards {', '.join(map(str, missing))}. "
                              "All jobs that the Hub knows: hf jobs ps")
        self._watcher.say(
            "When the jobs have ended: hf download "
            f"{shlex.join([self._repository, '--repo-type', 'dataset', '--include', folder_of(order) + '/shard-*'])} "
            f"--local-dir {shlex.quote(str(order.output))}, then: commons collect --plan "
            f"{shlex.quote(str(order.plan_file))} {shlex.quote(str(order.output) + '/' + folder_of(order))}")


def _may_pass(error: Exception) -> bool:
    """Whether the same question may be answered later: nothing came back, or the Hub was busy or broken."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return not isinstance(error, ValueError) and (status is None or status in {408, 429} or status >= 500)


def folder_of(order: Order) -> str:
    """Where in the dataset repository the shards of this plan go."""
    return f"runs/{order.plan_sha256[:16]}"


def script(order: Order, settings: Settings, shard: Shard, pinned: str) -> str:
    """What a job does: check the plan's commit out, run the shard, and upload what it left, even if it failed."""
    repository, place = shlex.quote(settings.text("hub-repo")), folder_of(order)
    name, token = folder_name(shard.number), settings.text("token")
    trust = " --trust" if order.trust else ""
    lines = [
        "set -e",
        f"export HF_TOKEN=\"${{{token}}}\"" if token != "HF_TOKEN" else ":",  # noqa: S105
        settings.text("setup"),
        f"git clone --quiet {shlex.quote(settings.text('repository'))} pool",
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


def _raised_by(refusal: type[Exception]) -> tuple[type[Exception], ...]:
    """What the Hub's library raises: its error's bases are its HTTP library's, another in each version, and OSError."""
    return (ValueError, *(kind for kind in refusal.__bases__ if issubclass(kind, Exception)))


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


executor(Executor(
    name="hf-jobs",
    summary="Jobs on Hugging Face; each uploads its shard's folder to a dataset repository.",
    settings=(
        Setting("hub-repo", "the dataset repository that plan and shards travel through (owner/name).",
                pattern=r"[\w.-]+/[\w.-]+", takes="owner/name"),
        Setting("repository", "the git address that jobs clone the pool from.", pattern=r"\S+", takes="an address"),
        Setting("image", "the Docker image of the jobs; it needs git and Python 3.10 or newer.", "python:3.11",
                pattern=r"\S+", takes="an image"),
        Setting("setup", "a command that each job runs first; the sandbox needs bubblewrap.",
                "apt-get -qq update && apt-get -qq install -y bubblewrap > /dev/null"),
        Setting("flavor", "the hardware of the jobs.", "cpu-upgrade", pattern=r"[\w.-]+", takes="a name"),
        Setting("timeout", "how long a job may take.", "6h", pattern=r"[0-9]+(\.[0-9]+)?[smhd]?",
                takes="a number with s, m, h or d"),
        Setting("token", "the name of the environment variable with a token that may write and run jobs.", "HF_TOKEN",
                pattern=r"[A-Za-z_][A-Za-z0-9_]*", takes="a variable's name, never the token itself"),
        Setting("look-seconds", "seconds between two looks at the jobs.", "15", "number"),
    ),
    run=run,
    needs_output=True,
))
