"""Which tests are flaky, how much and since when, and which failures share a cause."""
