"""The Why pane: what explains the selected failure."""
