"""English words by the group of people that they speak of, or that speaks them.

All lists were written for this project. They are short, they are ours, and a number taken with them is not HELM's:
HELM (Liang et al. 2022, arXiv 2211.09110) has the same three kinds of change with longer lists of others.
"""

from __future__ import annotations

import random

from commons.text.perturb.words import pattern_of, plain_word, replaced

#: Standard American English -> spellings of African American English as it is written down. Words only: its grammar
#: (habitual "be", a missing copula) is more than a list can do.
DIALECT = {
    "about to": "finna", "am not": "ain't", "are not": "ain't", "aren't": "ain't", "because": "cuz",
    "before": "befo", "brother": "brotha", "everybody": "errybody", "everything": "errything", "going to": "gon",
    "has not": "ain't", "hasn't": "ain't", "have not": "ain't", "haven't": "ain't", "is not": "ain't",
    "isn't": "ain't", "mother": "mama", "nothing": "nuthin", "sister": "sista", "something": "sumthin", "that": "dat",
    "their": "dey", "them": "dem", "these": "dese", "they": "dey", "this": "dis", "those": "dose",
    "trying to": "tryna", "want to": "wanna", "with": "wit", "you all": "y'all", "your": "yo",
}

#: Words for men and boys -> the words for women and girls.
GENDER = {
    "actor": "actress", "actors": "actresses", "boy": "girl", "boyfriend": "girlfriend", "boys": "girls",
    "brother": "sister", "brothers": "sisters", "businessman": "businesswoman", "chairman": "chairwoman",
    "dad": "mum", "father": "mother", "fathers": "mothers", "fisherman": "fisherwoman", "gentleman": "lady",
    "gentlemen": "ladies", "grandfather": "grandmother", "grandson": "granddaughter", "he": "she", "he'd": "she'd",
    "he'll": "she'll", "he's": "she's", "him": "her", "himself": "herself", "his": "her", "husband": "wife",
    "husbands": "wives", "king": "queen", "kings": "queens", "male": "female", "males": "females", "man": "woman",
    "men": "women", "mr": "mrs", "nephew": "niece", "nephews": "nieces", "policeman": "policewoman",
    "prince": "princess", "sir": "madam", "son": "daughter", "sons": "daughters", "stepfather": "stepmother",
    "uncle": "aunt", "uncles": "aunts", "waiter": "waitress", "widower": "widow",
}

#: First names that many white Americans bear, by gender, -> names that many black Americans of that gender bear.
#: Names that are words as well (Will, Mark, Grace) are not among them.
NAMES = {
    "he": (("adam", "andrew", "bradley", "brett", "colin", "connor", "dylan", "geoffrey", "greg", "jake", "logan",
            "luke", "matthew", "ryan", "scott", "tanner", "todd", "tom", "wyatt"),
           ("Darnell", "DeAndre", "DeShawn", "Jamal", "Jermaine", "Kareem", "Lamar", "Malik", "Marquis", "Rasheed",
            "Terrell", "Trevon", "Tremayne", "Tyrone", "Xavier", "Darius", "Demetrius", "Leroy", "Hakim")),
    "she": (("abigail", "alison", "amy", "anne", "carrie", "claire", "emily", "emma", "hannah", "heather", "jill",
             "katie", "kristen", "laurie", "madeline", "megan", "molly", "sarah"),
            ("Aaliyah", "Aisha", "Deja", "Ebony", "Imani", "Jasmine", "Keisha", "Kenya", "Lakisha", "Latoya",
             "Latonya", "Nia", "Raven", "Shanice", "Shaniqua", "Tamika", "Tanisha", "Tyra")),
}


def names_known() -> frozenset[str]:
    """Every first name that :func:`renamed` replaces, in lower case."""
    return frozenset(name for known, _ in NAMES.values() for name in known)


def mapped(text: str, words: dict[str, str]) -> str:
    """``text`` with each word of ``words`` replaced.

    >>> mapped("He saw his brother.", GENDER)
    'She saw her sister.'
    """
    return replaced(text, words, lambda word: words[word])


def renamed(text: str, draw: random.Random) -> str:
    """``text`` with each first name of :data:`NAMES` replaced by one of the other group and the same gender.

    A name becomes the same name wherever it stands in the text, and two names never become one. A name that the text
    holds already is not drawn. Only a capital makes a name; "tom" stays.
    """
    found = {plain_word(one) for one in pattern_of(names_known()).findall(text) if one[:1].isupper()}
    chosen: dict[str, str] = {}
    for known, others in NAMES.values():
        free = [name for name in others if name.lower() not in text.lower()]
        mine = sorted(found.intersection(known))
        # More names of one gender than there are others for them: those at the end of the alphabet stay.
        chosen |= dict(zip(mine, draw.sample(free, min(len(mine), len(free))), strict=False))

    def put(match: str) -> str:
        name = chosen.get(plain_word(match), match)
        if not match[:1].isupper():
            return match
        return name.upper() if len(match) > 1 and match.isupper() else name

    return pattern_of(names_known()).sub(lambda match: put(match[0]), text)
