"""What happened inside each run of a test, yes or no, and which of it goes with the failure."""
