"""The ways a task can be put beside the canonical one: named, seeded changes, each one file, each registered once."""
