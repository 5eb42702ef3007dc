"""Contributed text made safe to print, on terminals and in workflow logs, which obey some of what they are given."""

from __future__ import annotations

from commons.lint.findings import MAX_TEXT, plain


def safe(text: str) -> str:
    r"""Contributed ``text`` as one short line that neither a terminal nor a workflow's log obeys.

    >>> safe("::error::a\nb ##[error]c")
    '\\x3a:error::a\\nb ##\\x5berror]c'
    """
    return no_command(plain(text))


def safe_whole(text: str) -> str:
    """As :func:`safe`, however long the line is."""
    return no_command("".join(plain(text[at : at + MAX_TEXT]) for at in range(0, len(text), MAX_TEXT)))


def no_command(line: str) -> str:
    """``line`` without what GitHub's runner takes for a command: ``::`` at its beginning, ``##[`` anywhere."""
    line = line.replace("##[", r"##\x5b")
    body = line.lstrip()
    return line[: len(line) - len(body)] + r"\x3a" + body[1:] if body.startswith("::") else line
