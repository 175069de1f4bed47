"""Patches of the Go runtime and library by which a page of goroutines and objects is written."""
