"""Panics, fatal errors, timeouts, goroutine dumps and race reports."""
