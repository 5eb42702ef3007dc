"""Item analysis with models as test-takers: reliability, difficulty, discrimination, probable wrong keys, IRT.

Matrices have the shape (models, items). What may be said of an item depends on how many *diverse* models answered it.
"""
