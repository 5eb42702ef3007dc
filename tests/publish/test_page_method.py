"""What the pages of methods show of the program: public numbers with a meaning, as people write them."""

from __future__ import annotations

from commons.publish.method import chapters
from commons.publish.source_docs import PROGRAM, ModuleText

from .conftest import Told

SOURCE = '''"""Makes something. And more."""

#: How many there are at most.
MOST = 20_000
#: What is too small to count.
_SPECK = 1e-9
NAMELESS = 3
#: Where it lies.
FOLDER = "results"

#: Half a day.
SECONDS = 12 * 3600
#: The two ends.
ENDS = (0.1, 10.0)
#: Whether it is.
IS_SO = True
'''


def test_only_public_numbers_with_a_meaning_are_shown() -> None:
    """Private names, texts, truths and numbers that no comment explains are left out; the rest reads as numbers do."""
    shown = {one.name: one.value for group in ModuleText("room.thing", SOURCE).numbers for one in group.constants}
    assert shown == {"MOST": "20,000", "SECONDS": "12 \N{MULTIPLICATION SIGN} 3600", "ENDS": "0.1, 10"}


def test_no_page_of_methods_shows_a_private_name_or_an_exception(own: Told) -> None:
    """Every number shown has words beside it, and what a method refuses stands without the program's word for it."""
    numbers = 0
    for chapter in chapters(PROGRAM):
        page = own.pages[chapter.path]
        for group in page.all("dl", class_="constants"):
            name, words = [one for one in group.inside if one.tag in {"dt", "dd"}][:2]
            if " = " in name.text:
                numbers += 1
                assert not name.text.startswith("_"), chapter.path
                assert words.text, (chapter.path, name.text)
        assert not [one.text for one in page.all("li") if one.text.startswith(("ValueError", "KeyError"))], chapter.path
    assert numbers > 50
