"""The report as JSON: findings, output and dumps under stable keys."""
