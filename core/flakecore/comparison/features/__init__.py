"""Features of runs and tests: numbers that many runs are compared by."""
