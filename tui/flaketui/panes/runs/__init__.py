"""The Runs pane: attempts with outcome and conditions, and what failures go with."""
