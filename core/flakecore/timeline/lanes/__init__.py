"""Lanes of goroutines, procs and threads: their intervals, waits, wakes and shares of time."""
