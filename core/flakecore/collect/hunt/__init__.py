"""Running tests again until they fail, and replaying the conditions of a failure."""
