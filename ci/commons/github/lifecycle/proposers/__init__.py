"""The proposers, one a file: each registers itself, so that adding one is adding one file."""
