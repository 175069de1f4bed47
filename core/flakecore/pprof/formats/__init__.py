"""Profiles as files: pprof's own format, text profiles and folded stacks."""
