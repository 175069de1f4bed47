"""Rules for what a test's own code leaves to chance: the clock, an order, a number, a port."""
