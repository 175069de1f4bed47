"""Reads the cases of a bundle while the explorer is shown."""
