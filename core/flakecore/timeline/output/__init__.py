"""Lines of output: where each stands on the case's clock, and how it is shown."""
