"""Statistics as pure functions on arrays: aggregates, intervals, summaries. No files, no clocks.

Randomness is passed in as a seed. Sources are cited where a formula stands.
"""
