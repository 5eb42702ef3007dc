"""D018, D019 and D023: keys, passwords, and data that belong to a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commons.errors import Where
from commons.lint.registry import Fault, rule
from commons.lint.subject import TaskSubject
from commons.text.personal import personal_data, phone_numbers
from commons.text.secrets import secrets

#: Of a larger file, this much is read.
MAX_BYTES = 5_000_000
_NOT_TEXT = frozenset({
    ".pyc", ".pyo", ".so", ".pyd", ".png", ".jpg", ".jpeg", ".gif", ".wav", ".mp3", ".parquet", ".zip",
})  # fmt: skip


@rule(code="D018", level="lint", subject="task")
def leaked_secret(subject: TaskSubject) -> Iterator[Fault]:
    """A file holds a key or a password.

    ## What it finds
    Texts in the fixed form that GitHub, AWS, Google, OpenAI, Anthropic, Hugging Face, Slack, Stripe and others give
    to their keys; private keys; addresses with a password in them. In every text file of the folder, in its first
    five million characters.

    ## Why it matters
    A pull request is public the moment it is opened, and stays so in the history. Programs search for keys and use
    them within minutes.

    ## How to mend it
    Revoke the key at its issuer first: taking it out of the file is not enough. Then take it out. Where an item needs
    the form of a key, write one that is plainly made up, for example with the word EXAMPLE in it.

    ## Example
    ```text
    README.md:12   export HF_TOKEN=hf_...   # D018
    ```
    """
    mend = "Revoke it at its issuer, then take it out. If it is made up, write EXAMPLE into it."
    for path in subject.paths:
        text = _text(path)
        told: set[int] = set()
        for secret in secrets(text):
            line = text.count("\n", 0, secret.place) + 1
            if line not in told:
                told.add(line)
                yield Fault(f"This line holds {secret.kind} (`{secret.begins}...`).", Where(path, line), mend)


def _text(path: Path) -> str:
    if path.suffix.lower() in _NOT_TEXT or path.is_symlink() or not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


@rule(code="D019", level="lint", subject="task")
def personal_datum(subject: TaskSubject) -> Iterator[Fault]:
    """An item holds data that may belong to a person.

    ## What it finds
    E-mail addresses, numbers of payment cards and bank accounts with right check digits, and US social security
    numbers in the rows. Addresses that belong to nobody (`example.org`) and the numbers that issuers publish for
    trials are left alone. It looks at the first 100,000 characters of a text and at the first five million of a task.

    ## Why it matters
    Items are public for ever, and are copied into training data. A person whose address stands in one cannot take it
    back.

    ## How to mend it
    Write something that belongs to nobody: an address at `example.org`, the card number `4111 1111 1111 1111`, the
    social security number `078-05-1120`.

    ## Example
    ```json
    {"question": "Answer this mail of j.miller@gmail.com: ..."}
    ```
    D019: write `j.miller@example.org`.
    """
    stand_ins = {
        "an e-mail address": "an address at example.org",
        "the number of a payment card": "4111 1111 1111 1111",
        "the number of a bank account": "GB82 WEST 1234 5698 7654 32",
        "a US social security number": "078-05-1120",
    }
    for one in subject.row_texts:
        for key, text in one.texts:
            if found := next(personal_data(text), None):
                sentence = f"`{'.'.join(map(str, key))}` holds {found.kind}: `{_hidden(found.found)}`."
                mend = f"Write one that belongs to nobody: {stand_ins[found.kind]}."
                yield Fault(sentence, one.row.where, mend)
                break


@rule(code="D023", level="hint", subject="task")
def phone_number(subject: TaskSubject) -> Iterator[Fault]:
    """An item holds a telephone number.

    ## What it finds
    Numbers in the international form, with `+` and 8 to 15 digits, but for those that are kept for stories, such as
    +1 202 555 0143.

    ## Why it matters
    The number may belong to a person, who will be called.

    ## How to mend it
    Write one that is kept for stories: +1 202 555 0100 to 0199, or +44 20 7946 0000 to 0999.

    ## Example
    ```json
    {"question": "Take down this message: call +49 30 901820 before noon."}
    ```
    D023: does this number belong to somebody?
    """
    for one in subject.row_texts:
        for key, text in one.texts:
            if found := next(phone_numbers(text), None):
                sentence = f"`{'.'.join(map(str, key))}` holds a telephone number: `{_hidden(found)}`."
                mend = "If it may belong to somebody, write one that is kept for stories, such as +1 202 555 0143."
                yield Fault(sentence, one.row.where, mend, sure="likely")
                break


def _hidden(found: str) -> str:
    """Enough to find it by, and not the whole: what lint says is public too."""
    return found[:3] + "..." + found[-4:]
