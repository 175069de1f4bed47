"""Aligns lines of test output with the writes of a trace that printed them."""
