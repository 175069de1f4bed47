"""Rules for tests that misuse goroutines: their count, their variables, where they fail."""
