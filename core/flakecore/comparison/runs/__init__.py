"""Many runs of the same tests: outcomes, conditions, rates, and what goes with a failure."""
