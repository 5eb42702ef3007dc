"""HELM's dimensions of a cell: what committed rows say beyond accuracy, and what they cannot say.

A *dimension* (one file in ``kinds``) looks at one model's cells of a task and yields what it measured, and what it
could not measure with the reason. Nothing is run, and nothing is read but the ledger and the task folder.
"""
