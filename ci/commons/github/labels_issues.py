"""The labels of issues: one for each form, and one for where the issue stands."""

from __future__ import annotations

#: Form -> the label that it sets; the file's name in .github/ISSUE_TEMPLATE is the form's.
FORMS = {
    "propose-a-task": "proposal",
    "report-a-broken-item": "broken item",
    "report-contamination": "contamination",
    "request-a-model": "model request",
    "appeal": "appeal",
}
#: What policy proposes, as a pull request of the bot or as an issue.
LIFECYCLE = "lifecycle"
TRIAGE, CONFIRMED, DECLINED = "triage", "confirmed", "declined"
ISSUE_LABELS = {
    "proposal": "Proposes a task that nobody has written yet.",
    "broken item": "Says that an item or its gold is wrong.",
    "contamination": "Says that items were in training data, or stand where they can be collected.",
    "model request": "Asks for a model in models.yaml.",
    "appeal": "Asks for a decision to be looked at again, by a maintainer who did not make it.",
    LIFECYCLE: "The bot proposes it, because policy asks for it (docs/proposals.md).",
    TRIAGE: "New; nobody has looked at it.",
    CONFIRMED: "It is so, and waits to be done.",
    DECLINED: "It will not be done; the last comment says why, and an appeal is open to anybody.",
}
ISSUE_MOVES = (
    ("-", TRIAGE, "the form, when the issue is opened"),
    (f"`{TRIAGE}`", CONFIRMED, "an owner of the task, or a maintainer"),
    (f"`{TRIAGE}` or `{CONFIRMED}`", DECLINED, "a maintainer, with the reason as a comment; the issue is closed"),
    (f"`{DECLINED}`", TRIAGE, "a maintainer, when an appeal is granted"),
)
