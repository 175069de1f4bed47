"""What assertion libraries and test frameworks print into test output."""
