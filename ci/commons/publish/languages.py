"""Languages by name: in English and, for many, as its speakers write it, with the direction of its script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import langcodes

#: The commonest languages; another is called by its tag, because a wrong name would be worse than none.
_NAMES = {
    "af": ("Afrikaans", "Afrikaans"), "am": ("Amharic", "አማርኛ"), "ar": ("Arabic", "العربية"),
    "az": ("Azerbaijani", "azərbaycan"), "be": ("Belarusian", "беларуская"), "bg": ("Bulgarian", "български"),
    "bn": ("Bengali", "বাংলা"), "bs": ("Bosnian", "bosanski"), "ca": ("Catalan", "català"),
    "cs": ("Czech", "čeština"), "cy": ("Welsh", "Cymraeg"), "da": ("Danish", "dansk"), "de": ("German", "Deutsch"),
    "el": ("Greek", "Ελληνικά"), "en": ("English", "English"), "eo": ("Esperanto", "Esperanto"),
    "es": ("Spanish", "español"), "et": ("Estonian", "eesti"), "eu": ("Basque", "euskara"),
    "fa": ("Persian", "فارسی"), "fi": ("Finnish", "suomi"), "fr": ("French", "français"), "ga": ("Irish", "Gaeilge"),
    "gl": ("Galician", "galego"), "gu": ("Gujarati", "ગુજરાતી"), "ha": ("Hausa", "Hausa"), "he": ("Hebrew", "עברית"),
    "hi": ("Hindi", "हिन्दी"), "hr": ("Croatian", "hrvatski"), "hu": ("Hungarian", "magyar"),
    "hy": ("Armenian", "հայերեն"), "id": ("Indonesian", "Indonesia"), "ig": ("Igbo", "Igbo"),
    "is": ("Icelandic", "íslenska"), "it": ("Italian", "italiano"), "ja": ("Japanese", "日本語"),
    "ka": ("Georgian", "ქართული"), "kk": ("Kazakh", "қазақ тілі"), "km": ("Khmer", "ខ្មែរ"), "kn": ("Kannada", "ಕನ್ನಡ"),
    "ko": ("Korean", "한국어"), "ky": ("Kyrgyz", "кыргызча"), "la": ("Latin", "Latina"), "lo": ("Lao", "ລາວ"),
    "lt": ("Lithuanian", "lietuvių"), "lv": ("Latvian", "latviešu"), "mk": ("Macedonian", "македонски"),
    "ml": ("Malayalam", "മലയാളം"), "mn": ("Mongolian", "монгол"), "mr": ("Marathi", "मराठी"), "ms": ("Malay", "Melayu"),
    "mt": ("Maltese", "Malti"), "my": ("Burmese", "မြန်မာ"), "nb": ("Norwegian Bokmål", "norsk bokmål"),
    "ne": ("Nepali", "नेपाली"), "nl": ("Dutch", "Nederlands"), "nn": ("Norwegian Nynorsk", "norsk nynorsk"),
    "no": ("Norwegian", "norsk"), "pa": ("Punjabi", "ਪੰਜਾਬੀ"), "pl": ("Polish", "polski"), "ps": ("Pashto", "پښتو"),
    "pt": ("Portuguese", "português"), "ro": ("Romanian", "română"), "ru": ("Russian", "русский"),
    "sd": ("Sindhi", "سنڌي"), "si": ("Sinhala", "සිංහල"), "sk": ("Slovak", "slovenčina"),
    "sl": ("Slovenian", "slovenščina"), "so": ("Somali", "Soomaali"), "sq": ("Albanian", "shqip"),
    "sr": ("Serbian", "српски"), "sv": ("Swedish", "svenska"), "sw": ("Swahili", "Kiswahili"), "ta": ("Tamil", "தமிழ்"),
    "te": ("Telugu", "తెలుగు"), "tg": ("Tajik", "тоҷикӣ"), "th": ("Thai", "ไทย"), "tk": ("Turkmen", "türkmen dili"),
    "tl": ("Tagalog", "Tagalog"), "tr": ("Turkish", "Türkçe"), "ug": ("Uyghur", "ئۇيغۇرچە"),
    "uk": ("Ukrainian", "українська"), "ur": ("Urdu", "اردو"), "uz": ("Uzbek", "o‘zbek"),
    "vi": ("Vietnamese", "Tiếng Việt"), "xh": ("Xhosa", "isiXhosa"), "yi": ("Yiddish", "ייִדיש"),
    "yo": ("Yoruba", "Yorùbá"), "zh": ("Chinese", "中文"), "zu": ("Zulu", "isiZulu"),
}
_RIGHT_TO_LEFT = {"Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}


@dataclass(frozen=True)
class Language:
    """A language tag with the language's English name, its own name (empty where not known here) and direction."""

    tag: str
    english: str
    own: str
    direction: str


@lru_cache(maxsize=1024)
def language(tag: str) -> Language:
    """What is known of a tag; a tag with a script or region keeps it in brackets.

    >>> language("tr"), language("pt-BR").english, language("ar").direction, language("qaa").english
    (Language(tag='tr', english='Turkish', own='Türkçe', direction='ltr'), 'Portuguese (BR)', 'rtl', 'qaa')
    """
    main, _, rest = tag.partition("-")
    english, own = _NAMES.get(main, (tag, ""))
    if main in _NAMES and rest:
        # The own name may be of another script than the tag says.
        english, own = f"{english} ({rest})", "" if len(rest) == 4 else own
    return Language(tag, english, own, _direction(tag))


def _direction(tag: str) -> str:
    try:
        script = langcodes.Language.get(tag).maximize().script
    except (ValueError, LookupError):
        return "auto"
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"
