"""Readers of go test output: JSON, text, and what CI systems wrap around it."""
