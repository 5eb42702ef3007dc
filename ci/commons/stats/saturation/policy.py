"""The numbers by which a task is diagnosed, called saturated or taken into the hard suite. No numpy is needed here.

LIFECYCLE.md is made from these. The states and their bounds follow the saturation index of this project, which the
module ``index`` defines; BIG-bench Hard is Suzgun et al. (2022), arXiv 2210.09261.
"""

from __future__ import annotations

#: So many families of models make a frontier; with fewer, nothing is said.
FAMILIES = 5
#: The least index and the most headroom of a saturated task, and the most headroom that the best model's own interval
#: may leave. Not the lower end of the index's interval: five models tell so little about their own spread that models
#: which are tied for certain never bring it to .7 (``benchmarks/saturation.py``).
SATURATED_INDEX = 0.7
SATURATED_HEADROOM = 0.05
SATURATED_HEADROOM_MOST = 0.3
#: With fewer items (clusters) that tell any two of the best models apart, drawing them again shows nothing: the index
#: has no interval, and no order is called reliable. Of equal models on two clusters one pool in fourteen has a
#: reliability of .8 (F at least 5 with 4 and 4 degrees of freedom), on ten one in 370.
TELLING = 10
#: Refreshes in a row in which both must hold, and days that lie between two refreshes at least.
REFRESHES = 2
REFRESH_DAYS = 7
#: So far above guessing, in the headline's unit, is above guessing at all.
ABOVE_CHANCE = 0.05
#: The level of Cochran's Q, and of the pairs of the frontier together.
ALPHA = 0.05
#: From this reliability on, the order of the frontier would repeat on items like these, where it is no luck.
RELIABLE = 0.8

#: What the hard suite needs: items, people in the human baseline, and families that were measured.
HARD_ITEMS = 100
HARD_PEOPLE = 5
HARD_FAMILIES = FAMILIES
