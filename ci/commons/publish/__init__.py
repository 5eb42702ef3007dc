"""The roof: the static site and its data files, built from the pool's values. It runs no contributed code.

A page type is one small class in ``pages/`` that registers itself. No number is computed here: pages show what the
cells carry, in words and digits that follow each number's uncertainty.
"""
