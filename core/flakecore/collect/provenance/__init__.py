"""Where a capture comes from: the machine and the revision."""
