"""Waits: what a goroutine waits for, who could end it, and who cannot any more."""
