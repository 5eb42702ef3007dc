"""The repository as typed, frozen values: tasks, cards, models, suites, cells and the ledger.

Parsing happens here, at the edge, with file and line. Nothing here prints, opens a network connection, or imports
the harness.
"""
