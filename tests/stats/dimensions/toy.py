"""Known answer 16: twenty answers, some equally many as each of ten bins holds."""

import numpy as np

CONFIDENCE = np.array([.95, .9, .85, .8, .75, .7, .65, .6, .55, .5, .45, .4, .35, .3, .25, .2, .15, .1, .05, .02])
CORRECT = np.array([1, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=np.float64)
