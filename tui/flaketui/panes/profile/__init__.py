"""The Profile pane: where time, memory and waiting went, as a flame graph and a table."""
