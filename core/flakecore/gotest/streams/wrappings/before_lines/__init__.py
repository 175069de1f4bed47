"""What stands before every line: stamps, names of containers, quote marks, bars of groups."""
