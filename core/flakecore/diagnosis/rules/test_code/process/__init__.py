"""Rules for tests that rest on what a process is given: ports, random numbers, collections."""
