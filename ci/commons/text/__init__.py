"""Texts as data: normalisation, near duplicates, language, damage, secrets. Pure functions, without files."""
