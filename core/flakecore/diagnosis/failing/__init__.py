"""The call by which a test failed: by its source, in helpers, and where nothing is printed."""
