"""Frameworks that write reports of their own to the standard output: from lines to errors."""
