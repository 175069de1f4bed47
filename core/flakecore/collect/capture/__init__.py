"""One run of the tests: processes, their output, and the evidence that they leave."""
