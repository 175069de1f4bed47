"""What the terminal can do, and whether it is still there."""
