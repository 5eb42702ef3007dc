"""Results that others measured, as cells: their rows are read as data, and their numbers follow from the rows.

Such a cell is ``external``. It stands under a variant of its own, so that it is never in the way of our measurement of
the same task and model, and it never enters a rank.
"""
