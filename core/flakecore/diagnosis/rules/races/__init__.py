"""Rules for data races: the two sides, and whose they are."""
