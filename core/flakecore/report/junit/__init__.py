"""The report as JUnit's XML, flaky tests told apart from those that always fail."""
