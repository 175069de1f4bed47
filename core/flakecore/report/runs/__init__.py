"""Many runs as text and JSON."""
