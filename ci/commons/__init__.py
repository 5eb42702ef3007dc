"""Eval Commons: a pool of evaluation tasks whose every number can be recomputed.

The rooms, in the order data flows: ``pool``, ``stats`` and ``text`` are the ground; then ``lint``,
``scaffold``, ``harness``, ``engines``, ``plan``, ``evaluate``; ``publish`` is the roof; ``cli`` is the door.
A room may use what stands before it, never what stands after (``tests/test_house.py`` checks this).
"""

__version__ = "0.1.0"
