"""Explanations put to the test: which to try, and what the counts say of the findings."""
