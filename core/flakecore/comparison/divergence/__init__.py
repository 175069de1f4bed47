"""Where two runs of one test diverge: their steps, role by role, until the first that differs."""
