"""What libraries print into test output: log records, levels, assertion messages."""
