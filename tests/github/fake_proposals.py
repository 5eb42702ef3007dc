"""The fake GitHub with what proposals need: issues, opening, editing and closing, and when owners were seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.github.fake_api import BOT, REPOSITORY, Asked, FakeGitHub

DAY = "2026-12-31T08:00:00Z"


@dataclass
class FakeProposals(FakeGitHub):
    """As the other fake, over a bare ``remote``: what is pushed there is what pull requests show."""

    remote: Path | None = None
    issues: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    day: str = DAY

    def answer(self, one: Asked) -> tuple[int, Any]:
        """The answer to what only proposals ask; anything else is the other fake's."""
        call = f"{one.method} {one.path}"
        if call == "GET ":
            return 200, {"default_branch": "main"}
        if call == "GET /commits":
            day = self.seen.get(one.query["author"])
            return 200, [{"sha": "1" * 40, "commit": {"committer": {"date": day}}}] if day else []
        if call in {"POST /issues", "POST /pulls"}:
            return 201, self._opened(one.body, pull=call == "POST /pulls")
        if call == "GET /issues":
            shown = [*self.issues, *({**pull, "pull_request": {}} for pull in self.pulls)]
            size, page = int(one.query["per_page"]), int(one.query["page"])
            return 200, [self._with_labels(issue) for issue in shown
                         if issue["state"] == one.query["state"]][(page - 1) * size : page * size]
        if (found := re.fullmatch(r"(GET|PATCH) /(issues|pulls)/(\d+)", call)) is not None:
            entry = self.entry(int(found[3]))
            if found[1] == "PATCH":
                entry.update(one.body)
                if one.body.get("state") == "closed":
                    entry.update(closed_at=self.day, updated_at=self.day, closed_by=BOT)
            return 200, entry
        if call == "GET /pulls":
            self.pulls = [self._with_labels(pull) for pull in self.pulls]
            for pull in self.pulls:
                pull["head"]["sha"] = self.end_of(pull["head"]["ref"]) or pull["head"]["sha"]
        return super().answer(one)

    def entry(self, number: int) -> dict[str, Any]:
        """The issue or pull request of that number."""
        return next(one for one in [*self.issues, *self.pulls] if one["number"] == number)

    def end_of(self, branch: str) -> str:
        """The commit at the end of a branch of the remote."""
        path = self.remote / "refs" / "heads" / branch if self.remote else None
        return path.read_text().strip() if path is not None and path.is_file() else ""

    def close(self, number: int, who: str = "mia", day: str = DAY) -> None:
        """Let a person close something without merging it."""
        self.entry(number).update(state="closed", closed_at=day, updated_at=day, closed_by={"login": who})

    def open_issue(self, title: str, body: str, who: str) -> None:
        """Let somebody open an issue."""
        self._opened({"title": title, "body": body}, pull=False)
        self.issues[-1]["user"] = {"login": who, "type": "User"}

    def _opened(self, sent: dict[str, Any], *, pull: bool) -> dict[str, Any]:
        number = len(self.pulls) + len(self.issues) + 1
        entry = {"number": number, "title": sent["title"], "body": sent["body"], "state": "open", "user": BOT,
                 "created_at": self.day, "updated_at": self.day, "closed_at": None}
        self.labels[number] = list(sent.get("labels", []))
        if pull:
            here = {"full_name": REPOSITORY, "owner": {"login": REPOSITORY.partition("/")[0]}}
            entry |= {"head": {"ref": sent["head"], "sha": self.end_of(sent["head"]), "repo": here}, "merged_at": None,
                      "base": {"ref": sent["base"], "sha": self.end_of(sent["base"]), "repo": here}}
        (self.pulls if pull else self.issues).append(entry)
        return entry

    def _with_labels(self, entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "labels": [{"name": name} for name in self.labels.get(entry["number"], [])]}
