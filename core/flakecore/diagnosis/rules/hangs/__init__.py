"""Rules for tests that hang or are late: locks, channels, wait groups, deadlines."""
