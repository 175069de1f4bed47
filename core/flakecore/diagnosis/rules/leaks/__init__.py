"""Rules for goroutines that outlive their test."""
