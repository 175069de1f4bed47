"""The format of Go 1.11 to 1.21: bytes to records, batches and tables."""
