"""Analyses of Go source for locks, channels and wait groups, made only where a rule asks."""
