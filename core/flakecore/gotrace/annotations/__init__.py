"""Tasks, regions, logs, labels, samples, ranges and metrics of a trace."""
