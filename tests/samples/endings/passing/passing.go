// Package passing has tests that pass.
package passing

// Double returns twice n.
func Double(n int) int { return 2 * n }
