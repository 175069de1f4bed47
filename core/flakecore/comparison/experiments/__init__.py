"""Explanations put to the test: which to try, and how counts change the certainty of findings."""
