"""The panes of the explorer: each shows one side of the same viewport."""
