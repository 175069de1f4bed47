"""State that outlives a test: variables, files by path, the environment of the process."""
