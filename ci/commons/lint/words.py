"""Words that two hints look for, by language: framing that assumes a place or a time, and the words of each domain.

They are English only: a list in a language that its maker does not live in would be wrong more often than right.
"""

from __future__ import annotations

import re

#: "In her last summer" and "the last week of May" say which; nobody's "last summer" does not.
_WHOSE = "".join(rf"(?<!\b{one} )" for one in (
    "[Hh]is", "[Hh]er", "[Ii]ts", "[Mm]y", "[Oo]ur", "[Yy]our", "[Tt]heir", "[Tt]he",
)) + "(?<!['\u2019]s )(?<!s['\u2019] )"  # fmt: skip
#: What assumes a country, a culture or a day, as a pattern, and what it leaves open. Whole words, capitals as shown.
FRAMING: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "en": tuple(
        (re.compile(pattern), asks)
        for pattern, asks in (
            (r"\b[Oo]ur (?:president|prime minister|government|constitution|country|nation|army|king|queen|flag)\b",
             "whose?"),
            (rf"{_WHOSE}\b(?:[Tt]his|[Ll]ast|[Nn]ext) (?:year|month|week|summer|winter|Christmas|Easter|season)\b",
             "which?"),
            (r"\b(?:[Cc]urrently|[Nn]owadays|[Tt]hese days|[Aa]t present|[Aa]s of (?:now|today)|[Rr]ecently)\b",
             "when?"),
            (r"(?<![Tt]he US )(?<!States )\b(?:the )?Supreme Court(?! of)\b", "of which country?"),
            (r"\b(?:the )?(?:Congress|Senate|First Amendment|Founding Fathers|Medicare|Social Security)\b(?! of)",
             "of which country?"),
            (r"\b(?:Thanksgiving|Fourth of July|Super Bowl|Labor Day|Memorial Day|SAT score|ZIP code)\b",
             "known outside the United States?"),
            (r"\b\d+ (?:degrees )?Fahrenheit\b|\b\d+ ?(?:°F|mph)\b",
             "in units that most of the world does not use"),
            (r"\b\d+ (?:miles|gallons|pounds|inches|ounces|yards)\b",
             "in units that most of the world does not use"),
            (r"\$ ?\d|\b\d+ (?:dollars|cents|bucks)\b", "in the money of one country"),
            (r"\bfootball\b", "which game?"),
        )
    )
}
#: Of these one item is enough: its answer is right for one reader, or on one day.
STRONG = ("whose?", "which?", "when?", "known outside the United States?")
#: These count in questions alone: in a told scene they assume nothing.
IN_QUESTIONS = ("which?", "when?")
#: One of these stands, in lower case, in whatever the patterns find: a quick look that most texts do not pass.
TRACES = {"en": (
    "our p", "our g", "our c", "our n", "our a", "our k", "our q", "our f", "this y", "this m", "this w", "this s",
    "last y", "last m", "last w", "last s", "last c", "last e", "next y", "next m", "next w", "next s", "next c",
    "next e", "this c", "this e", "current", "nowad", "these d", "at pres", "as of", "recent", "supreme", "congress",
    "senate", "amendment", "founding", "medicare", "social sec", "thanksg", "of july", "super b", "labor d",
    "memorial d", "sat score", "zip code", "fahren", "°f", "mph", " miles", " gallons", " pounds", " inches",
    " ounces", " yards", "$", "dollars", " cents", " bucks", "football",
)}  # fmt: skip

#: Words that are spoken in one domain and seldom elsewhere.
DOMAIN_WORDS = {
    "biology": "cell cells species enzyme enzymes chromosome chromosomes mitochondria photosynthesis organism "
               "habitat predator ecosystem dna rna gene genes allele pollination vertebrate",
    "chemistry": "molecule molecules atom atoms acid acids alkali oxidation ion ions reagent solvent mole moles "
                 "electron covalent titration catalyst isotope hydroxide chloride",
    "computing": "algorithm compiler database server python javascript http cpu array boolean recursion linux kernel "
                 "byte bytes software sql api browser pointer html css hyperlink stylesheet webpage",
    "finance": "dividend mortgage bond bonds shareholder shareholders equity inflation portfolio invoice ledger asset "
               "assets liability liabilities revenue hedge creditor debtor audit depreciation",
    "geography": "river rivers continent latitude longitude peninsula archipelago delta capital plateau glacier ocean "
                 "equator hemisphere estuary isthmus strait",
    "history": "century empire emperor dynasty treaty revolution medieval colony armistice monarch crusade abolition "
               "suffrage archive siege conquest",
    "law": "plaintiff defendant statute tort contract court judge liability appeal jurisdiction tenant landlord "
           "prosecution testimony attorney lawyer clause litigation injunction",
    "literature": "novel poem poet stanza sonnet narrator metaphor playwright protagonist rhyme verse fiction chapter "
                  "tragedy comedy allegory",
    "mathematics": "integer integers polynomial theorem triangle equation equations derivative integral matrix vector "
                   "prime divisor fraction logarithm hypotenuse perimeter",
    "medicine": "patient patients dose doses diagnosis symptom symptoms hospital physician surgery tablet tablets mg "
                "infection fever blood disease prescribed clinic antibiotic",
    "physics": "velocity acceleration momentum friction voltage magnet magnetic gravity wavelength photon inertia "
               "newton joule torque circuit pendulum density buoyancy",
    "security": "malware phishing firewall encryption password passwords vulnerability exploit ransomware attacker "
                "authentication decryption botnet spoofing",
}  # fmt: skip
