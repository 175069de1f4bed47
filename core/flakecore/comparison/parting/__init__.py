"""Where two runs of one test part: their steps, role by role, until the first that differs."""
