"""Rules for tests that rest on an order that Go leaves open: of maps, of goroutines."""
