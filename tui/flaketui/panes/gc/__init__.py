"""The GC pane: cycles, stopped worlds and the heap."""
