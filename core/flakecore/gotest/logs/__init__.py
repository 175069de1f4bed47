"""What loggers print into test output: records, levels, the line of a fatal exit."""
