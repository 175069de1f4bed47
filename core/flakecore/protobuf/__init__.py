"""Protocol Buffers' wire format: read and written a column at a time."""
