"""Completions and the manual page of the commands, generated from their parsers."""
