"""Rules that read an objects page: who holds, who could still come, what was counted."""
