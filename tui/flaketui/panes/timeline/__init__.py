"""The Timeline pane: lanes over time, and their rows."""
