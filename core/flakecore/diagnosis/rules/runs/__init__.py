"""Rules for how the tests were run: results that are old, conditions that differ."""
