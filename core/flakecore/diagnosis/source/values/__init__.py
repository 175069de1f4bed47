"""What values a line asks for, asserts or indexes, and what a loop does until they change."""
