"""The numbers behind HELM's dimensions: calibration, worst cases, word counts by group. Pure functions on arrays.

Source of the definitions: Liang et al. (2022), Holistic Evaluation of Language Models, arXiv 2211.09110, section 4,
and its code; where ours differ, the docstring says how.
"""
