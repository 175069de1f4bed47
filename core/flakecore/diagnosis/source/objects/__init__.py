"""What a package's source does with locks, channels and wait groups."""
