"""The controlled words of a card. A word here is a heading on the site, so each carries the sentence shown there."""

from __future__ import annotations

DOMAINS = {
    "general": "Knowledge and sense that no trade owns.",
    "biology": "Living things and how they work.",
    "chemistry": "Substances and their reactions.",
    "computing": "Programs, data and the machines that run them.",
    "education": "Teaching and learning.",
    "engineering": "Building and repairing things that must hold.",
    "finance": "Money, accounts and risk.",
    "geography": "Places, maps and climate.",
    "history": "What happened, and how we know.",
    "language": "How languages are built and used.",
    "law": "Rules, rights and procedure.",
    "literature": "Written works and how they are read.",
    "mathematics": "Numbers, shapes and proofs.",
    "medicine": "Health, disease and care.",
    "physics": "Matter, motion and energy.",
    "security": "Protecting systems and people from attack.",
    "society": "People living together.",
}

SKILLS = {
    "arithmetic": "Computing with numbers.",
    "calibration": "Knowing how sure to be.",
    "classification": "Sorting things into given kinds.",
    "coding": "Writing or reading programs.",
    "commonsense": "What an adult knows without being told.",
    "comprehension": "Understanding a given text.",
    "extraction": "Finding stated facts in a text.",
    "fluency": "Predicting well-formed text.",
    "grammar": "Forming words and sentences by rule.",
    "instruction-following": "Doing what was asked in the form it was asked.",
    "knowledge": "Recalling facts.",
    "long-context": "Using what stands far back in a long text.",
    "planning": "Ordering steps to reach a goal.",
    "reasoning": "Drawing conclusions from what is given.",
    "safety": "Avoiding harm.",
    "translation": "Carrying meaning between languages.",
}
