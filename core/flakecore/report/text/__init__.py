"""The report as text for a CI log: failures, findings, output, dumps."""
