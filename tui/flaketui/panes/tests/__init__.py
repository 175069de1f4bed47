"""The Tests pane: the tree of tests."""
