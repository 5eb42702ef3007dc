"""Writing outputs into the folder of a site: pages are rendered, data is written as it is, parts are handed on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, TemplateError

from commons.errors import CannotRun
from commons.publish.environment import render
from commons.publish.frame import Frame
from commons.publish.judge import VALUE_FAULTS
from commons.publish.pages import Data, Joined, Output, Page, Part


@dataclass
class Written:
    """What was written of some outputs: the files by path, how many are pages, and the parts by path."""

    files: list[str] = field(default_factory=list)
    pages: int = 0
    parts: dict[str, str] = field(default_factory=dict)


def write(environment: Environment, frame: Frame, outputs: Iterable[Output], out: Path) -> Written:
    """Write outputs below ``out``.

    Raises:
        CannotRun: a template fails, or a page holds a value that cannot be shown.
        ValueError: two outputs want one address, or one is no address inside the site.
    """
    written = Written()
    for output in outputs:
        if isinstance(output, Part):
            written.parts[output.path] = written.parts.get(output.path, "") + output.text
            continue
        if isinstance(output, Joined):
            raise TypeError("a file of joined parts is written when all parts are known")
        put(out, output.path, content_of(environment, frame, output))
        written.files.append(output.path)
        written.pages += isinstance(output, Page)
    return written


def content_of(environment: Environment, frame: Frame, output: Page | Data) -> bytes:
    """The bytes of one file; raises as :func:`write`."""
    if isinstance(output, Data):
        return output.content if isinstance(output.content, bytes) else output.content.encode("utf-8")
    try:
        return render(environment, output, frame).encode("utf-8")
    except TemplateError as error:
        raise CannotRun(f"The template {output.template} fails on the page {output.path}: {error}.",
                        mend="Restore site/templates from git.") from error
    except VALUE_FAULTS as error:
        raise CannotRun(f"The page {output.path} holds a value that cannot be shown ({type(error).__name__}).",
                        mend="Look at the files that this page is made of.") from error


def put(out: Path, path: str, content: bytes) -> None:
    """Write one file that is not there yet."""
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"{path} is no address inside the site")
    place = out / path
    try:
        file = place.open("xb")
    except FileNotFoundError:
        place.parent.mkdir(parents=True, exist_ok=True)
        file = place.open("xb")
    except FileExistsError:
        raise ValueError(f"two pages want the address {path}") from None
    with file:
        file.write(content)
