"""Rules for tests that fail by what another test, or their own first run, has left behind."""
