"""Which function calls which, from which line on, and what a function may still come to."""
