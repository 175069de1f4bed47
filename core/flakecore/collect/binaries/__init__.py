"""What is put around and into a test binary: the relay, the exec wrapper, the probe."""
