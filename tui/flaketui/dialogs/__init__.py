"""What opens over the panes: help, palette, chooser, search, jump and export."""
