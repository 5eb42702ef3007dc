"""Running cells: render, generate, score, and the cell that follows. Contributed code runs in workers only."""
