"""The Blocking pane: waits in the window."""
