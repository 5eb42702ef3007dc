"""The plots of the site: pure functions that place every mark, so that a macro only writes the places down.

Each module holds one plot: a frozen dataclass with what ``macros/plots/<name>.html`` draws, and the function that makes
it. Places are hundredths of the drawing's width (to the right) and height (downwards). Macros draw them as percentages,
or in a box of 100 by 100 that stretches, so text keeps its size on every screen. Every plot carries its numbers as a
table (:class:`~commons.publish.plots.frame.Frame`), and names what it could not draw.
"""
