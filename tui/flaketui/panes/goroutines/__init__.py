"""The Goroutines pane: who stands where at one moment."""
