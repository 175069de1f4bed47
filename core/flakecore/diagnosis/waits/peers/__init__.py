"""Peers of a wait: which goroutines may yet come to an operation that would end it."""
