"""The expressions that a panic's line leaves as its cause, and where their values came from."""
