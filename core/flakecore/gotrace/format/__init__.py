"""The format of Go 1.22 and later: bytes to batches, tables, stacks and the clock."""
