"""The colours of the plots, by the contrast ratio of WCAG 2.2."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.builders import REPOSITORY_ROOT

STATIC = REPOSITORY_ROOT / "site" / "static"
SHEET = (STATIC / "plots.css").read_text(encoding="utf-8")
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\);",
                                        (STATIC / "site.css").read_text(encoding="utf-8") + SHEET)
}
CLASSES = [f"h{index}" for index in range(5)]
#: What is no mark: the paper itself, hairlines and shading, which repeat what marks or words say.
BACKGROUND = {"paper", "line", "wash"}


def luminance(colour: str) -> float:
    """The relative luminance of a colour."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_the_one_of_the_standard() -> None:
    """Black on white is 21, and the grey #767676 is the lightest that reaches 4.5."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize("token", sorted(set(re.findall(r"var\(--(\w+)\)", SHEET)) - BACKGROUND))
def test_marks_stand_out_from_the_paper(token: str, scheme: int) -> None:
    """Every mark has 3 to 1 against the paper and the bands, in the light and in the dark scheme."""
    assert contrast(TOKENS[token][scheme], TOKENS["paper"][scheme]) >= 3
    assert token in CLASSES or contrast(TOKENS[token][scheme], TOKENS["wash"][scheme]) >= 3


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize(("text", "ground"), [("soft", "paper"), ("ink", "paper"), ("paper", "accent")])
def test_words_can_be_read(text: str, ground: str, scheme: int) -> None:
    """Ticks, letters and the numbers in points have 4.5 to 1."""
    assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1])
def test_classes_are_a_scale_even_in_grey(scheme: int) -> None:
    """Each class is further from the paper than the one below it, by steps that are seen without colour."""
    ratios = [contrast(TOKENS[one][scheme], TOKENS["paper"][scheme]) for one in CLASSES]

    assert all(high / low >= 1.35 for low, high in pairwise(ratios))


def test_the_sheet_uses_tokens_alone() -> None:
    """No rule names a colour, so that both schemes are covered by the tokens above."""
    rules = SHEET[SHEET.index("}") :]

    assert not re.search(r"#[0-9a-f]{3}|rgb|hsl|\b(black|white|gr[ae]y|blue|red)\b(?!-)", rules)
    assert set(re.findall(r"var\(--(\w+)\)", rules)) <= set(TOKENS)
