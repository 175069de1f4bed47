"""State intervals of goroutines, procs and threads, within and across generations."""
