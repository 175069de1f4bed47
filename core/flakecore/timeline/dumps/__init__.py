"""Dumps of a case: whose each goroutine is, and which of them are alike."""
