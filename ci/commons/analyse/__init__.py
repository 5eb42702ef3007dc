"""What the ledger says beyond one number: cells as arrays, put to the formulas of ``stats``. Runs nothing of a task."""
