"""The Source pane: the lines of code that the chosen finding names."""
