"""Gates that need a model: a small one, on at most 32 items, with its answers kept so that a second check is quick."""
