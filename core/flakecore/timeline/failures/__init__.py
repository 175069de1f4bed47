"""What failed: results, crashes, assertions, races and exits, in order of time."""
