"""What to run and why: which cells are stale, partial or inapplicable. Nothing here runs anything."""
