"""Profiles as text, JSON, folded stacks, a picture, or pprof's own format."""
