"""The Output pane: lines of test output, and their filter."""
