"""Every event of a trace, one a line."""
