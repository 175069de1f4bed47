"""Rules for tests that rest on real time: sleeps, limits, the date, the time zone."""
