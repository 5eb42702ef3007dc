"""Numbers across tasks: what may be put together, by which rule, and what each rule does wrong.

All functions take arrays or sequences with one place for each model and task; nan stands for a cell that is missing,
and no function here fills one in.
"""
