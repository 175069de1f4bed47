"""What outlives a session: marks and views, links to a view, a view written to a file."""
