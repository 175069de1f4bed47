"""The report as JUnit's XML, flaky tests distinguished from those that always fail."""
