"""Saturation: whether a task still tells the best models apart, and how much room it leaves above them.

Matrices have the shape (models, items) and are turned so that higher is better. Only the frontier enters: the best
model of each family. The numbers of the policy stand in ``policy``, which needs no numpy.
"""
