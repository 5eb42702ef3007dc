"""Checks of contributed files as data: nothing that a task folder holds is executed, and no harness is imported.

A rule is a small generator with a stable code; its docstring is its page. ``registry`` holds the rules, ``subject``
what a rule may look at, ``runner`` puts the two together, and ``render`` writes the report.
"""
