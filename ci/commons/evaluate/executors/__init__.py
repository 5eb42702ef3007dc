"""Where shards run: one module for each place, registered once beside its code. All run the same command."""
